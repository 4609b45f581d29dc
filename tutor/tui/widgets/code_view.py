"""The program that a question is about: numbered lines, to be read and scrolled."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.quiz.listing import listing
from tutor.quiz.question import Question
from tutor.tui.looks import HERE, MUTED
from tutor.tui.page import highlighted

_MARGIN: Final = 2
"""Lines that are shown around the line that a question is about, where there is room."""


class CodeView(VerticalScroll):
    """Shows the code of a question, and marks the line that it is about."""

    DEFAULT_CSS = """
    CodeView { height: 1fr; padding: 0 1; }
    CodeView Static { width: auto; height: auto; }
    """

    _place = 0
    """Row of the line that the question is about."""

    def compose(self) -> ComposeResult:
        """The lines."""
        yield Static(Content(""))

    def show(self, question: Question) -> None:
        """Show the program of a question."""
        numbered = listing(question)
        width = len(str(numbered[-1][0])) if numbered else 1
        code = highlighted([text for _, text in numbered])
        rows = []
        for (number, text), content in zip(numbered, code, strict=True):
            here = bool(text) and number == question.line
            sign = ("▶ ", HERE) if here else "  "
            rows.append(Content.assemble(sign, (f"{number if text else '':>{width}}  ", MUTED), content))
        self.query_one(Static).update(Content("\n").join(rows))
        self._place = next((row for row, (number, _) in enumerate(numbered) if number == question.line), len(rows))
        self.call_after_refresh(self._reveal)

    def on_resize(self) -> None:
        """Keep the line in view: the question below takes the room that it needs."""
        self._reveal()

    def _reveal(self) -> None:
        """Bring the line that the question is about into view, with the lines above it."""
        self.scroll_to(y=max(self._place + 1 + _MARGIN - self.size.height, 0), animate=False)
