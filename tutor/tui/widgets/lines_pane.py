"""Labelled lines that are wrapped where they are long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.content import Content

from tutor.tui.cells import pad
from tutor.tui.looks import MUTED
from tutor.tui.widgets.pane import Pane

_WRAPPED: Final = 6
"""Rows that one line takes at most."""


class LinesPane(Pane):
    """A label and a text in each line."""

    def __init__(self, title: str, *, id: str) -> None:
        super().__init__(title, id=id)
        self._lines: Sequence[tuple[str, str]] = ()
        self._drawn: list[Content] = []

    def show(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show other lines.

        Args:
            lines: Label and text of each.
        """
        self._lines = lines
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """The lines are wrapped anew."""
        self._lay_out()

    def draw_row(self, row: int, width: int) -> Content:
        """A line, or what of it did not fit into the row above."""
        return self._drawn[row] if row < len(self._drawn) else Content("")

    def _lay_out(self) -> None:
        width = self.row_width
        if not width:
            return
        label_width = max((cell_len(label) for label, _ in self._lines), default=0) + 2
        self._drawn = []
        for label, text in self._lines:
            rows = Content(text).wrap(max(width - label_width, 8)) or [Content("")]
            if len(rows) > _WRAPPED:
                rows = [*rows[: _WRAPPED - 1], rows[_WRAPPED - 1].truncate(max(width - label_width - 1, 7)) + "…"]
            for number, part in enumerate(rows):
                self._drawn.append(Content.styled(pad("" if number else label, label_width), MUTED) + part)
        self.set_rows(len(self._drawn))
        self.redraw()
