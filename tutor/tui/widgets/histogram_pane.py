"""How often values occur: a bar for each range of them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from tutor.tui.cells import pad
from tutor.tui.looks import LANE, MUTED
from tutor.tui.tensors.histogram import Bar, bar_text
from tutor.tui.widgets.pane import Pane


class HistogramPane(Pane):
    """A row for each bar: which values, the bar, how many."""

    def __init__(self, *, id: str) -> None:
        super().__init__("histogram", id=id)
        self._bars: Sequence[Bar] = ()

    def show(self, name: str, bars: Sequence[Bar]) -> None:
        """Show other bars.

        Args:
            name: Of what they are.
            bars: From the lowest values to the highest.
        """
        self._bars = bars
        self.set_title(f"histogram of {name}")
        self.set_rows(max(len(bars), 1))
        self.redraw()

    def draw_row(self, row: int, width: int) -> Content:
        """A range of values."""
        if not self._bars:
            return Content.styled("no values", MUTED) if row == 0 else Content("")
        if row >= len(self._bars):
            return Content("")
        bar = self._bars[row]
        most = max(bar.amount for bar in self._bars)
        label = max(cell_len(bar.label) for bar in self._bars)
        room = width - label - len(f"{most:,}") - 2
        drawn = pad(bar_text(bar, most, max(room, 1)), max(room, 1))
        return Content.assemble(
            (bar.label.rjust(label), MUTED), " ", (drawn, LANE), " ", f"{bar.amount:,}".rjust(len(f"{most:,}"))
        ).truncate(width, ellipsis=True)
