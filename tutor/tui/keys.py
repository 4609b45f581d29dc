"""The keys of the stepper: what each does, as data, so that help, palette and the last line say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.binding import Binding


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
    _key("n", "over", "Over", "step.over", "The next line, past calls and backward; while finding: the next place"),
    _key("o", "move('out')", "Out", "step.out", "Go on until this function or backward call is over"),
    _key("home", "move('first')", "First step", "step.first", "Go to the first step"),
    _key("end", "move('last')", "Last step", "step.last", "Go to the last step recorded so far"),
    _key("space", "play", "Play", "step.play", "Go on by itself, a step at a time; again to stop"),
    _key("colon", "go_to", "Go to step", "step.go-to", "Type the number of a step, or a line"),
    _key("L", "go_to('line ')", "Go to line", "line.go-to", "Type the number of a line"),
    _key("slash", "find", "Find", "find", "Find a text in the program, in names and in the output"),
    _key("N", "found(-1)", "Previous place", "find.back", "While finding: the place before"),
    _key("f", "follow", "Follow", "name.follow", "Follow the name chosen in tensors; again to stop"),
    _key("right_curly_bracket", "change(1)", "Next change", "name.next", "The next change of the name"),
    _key("left_curly_bracket", "change(-1)", "Previous change", "name.back", "The change of the name before"),
    _key("exclamation_mark", "next_note", "Next note", "note.next", "Go to the next note; after the last, the first"),
    _key("g", "nudge", "Check a gradient", "gradient.check", "Nudge a leaf, run again, and compare with its .grad"),
    _key("y", "copy", "Copy", "copy", "Copy the chosen value as code, or the text of the pane"),
    _key("enter", "open", "Open", "open", "Open the chosen row of tensors or graph"),
    _key("a", "asking", "Questions on the way", "ask.mode", "Ask where the lesson asks, at more steps, or never"),
    _key("Q", "questions", "Questions", "ask.quiz", "All questions about this program, one after the other"),
    _key("e", "edit", "Edit and run", "program.edit", "Change a copy of the program and run it"),
    _key("d", "compare", "Compare", "program.compare", "Compare with another program or recording, side by side"),
    _key("t", "terms", "Terms", "app.terms", "What the words on the screen mean"),
    _key("1", "focus_pane('program')", "Program", "pane.program", "Go to the program"),
    _key("2", "focus_pane('tensors')", "Tensors", "pane.tensors", "Go to the tensors"),
    _key("3", "focus_pane('graph')", "Graph", "pane.graph", "Go to the graph"),
    _key("4", "focus_pane('why')", "Why", "pane.why", "Go to why: what this step did"),
    _key("5", "focus_pane('output')", "Output", "pane.output", "Go to the output"),
    _key("tab", "pane(1)", "Next pane", "pane.next", "Go to the next pane"),
    _key("shift+tab", "pane(-1)", "Previous pane", "pane.back", "Go to the pane before"),
    _key("z", "zoom", "Zoom", "pane.zoom", "Give this pane the whole screen, or take it back"),
    _key("s,x", "stop", "Stop recording", "record.stop", "Stop the program, keep what was recorded"),
    _key("m", "more", "Record further", "record.more", "Where a limit stopped the recording: record again, further"),
    _key("q", "leave", "Back", "stepper.leave", "Leave this program; the place is kept"),
    _key("escape", "escape", "Back out", "stepper.escape", "End the search, or the zoom, else leave this program"),
    _key("question_mark,f1", "help", "Help", "app.help", "Panes, marks and keys"),
)
"""The bindings of the stepper."""

COMPARE: Final = (
    _key("right,l", "move('forward')", "Next statement", "step.next", "Both runs go one statement on"),
    _key("left,h", "move('back')", "Previous statement", "step.back", "Both runs go one statement back"),
    _key("down,j", "move('next_line')", "Next line", "line.next", "The next line, past calls"),
    _key("up,k", "move('previous_line')", "Previous line", "line.back", "The line before, past calls"),
    _key("right_square_bracket", "move('next_turn')", "Next turn", "turn.next", "The same place, a turn later"),
    _key(
        "left_square_bracket", "move('previous_turn')", "Previous turn", "turn.back", "The same place, a turn earlier"
    ),
    _key("home", "move('first')", "First step", "step.first", "Go to where both runs begin"),
    _key("end", "move('last')", "Last step", "step.last", "Go to where both runs end"),
    _key("f", "different_line", "First different line", "compare.line", "Where the runs first go to different lines"),
    _key("s", "different_state", "First different state", "compare.state", "Where a name is first not the same"),
    _key("d", "only_different", "Only what differs", "compare.only", "Show only the names that differ, or all again"),
    _key("tab", "pane(1)", "Next pane", "pane.next", "Go to the next pane, to scroll it"),
    _key("shift+tab", "pane(-1)", "Previous pane", "pane.back", "Go to the pane before"),
    _key("x", "stop", "Stop recording", "compare.stop", "Stop what is still being recorded"),
    _key("q,escape", "leave", "Back", "compare.leave", "Go back to where the comparison was opened"),
    _key("question_mark,f1", "help", "Help", "app.help", "Marks and keys"),
)
"""The bindings of the comparison."""

EDIT: Final = (
    _key("ctrl+s,f5", "run", "Run", "edit.run", "Run the copy and compare it with the program"),
    _key("ctrl+t,f2", "save", "Save to a file", "edit.save", "Save the copy to a file that you name"),
    _key("ctrl+o,f4", "elsewhere", "Your editor", "edit.elsewhere", "Change the copy in $VISUAL or $EDITOR"),
    _key("ctrl+r", "revert", "Take changes back", "edit.revert", "The text of the program again; ctrl+z undoes it"),
    _key("f1", "help", "Help", "edit.help", "The keys of the editor"),
    _key("escape", "leave", "Back", "edit.leave", "Leave the editor; the text is kept until tutor ends"),
)
"""The bindings of the editor."""

KEYS: Final = {str(binding.id): binding.key for binding in STEPPER} | {
    "pane.up": "up",
    "pane.down": "down",
    "pane.open": "enter",
}
"""The usual keys by id."""

_GENERAL: Final = (
    ("step.back step.next", "step"),
    ("line.back line.next", "line"),
    ("turn.back turn.next", "turn"),
    ("step.over", "over"),
    ("step.out", "out"),
    ("pane.next", "panes"),
    ("app.help", "help"),
    ("stepper.leave", "back"),
    ("find", "find"),
    ("step.play", "play"),
    ("pane.zoom", "zoom"),
    ("step.go-to", "go to"),
)
_ANYWHERE: Final = (
    ("step.back step.next", "step"),
    ("pane.next", "panes"),
    ("app.help", "help"),
    ("app.terms", "terms"),
    ("pane.zoom", "zoom"),
    ("stepper.leave", "back"),
)
_ROWS: Final = (
    ("pane.up pane.down", "row"),
    ("pane.open", "open"),
    ("name.follow", "follow"),
    ("name.back name.next", "changes"),
    ("copy", "copy"),
    *_ANYWHERE,
)
_GRAPH: Final = (
    ("pane.up pane.down", "row"),
    ("pane.open", "go to its step"),
    *_ANYWHERE,
)
_READING: Final = (
    ("pane.up pane.down", "scroll"),
    ("copy", "copy"),
    *_ANYWHERE,
)
_NOTHING: Final = (("app.help", "help"), ("stepper.leave", "back"))

_HINTS: Final = {
    "program": _GENERAL,
    "tensors": _ROWS,
    "graph": _GRAPH,
    "why": _READING,
    "output": _READING,
    "nothing": _NOTHING,
}

_NAMES: Final = {
    "right": "→",
    "left": "←",
    "down": "↓",
    "up": "↑",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
}


def hints(pane: str, keymap: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the last line says while a pane is the present one, the most important first.

    Args:
        pane: Id of the pane; ``nothing`` where there is nothing to step through.
        keymap: Keys that the person chose, by what they do.
    """
    told = []
    for ids, meaning in _HINTS[pane]:
        keys = [key_names(keymap.get(id, KEYS[id]))[0] for id in ids.split(" ")]
        told.append((" ".join(keys), meaning))
    return told


