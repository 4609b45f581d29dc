"""The keys of the stepper: what each does, as data, so that help, palette and footer say the same."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding

HINTS: Final = (
    ("← →", "step"),
    ("↑ ↓", "line"),
    ("[ ]", "turn"),
    ("n", "over"),
    ("o", "out"),
    ("tab", "panes"),
    ("?", "help"),
    ("q", "back"),
    (":", "go to"),
    ("z", "zoom"),
    ("ctrl+p", "all commands"),
)
"""What the last line says, the most important first."""


def _key(keys: str, action: str, name: str, id: str, tooltip: str) -> Binding:
    return Binding(keys, action, name, id=id, tooltip=tooltip)


STEPPER: Final = (
    _key("right,l", "move('forward')", "Next step", "step.next", "Go one step on"),
    _key("left,h", "move('back')", "Previous step", "step.back", "Go one step back"),
    _key("down,j", "move('next_line')", "Next line", "line.next", "Go on to the next line that runs"),
    _key("up,k", "move('previous_line')", "Previous line", "line.back", "Go back to where the line before began"),
    _key("right_square_bracket", "move('next_turn')", "Next turn", "turn.next", "The same place, a turn later"),
    _key(
        "left_square_bracket", "move('previous_turn')", "Previous turn", "turn.back", "The same place, a turn earlier"
    ),
    _key("n", "move('over')", "Over", "step.over", "Go on to the next line, past calls and backward"),
    _key("o", "move('out')", "Out", "step.out", "Go on until this function or backward call is over"),
    _key("home", "move('first')", "First step", "step.first", "Go to the first step"),
    _key("end", "move('last')", "Last step", "step.last", "Go to the last step recorded so far"),
    _key("colon", "go_to", "Go to step", "step.go-to", "Type the number of a step, or a line"),
    _key("tab", "pane(1)", "Next pane", "pane.next", "Go to the next pane"),
    _key("shift+tab", "pane(-1)", "Previous pane", "pane.back", "Go to the pane before"),
    _key("z", "zoom", "Zoom", "pane.zoom", "Give this pane the whole screen, or take it back"),
    _key("s,x", "stop", "Stop recording", "record.stop", "Stop the program, keep what was recorded"),
    _key("q,escape", "leave", "Back", "stepper.leave", "Leave this program"),
    _key("question_mark,f1", "help", "Help", "app.help", "Panes, marks and keys"),
)
"""The bindings of the stepper."""

_NAMES: Final = {
    "right": "→",
    "left": "←",
    "down": "↓",
    "up": "↑",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "colon": ":",
    "question_mark": "?",
    "f1": "F1",
}


def key_text(binding: Binding) -> str:
    """The keys of a binding as a person writes them: ``→ l``."""
    return " ".join(_NAMES.get(key.strip(), key.strip()) for key in binding.key.split(","))
