"""A question over the lower part of the screen below, which stays to be read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tutor.quiz.asking import Asking
from tutor.tui.questions.host import Host
from tutor.tui.widgets.question_box import QuestionBox


class QuestionScreen(ModalScreen[bool]):
    """Asks one question. Gives back whether it is over; where not, it can be asked again.

    Args:
        asking: The question and how far it is.
        host: Runs and keeps the answers.
        heading: Words in its frame.
    """

    DEFAULT_CSS = """
    QuestionScreen { align: center bottom; background: $background 0%; }
    QuestionScreen QuestionBox { width: 100%; max-height: 62%; margin: 0 0 1 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Look around", id="question.leave", tooltip="Close the question; it is asked again"),
    ]

    def __init__(self, asking: Asking, host: Host, heading: str) -> None:
        super().__init__()
        self._asking = asking
        self._host = host
        self._heading = heading

    def compose(self) -> ComposeResult:
        """The question."""
        yield QuestionBox(self._asking, self._heading)

    def on_question_box_answered(self, message: QuestionBox.Answered) -> None:
        """Keep the answer."""
        self._host.keep(message.asking, message.response)

    def on_question_box_run_wanted(self, message: QuestionBox.RunWanted) -> None:
        """Run the answer."""
        self.run_worker(self._host.run(self.query_one(QuestionBox), message.needs), exclusive=True)

    def on_question_box_compare_wanted(self, message: QuestionBox.CompareWanted) -> None:
        """Show the two runs."""
        self.run_worker(self._host.compare(message.reading), exclusive=True, group="compare")

    def on_question_box_over(self) -> None:
        """Go on."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Close the question; one that is over is over."""
        self.dismiss(self._asking.done)
