"""Every name with its value and its ``.grad``: one row each, what changed in this step as old → new."""

from __future__ import annotations

from collections.abc import Hashable
from operator import is_
from typing import Any

from textual.content import Content

from tutor.recording.moment import Moment
from tutor.recording.state import Key
from tutor.tui.cells import fit, pad
from tutor.tui.looks import MUTED
from tutor.tui.tensors.cells import Columns, draw_plain, draw_tensor, old_record
from tutor.tui.tensors.rows import UNNAMED, Row, Rows, changed_members, is_changed, ties
from tutor.tui.widgets.pane import Pane


class TensorsPane(Pane):
    """Names and values at the moment."""

    PINNED = 1
    GUTTER = 1

    DEFAULT_CSS = "TensorsPane { padding: 0; }"

    def __init__(self, *, id: str) -> None:
        super().__init__("tensors", id=id)
        self._moment: Moment | None = None
        self._list = Rows()
        self._ties: dict[tuple[int, str], str] = {}
        self._folds: dict[Key, bool] = {}
        self._followed: Key | None = None
        self._columns: Columns | None = None
        self._drawn: dict[tuple[int, str], tuple[tuple[Columns, str], tuple[Any, ...], Content]] = {}

    def show(self, moment: Moment, followed: Key | None = None) -> None:
        """Show the values after a step, and bring the first that it changed into view.

        Args:
            moment: The step now.
            followed: The name that is followed.
        """
        self._moment, self._followed = moment, followed
        self._lay_out()
        changed = self._list.first_changed(moment)
        if changed is not None:
            self.reveal(changed + self.PINNED, changed + self.PINNED)
        self.redraw()

    def fold(self, key: Hashable) -> bool:
        """Fold what belongs to a name, or open it; whether there is anything to fold."""
        row = next((row for row in self._rows if row.members and Key(row.scope, row.path) == key), None)
        if row is None:
            return False
        self._folds[Key(row.scope, row.path)] = not row.opened
        self._list.forget()
        self._lay_out()
        self.redraw()
        return True

    def choose_name(self, path: str) -> None:
        """Choose the row of a name, if it is shown."""
        number = next((number for number, row in enumerate(self._rows, 1) if row.path == path), None)
        if number is not None:
            self.choose(number)

    @property
    def _rows(self) -> list[Row]:
        return self._list.all

    def _lay_out(self) -> None:
        assert self._moment is not None
        self._list.show(self._moment, self._folds)
        self._ties = ties(self._moment, self._rows)
        if len(self._drawn) > max(len(self._rows) * 2, 500):
            self._drawn = {}
        self._columns = None
        self.set_title("tensors", f"{len(self._rows):,} names" if len(self._rows) >= self.size.height > 0 else "")
        self.set_rows(len(self._rows) + self.PINNED)

    def draw_row(self, row: int, width: int) -> Content:
        """The heading, or a name."""
        columns = self._columns_for(width)
        if row == 0:
            titles = zip(("name", "shape", "value", ".grad", "grad_fn"), columns, strict=True)
            return Content.styled("  " + " ".join(pad(title, width) for title, width in titles if width), MUTED)
        item = self._rows[row - 1]
        if self._moment is None:
            return Content("")
        if item.reference is None:
            return Content.styled(fit(item.label, width), f"{MUTED} italic")
        place = item.scope, item.path or str(item.reference)
        tie = self._ties.get(place, "")
        facts = _facts(self._moment, item)
        known = self._drawn.get(place) if facts is not None else None
        if known is not None and facts is not None and known[0] == (columns, tie) and all(map(is_, known[1], facts)):
            return known[2]
        if isinstance(item.reference, int):
            drawn = draw_tensor(self._moment, item, columns, tie)
        else:
            drawn = draw_plain(self._moment, item, columns)
        if facts is not None:
            self._drawn[place] = (columns, tie), facts, drawn
        return drawn

    def sign_of(self, row: int) -> str:
        """The chosen row, and the name that is followed."""
        sign = super().sign_of(row)
        return "◆" if sign == " " and self._followed is not None and self.key_of(row) == self._followed else sign

    def key_of(self, row: int) -> Hashable:
        """The scope and the path of a name; for a result without a name, its scope and the number of the tensor."""
        item = self._rows[row - 1] if 0 < row <= len(self._rows) else None
        if item is None or item.reference is None:
            return None
        return Key(item.scope, item.path) if item.scope != UNNAMED else (item.scope, item.reference)

    def first_choice(self) -> int:
        """What the step changed, else the first name."""
        changed = self._list.first_changed(self._moment) if self._moment is not None else None
        return changed + self.PINNED if changed is not None else super().first_choice()

    def _columns_for(self, width: int) -> Columns:
        """Columns for a width; names get what they need, up to a third."""
        if self._columns is None or self._columns.total != width - 2:
            self._columns = Columns.of(self._list.longest, width)
        return self._columns


def _facts(moment: Moment, row: Row) -> tuple[Any, ...] | None:
    """The objects that a row shows, while they are what decides how it looks; None where the step changed it."""
    if is_changed(moment, row) or changed_members(moment, row):
        return None
    if not isinstance(row.reference, int):
        # What holds other things looks as they do now.
        return (row.reference, row.opened) if len(row.reference) < 4 else None
    record = moment.after.tensors.get(row.reference)
    if record is None or old_record(moment, row) is not record:
        return None
    gradient = moment.after.tensors.get(record.grad) if record.grad is not None else None
    before = moment.before.tensors.get(record.grad) if record.grad is not None else None
    # The name of a node never changes, but the node can go.
    return (record, gradient, record.node in moment.after.nodes, row.opened) if gradient is before else None
