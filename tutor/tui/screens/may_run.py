"""Asks before programs of one's own are run for a review: which files they are, and whether that may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.plain.format import harmless
from tutor.tui.looks import HERE


class MayRun(ModalScreen[bool | None]):
    """Names the files. Gives back whether they may be run, None when the review is not wanted any more.

    Args:
        programs: Each as it is run, and how many questions about it are due.
        others: Whether something else is due too, which can be asked without them.
    """

    DEFAULT_CSS = """
    MayRun { align: center middle; }
    MayRun > Vertical {
        width: 84; max-width: 96%; height: auto; max-height: 94%;
        border: round $accent; background: $surface; padding: 0 2;
    }
    MayRun VerticalScroll { height: auto; max-height: 12; margin: 1 0; }
    MayRun Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer(True)", "Run them", id="may-run.yes", tooltip="Run these programs and ask"),
        Binding("n", "answer(False)", "Lessons only", id="may-run.no", tooltip="Ask only about the lessons"),
        Binding("escape,q", "leave", "Back", id="may-run.leave", tooltip="Leave without running anything"),
    ]

    def __init__(self, programs: Sequence[tuple[str, int]], *, others: bool) -> None:
        super().__init__()
        self._programs = programs
        self._others = others

    def compose(self) -> ComposeResult:
        """What is due, the files, the keys."""
        several = len(self._programs) > 1
        what = "programs" if several else "a program"
        with Vertical() as page:
            page.border_title = "your own programs" if several else "your own program"
            page.border_subtitle = f"enter: run {'them' if several else 'it'} · escape: back"
            yield Static(Content(f"To ask what is due about {what} of your own, tutor runs:"))
            with VerticalScroll():
                yield Static(Content("\n").join(map(_row, self._programs)), id="files")
            words = "Nothing has been run yet."
            yield Static(Content(f"{words} n asks only about the lessons." if self._others else words))

    def action_answer(self, answer: bool) -> None:
        """Say whether they may be run; without them something has to be left to ask."""
        if answer or self._others:
            self.dismiss(answer)

    def action_leave(self) -> None:
        """Leave without running anything."""
        self.dismiss(None)


def _row(program: tuple[str, int]) -> Content:
    told, count = program
    return Content.assemble((harmless(told), HERE), f"  {count} question{'s' if count != 1 else ''}")