_COMPARE_HINTS: Final = (
    ("step.back step.next", "statement"),
    ("compare.line", "first line ≠"),
    ("compare.state", "first state ≠"),
    ("app.help", "help"),
    ("compare.leave", "back"),
    ("compare.only", "only ≠"),
    ("line.back line.next", "line"),
    ("turn.back turn.next", "turn"),
)
_EDIT_HINTS: Final = (
    ("edit.run", "run and compare"),
    ("edit.leave", "back"),
    ("edit.help", "help"),
    ("edit.save", "save to a file"),
    ("edit.elsewhere", "your editor"),
    ("edit.revert", "take changes back"),
)


def compare_hints(keymap: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the last line of the comparison says."""
    return _hints_of(_COMPARE_HINTS, COMPARE, keymap)


def edit_hints(keymap: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the last line of the editor says."""
    return _hints_of(_EDIT_HINTS, EDIT, keymap)


def _hints_of(
    told: tuple[tuple[str, str], ...], bindings: tuple[Binding, ...], keymap: Mapping[str, str]
) -> list[tuple[str, str]]:
    usual = {str(binding.id): binding.key for binding in bindings}
    return [
        (" ".join(key_names(keymap.get(id, usual[id]))[0] for id in ids.split(" ")), meaning) for ids, meaning in told
    ]


def key_table(keymap: Mapping[str, str], bindings: tuple[Binding, ...] = STEPPER) -> list[tuple[str, str]]:
    """Every key of some bindings with what it does."""
    return [(" ".join(key_names(keymap.get(str(item.id), item.key))), item.tooltip) for item in bindings]


def key_text(binding: Binding) -> str:
    """The usual keys of a binding as a person writes them: ``→ l``."""
    return " ".join(key_names(binding.key))


def key_names(keys: str) -> list[str]:
    """Keys of a binding as a person writes them: ``→``, ``l``, ``F1``."""
    return [_key_name(key.strip()) for key in keys.split(",")]


def _key_name(key: str) -> str:
    return key.upper() if key[:1] == "f" and key[1:].isdecimal() else _NAMES.get(key, key)
