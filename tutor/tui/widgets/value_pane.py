"""The value of a tensor as a grid that scrolls both ways, or the lines that stand for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from tutor.tui.looks import ALARM, MUTED
from tutor.tui.tensors.grid import Grid
from tutor.tui.widgets.pane import Pane

GAP: Final = 2
"""Cells between two columns."""

_EVEN: Final = 5
"""Rows of a vector hold a multiple of this many elements, where there is room for as many."""


def _key(key: str, action: str, name: str, id: str, tooltip: str) -> Binding:
    return Binding(key, action, name, show=False, id=id, tooltip=tooltip)


class _Layout(NamedTuple):
    """How the slice is laid out in a width."""

    width: int
    side: int
    """Cells for the indices of the rows."""
    cell: int
    """Cells for an element, without the gap."""
    columns: int
    """Columns that fit."""
    rows: int
    """Rows there are."""


class ValuePane(Pane):
    """Rows and columns with their indices; only the elements that are seen are drawn."""

    PINNED = 1

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("left", "column(-1)", "Column left", "value.left", "In a matrix: scroll left"),
        _key("right", "column(1)", "Column right", "value.right", "In a matrix: scroll right"),
        _key("home", "edge(-1)", "First column", "value.first", "In a matrix: the first column"),
        _key("end", "edge(1)", "Last column", "value.last", "In a matrix: the last column"),
        _key("left_square_bracket", "slice(-1)", "Slice before", "value.slice-back", "In rank 3 or more: a slice back"),
        _key("right_square_bracket", "slice(1)", "Next slice", "value.slice-next", "In rank 3 or more: a slice on"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__("value", id=id)
        self._of = "value"
        self._grid: Grid | None = None
        self._lines: list[Content] = []
        self._slice = 0
        self._left = 0
        self._layout: _Layout | None = None

    def show_grid(self, name: str, grid: Grid) -> None:
        """Show elements; the same slice as before, if there is one.

        Args:
            name: Says in the title what it is.
            grid: The elements.
        """
        self._of, self._grid, self._lines = name, grid, []
        self._slice = min(self._slice, grid.slices - 1)
        self._lay_out()

    def show_lines(self, name: str, lines: Sequence[Content]) -> None:
        """Show lines instead of elements.

        Args:
            name: Says in the title what it is.
            lines: What to show.
        """
        self._of, self._grid, self._lines = name, None, list(lines)
        self._lay_out()

    @property
    def slice(self) -> int:
        """The slice that is shown, from 0."""
        return self._slice

    @property
    def left(self) -> int:
        """The first column that is shown."""
        return self._left

    def on_resize(self, event: events.Resize) -> None:
        """There is room for more or fewer columns."""
        self._lay_out()

    def row_at(self, y: int) -> int:
        """The row in a line of the pane; lines have no heading that stays."""
        return super().row_at(y) if self._grid is not None else y + self.scroll_offset.y

    def draw_row(self, row: int, width: int) -> Content:
        """The indices of the columns, a row of elements, or a line."""
        grid = self._grid
        if grid is None:
            return self._lines[row].truncate(width, ellipsis=True) if row < len(self._lines) else Content("")
        layout = self._laid_out(width)
        if not grid.flat:
            return Content.styled("no elements", MUTED) if row == 1 else Content("")
        if row == 0:
            return self._heading(grid, layout)
        cells, pieces = grid.cells(self._slice), []
        first = (row - 1) * (layout.columns if grid.wraps else grid.columns) + (0 if grid.wraps else self._left)
        last = min(first + layout.columns, len(cells) if grid.wraps else row * grid.columns)
        index = f"[{first if grid.wraps else row - 1}]" if grid.shape else ""
        pieces.append(Content.styled(index.rjust(layout.side), MUTED))
        for element in range(first, last):
            text = cells[element].rjust(layout.cell)
            pieces.append(Content.styled(text, ALARM if grid.strange(self._slice, element) else ""))
        return Content(" " * GAP).join(pieces).truncate(width, ellipsis=True)

    def _heading(self, grid: Grid, layout: _Layout) -> Content:
        if not grid.shape:
            return Content("")
        labels = [" " * layout.side]
        for place in range(layout.columns):
            column = place if grid.wraps else self._left + place
            if column < grid.columns:
                labels.append(f"{'+' if grid.wraps else ''}{column}".rjust(layout.cell))
        return Content.styled((" " * GAP).join(labels), MUTED)

    def _laid_out(self, width: int) -> _Layout:
        """The layout of the slice in a width."""
        if self._layout is None or self._layout.width != width:
            assert self._grid is not None
            self._layout = _layout(self._grid, self._slice, width)
        return self._layout

    def _lay_out(self) -> None:
        """Rows, columns and titles, as another value, slice or width wants them."""
        self._layout = None
        grid = self._grid
        rows, title, note = len(self._lines), self._of, ""
        if grid is not None:
            layout = self._laid_out(self.row_width)
            self._left = min(self._left, max(grid.columns - layout.columns, 0))
            rows, title = layout.rows + self.PINNED, self._of + grid.slice_name(self._slice)
            note = _note(grid, layout, self._left)
        self.set_title(title, note)
        self.set_rows(rows)
        # Another slice, or the same rows from another column on.
        self._drawn_at = (-1, -1)
        self.redraw()

    # Scrolling

    def action_column(self, direction: int) -> None:
        """Scroll by a column."""
        self._go_to_column(self._left + direction)

    def action_edge(self, direction: int) -> None:
        """Scroll to the first column, or to the last."""
        self._go_to_column(0 if direction < 0 else self._grid.columns if self._grid is not None else 0)

    def action_slice(self, direction: int) -> None:
        """Show the next slice, or the one before."""
        grid = self._grid
        if grid is not None and 0 <= self._slice + direction < grid.slices:
            self._slice += direction
            self._lay_out()

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll to the left."""
        event.stop()
        self._go_to_column(self._left - 1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll to the right."""
        event.stop()
        self._go_to_column(self._left + 1)

    def _go_to_column(self, column: int) -> None:
        if self._grid is None or self._grid.wraps or not self.row_width:
            return
        fitting = self._laid_out(self.row_width).columns
        self._left = min(max(column, 0), max(self._grid.columns - fitting, 0))
        self._lay_out()


def _layout(grid: Grid, place: int, width: int) -> _Layout:
    cells = grid.cells(place)
    if not grid.flat:
        return _Layout(width, 0, 0, 0, 1)
    if not grid.shape:
        return _Layout(width, 0, len(cells[0]), 1, 1)
    last = len(cells) if grid.wraps else max(grid.rows, grid.columns)
    index = len(str(max(last - 1, 0))) + 2
    # A vector is counted from the first element of the row on, with a plus before it.
    cell = max(len(cells[0]), 3 if grid.wraps else len(str(grid.columns - 1)))
    columns = min(max((width - index) // (cell + GAP), 1), grid.columns)
    if not grid.wraps:
        return _Layout(width, index, cell, columns, grid.rows)
    if _EVEN < columns < grid.columns:
        columns -= columns % _EVEN
    return _Layout(width, index, cell, columns, -(-grid.columns // columns))


def _note(grid: Grid, layout: _Layout, left: int) -> str:
    parts = [f"{grid.slices:,} slices: [ ]"] if grid.slices > 1 else []
    if not grid.wraps and 0 < layout.columns < grid.columns:
        parts.append(f"columns {left:,} to {left + layout.columns - 1:,} of {grid.columns:,}: ← →")
    return "   ".join(parts)
