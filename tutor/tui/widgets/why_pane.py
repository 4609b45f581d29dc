"""What the step did, in words."""

from __future__ import annotations

from textual import events
from textual.content import Content

from tutor.tui.looks import ALARM
from tutor.tui.widgets.pane import Pane


class WhyPane(Pane):
    """A few sentences, wrapped."""

    def __init__(self, *, id: str) -> None:
        super().__init__("why", id=id)
        self._paragraphs: list[str] = []
        self._alarm = False
        self._lines: list[Content] = []

    def show(self, paragraphs: list[str], *, alarm: bool = False) -> None:
        """Show sentences.

        Args:
            paragraphs: Plain text.
            alarm: Whether the first one says that something went wrong.
        """
        self._paragraphs = paragraphs
        self._alarm = alarm
        self._wrap()
        self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap to the new width."""
        self._wrap()

    def draw_row(self, row: int, width: int) -> Content:
        """A line of the text."""
        return self._lines[row] if row < len(self._lines) else Content("")

    def text(self) -> str:
        """The sentences, one paragraph on each line."""
        return "\n".join(self._paragraphs)

    def _wrap(self) -> None:
        width = max(self.row_width, 20)
        self._lines = []
        for number, paragraph in enumerate(self._paragraphs):
            style = ALARM if self._alarm and number == 0 else ""
            self._lines.extend(Content.styled(paragraph, style).wrap(width))
        self.set_rows(len(self._lines))
        self.redraw()
