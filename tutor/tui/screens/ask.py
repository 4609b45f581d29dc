"""Asks one question on one line, until the answer makes sense or is not wanted any more."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tutor.tui.looks import GRADIENT

Answer = TypeVar("Answer")


class Ask(ModalScreen[Answer | None], Generic[Answer]):
    """One input. Gives back the answer, None when it was left.

    Args:
        question: What is asked.
        answer: What the input holds at first.
    """

    DEFAULT_CSS = """
    Ask { align: center middle; }
    Ask Vertical {
        width: 60; max-width: 90%; height: auto;
        border: round $accent; background: $surface; padding: 0 1;
    }
    Ask Input { background: $boost; }
    Ask Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="ask.leave", tooltip="Close without an answer"),
    ]

    def __init__(self, question: str, answer: str = "") -> None:
        super().__init__()
        self._question = question
        self._answer = answer

    def read(self, text: str) -> Answer | str:
        """What a text means, or in words why it means nothing."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The question, the input, and room for what is wrong with the answer."""
        with Vertical():
            yield Static(Content(self._question), id="question")
            field = Input(self._answer, id="answer", compact=True, select_on_focus=False)
            field.cursor_blink = False
            yield field
            yield Static(Content(""), id="problem")

    def on_input_changed(self) -> None:
        """A new answer has no problem yet."""
        self.query_one("#problem", Static).update(Content(""))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the answer back, or say why it is none."""
        answer = self.read(event.value)
        if isinstance(answer, str):
            self.query_one("#problem", Static).update(Content.styled(answer, GRADIENT))
            event.input.select_all()
        else:
            self.dismiss(answer)

    def action_leave(self) -> None:
        """Give nothing back."""
        self.dismiss(None)
