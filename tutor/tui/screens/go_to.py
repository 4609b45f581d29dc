"""Asks for a step to go to."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tutor.recording.recording import Recording
from tutor.tui.looks import GRADIENT

_STEP = re.compile(r"([+-]?)\s*([\d,_.]+)")
_LINE = re.compile(r"l(?:ine)?\s*(\d+)")


class GoTo(ModalScreen[int | None]):
    """One input. Gives back the step, None when it was left.

    Args:
        number: The present step.
        recording: Whose steps are meant; it may be growing.
        lines: The first step of each line that ran.
    """

    DEFAULT_CSS = """
    GoTo { align: center middle; }
    GoTo Vertical {
        width: 56; max-width: 90%; height: auto;
        border: round $accent; background: $surface; padding: 0 1;
    }
    GoTo Input { background: $boost; }
    GoTo Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="go-to.leave", tooltip="Stay where you are"),
    ]

    def __init__(self, number: int, recording: Recording, lines: dict[int, int]) -> None:
        super().__init__()
        self._number = number
        self._recording = recording
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The question, the input, and room for what is wrong with the answer."""
        with Vertical():
            yield Static(Content(f"Go to step (1 to {self._recording.count:,}), or +10, -10, line 7"), id="question")
            field = Input(id="step", compact=True)
            field.cursor_blink = False
            yield field
            yield Static(Content(""), id="problem")

    def on_input_changed(self) -> None:
        """A new answer has no problem yet."""
        self.query_one("#problem", Static).update(Content(""))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there, or say why not."""
        target = read_target(event.value, self._number, self._recording.count, self._lines)
        if isinstance(target, int):
            self.dismiss(target)
        else:
            self.query_one("#problem", Static).update(Content.styled(target, GRADIENT))
            event.input.select_all()

    def action_leave(self) -> None:
        """Go nowhere."""
        self.dismiss(None)


def read_target(text: str, number: int, count: int, lines: dict[int, int]) -> int | str:
    """The step that an answer means, or what is wrong with it."""
    text = text.strip().lower()
    line = _LINE.fullmatch(text)
    if line is not None:
        wanted = int(line[1])
        return lines.get(wanted) or f"Line {wanted} has not run."
    match = _STEP.fullmatch(text)
    digits = re.sub(r"[,_.]", "", match[2]) if match is not None else ""
    if match is None or not digits:
        return "Type a number, for example 12."
    step = int(digits[:18])
    if match[1]:
        step = number + step if match[1] == "+" else number - step
        return min(max(step, 1), count)
    if not 1 <= step <= count:
        return f"There is no step {step:,}; the last is {count:,}."
    return step
