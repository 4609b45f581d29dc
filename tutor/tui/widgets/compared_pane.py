"""The names of two runs in one table: what each is here and there, with a sign where they differ."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from tutor.recording.moment import Moment
from tutor.tui.cells import fit
from tutor.tui.compare.cells import ComparedColumns, draw_compared, draw_heading, grad_width
from tutor.tui.compare.rows import ComparedRow, compared_rows
from tutor.tui.looks import MUTED
from tutor.tui.widgets.pane import SCROLLING, Pane


class ComparedPane(Pane, inherit_bindings=False):
    """Value and ``.grad`` of each name in the first run and in the second."""

    # Up and down go from line to line in both runs; that is the screen's to do.
    BINDINGS: ClassVar[list[BindingType]] = [*SCROLLING]

    PINNED = 1

    def __init__(self, *, id: str) -> None:
        super().__init__("tensors", id=id)
        self._moments: tuple[Moment, Moment] | None = None
        self._rows: list[ComparedRow] = []
        self._longest = 0
        self._gradients = 0
        self.only_different = False
        """Whether what is the same is left out."""

    def show(self, moment: Moment, other: Moment) -> None:
        """Show the names after a step of each run, and bring the first that differs into view."""
        self._moments = moment, other
        self._rows = compared_rows(moment, other, only_different=self.only_different)
        # Columns only get wider, so that they stay where they are from step to step.
        named = [row for row in self._rows if not row.heading]
        self._longest = max([self._longest, *(cell_len(row.label) for row in named)])
        self._gradients = max([self._gradients, *(grad_width(row, moment.after, other.after) for row in named)])
        different = [number for number, row in enumerate(self._rows) if row.aspect is not None]
        count = len(different)
        note = "no name differs" if not count else "1 name differs" if count == 1 else f"{count} names differ"
        self.set_title("tensors: only what differs" if self.only_different else "tensors", note)
        self.set_rows(max(len(self._rows), 1) + self.PINNED)
        if different:
            self.reveal(different[0] + self.PINNED, different[0] + self.PINNED)
        self.redraw()

    def turn_filter(self) -> None:
        """Leave out what is the same, or show it again."""
        self.only_different = not self.only_different
        if self._moments is not None:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
            self.show(*self._moments)

    def draw_row(self, row: int, width: int) -> Content:
        """The heading, or a name."""
        columns = ComparedColumns.of(self._longest, width, self._gradients)
        if row == 0:
            return draw_heading(columns)
        if self._moments is None or row > len(self._rows):
            empty = "Nothing differs here." if self.only_different else "There are no names yet."
            return Content.styled(f"  {empty if self._moments else ''}", MUTED)
        item = self._rows[row - 1]
        if item.heading:
            return Content.styled(fit(item.label, width), f"{MUTED} italic")
        one, other = self._moments
        return draw_compared(item, one.after, other.after, columns).truncate(width)
