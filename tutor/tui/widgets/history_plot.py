"""How one number went over the steps, as a line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message

from tutor.plain.format import number
from tutor.tui.looks import HERE, LANE, MUTED
from tutor.tui.tensors.braille import column_of, limits, line_plot
from tutor.tui.widgets.pane import Pane


class HistoryPlot(Pane, can_focus=False):
    """The line, its least and largest value on the left, below it the first and last step and the one now."""

    class StepPointed(Message):
        """A place below or in the plot was clicked."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step
            """The step there."""

    def __init__(self, *, id: str) -> None:
        super().__init__("plot", id=id)
        self._points: list[tuple[float, float]] = []
        self._number = 0
        self._rows: list[str] = []
        self._labels = ("", "")

    def show(self, name: str, points: Sequence[tuple[float, float]], number: int) -> None:
        """Show other points.

        Args:
            name: Of what they are.
            points: Step and value, in order.
            number: The step now.
        """
        self._points, self._number = list(points), number
        strange = sum(not math.isfinite(value) for _, value in points)
        self.set_title(name, f"{strange:,} nan or infinite, left out" if strange else "")
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """The line is drawn anew."""
        self._lay_out()

    def draw_row(self, row: int, width: int) -> Content:
        """A row of the line, its axis, or the steps below it."""
        height = len(self._rows)
        if not self._points:
            return Content.styled("no values yet" if row == 0 else "", MUTED)
        if row < height:
            label = self._label(row, height)
            side = Content.styled(f"{label.rjust(self._side)} {'┤' if label else '│'}", MUTED)
            return side + Content.styled(self._rows[row], LANE)
        first, last = int(self._points[0][0]), int(self._points[-1][0])
        if row == height:
            return self._axis(first, last)
        left, right = f"step {first:,}", f"{last:,}"
        gap = max(self._across - len(left) - len(right), 1)
        ends = left if first == last else left + " " * gap + right
        return Content.styled(" " * (self._side + 2) + ends, MUTED).truncate(width, ellipsis=True)

    def on_click(self, event: events.Click) -> None:
        """Ask for the step at the place clicked."""
        offset = event.get_content_offset(self)
        if offset is None or not self._points:
            return
        share = min(max((offset.x - self._side - 2) / max(self._across - 1, 1), 0), 1)
        first, last = self._points[0][0], self._points[-1][0]
        self.post_message(self.StepPointed(round(first + (last - first) * share)))

    @property
    def _side(self) -> int:
        """Cells of the labels on the left."""
        return max(map(cell_len, self._labels))

    @property
    def _across(self) -> int:
        """Cells of the line."""
        return max(self.row_width - self._side - 2, 1)

    def _label(self, row: int, height: int) -> str:
        """The least value at the bottom, the largest at the top; in the middle where they are the same."""
        least, most = self._labels
        if least == most or height == 1:
            return most if row == height // 2 else ""
        return most if row == 0 else least if row == height - 1 else ""

    def _axis(self, first: int, last: int) -> Content:
        line = "─" * self._across
        side = Content.styled(" " * self._side + " └", MUTED)
        if self._number < first:
            return side + Content.styled(line, MUTED)
        # After the last point the number is still what it was there.
        here = column_of(self._number, first, last, self._across)
        return side + Content.assemble((line[:here], MUTED), ("▲", HERE), (line[here + 1 :], MUTED))

    def _lay_out(self) -> None:
        height = max(self.size.height - 2, 1)
        ends = limits([value for _, value in self._points])
        self._labels = (number(ends[0]), number(ends[1])) if ends is not None else ("", "")
        self._rows = line_plot(self._points, self._across, height) if self._points and self.row_width else []
        self.set_rows(self.size.height)
        self.redraw()
