"""The graph behind the present result: one row per node, from the result down to the leaves."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tutor.plain.format import harmless
from tutor.tui.cells import fit, pad
from tutor.tui.chain import ChainRow, Root, find_root, lay_out
from tutor.tui.chain_text import LABEL_WIDTH, VALUE_WIDTH, Cells, ChainText
from tutor.tui.looks import CHANGED, GOOD, GRADIENT, LANE, MUTED, NODE
from tutor.tui.moment import Moment
from tutor.tui.widgets.pane import Pane

_MEASURED: Final = 60
"""Rows whose texts decide how wide the columns are."""

_LEAST_KEPT: Final = 9
"""Cells below which nothing is said of saved tensors."""


class Columns(NamedTuple):
    """Where things stand in a row, in cells."""

    lanes: int
    label: int
    node: int
    value: int
    gradient: int


class GraphPane(Pane):
    """The grad_fn chain at the moment."""

    GUTTER = 1

    DEFAULT_CSS = "GraphPane { padding: 0; }"

    def __init__(self, *, id: str) -> None:
        super().__init__("graph", id=id)
        self._moment: Moment | None = None
        self._root: Root | None = None
        self._rows: list[ChainRow] = []
        self._laid_out: int | None = None
        self._text: ChainText | None = None
        self._columns = Columns(2, 0, 0, 0, 0)
        self._fitted = 0

    def show(self, moment: Moment) -> None:
        """Show the graph of the step's result, with what of it has run."""
        self._moment = moment
        self._root = root = find_root(moment)
        self._text = text = ChainText(moment)
        if root is None or root.node is None:
            self._rows, self._laid_out = [], None
        elif root.node != self._laid_out:
            self._rows, self._laid_out = lay_out(moment, root.node), root.node
        self._fitted = 0
        self.set_title(self._title(), f"{len(self._rows):,} nodes" if len(self._rows) > self.size.height > 0 else "")
        self.set_rows(max(len(self._rows), 2))
        running = next((number for number, row in enumerate(self._rows) if row.place == text.running), 0)
        self.reveal(running, running)
        self.redraw()

    def draw_row(self, row: int, width: int) -> Content:
        """A node, a leaf, or the sentence that says why there is no graph."""
        if self._text is None:
            return Content("")
        if not self._rows:
            lines = Content.styled(self._why_empty(), MUTED).wrap(width)
            return lines[row] if row < len(lines) else Content("")
        if width != self._fitted:
            self._fitted = width
            self._columns = fitted(columns_of(self._rows, self._text), self._text, width)
        item = self._rows[row]
        cells = self._text.describe(item.place)
        sign = "▶ " if cells.is_running else "✓ " if cells.has_run else "  "
        lanes = pad(item.lanes, max(self._columns.lanes, cell_len(item.lanes)))
        head = Content.assemble((sign, CHANGED if cells.is_running else GOOD), (lanes, LANE), " ")
        if item.place[0] == "leaf":
            body = draw_leaf(cells, self._columns)
        else:
            body = draw_node(cells, self._columns, width - head.cell_length)
        return (head + (body.stylize("bold") if cells.is_running else body)).truncate(width, ellipsis=True)

    def key_of(self, row: int) -> Hashable:
        """The node or the leaf of a row."""
        return self._rows[row].place if row < len(self._rows) else None

    def first_choice(self) -> int:
        """The node that runs, else the result."""
        running = self._text.running if self._text is not None else None
        return next((number for number, row in enumerate(self._rows) if row.place == running), 0)

    def _title(self) -> str:
        if self._moment is None or self._root is None or self._root.tensor is None:
            return "graph"
        return f"graph of {fit(harmless(' '.join(self._moment.label(self._root.tensor).split())), 30)}"

    def _why_empty(self) -> str:
        moment, root = self._moment, self._root
        if moment is None or root is None or root.tensor is None:
            return "No result with a grad_fn is alive."
        record = moment.tensor(root.tensor)
        name = fit(harmless(" ".join(moment.label(root.tensor).split())), 20)
        if record is not None and record.meta.requires_grad:
            return f"{name} is a leaf: made by you, not by an operation."
        if moment.step is not None and not moment.step.grad_enabled:
            return f"{name} has no graph: grad is off here."
        return f"{name} has no graph: it does not require grad."


def columns_of(rows: list[ChainRow], text: ChainText) -> Columns:
    """As narrow as the first rows allow, so that all of a small graph fits."""
    text.label_width, text.value_width, text.gradient_width = LABEL_WIDTH, VALUE_WIDTH, VALUE_WIDTH
    lanes, label, node, value, gradient = 2, 0, 0, 0, 0
    for row in rows[:_MEASURED]:
        cells = text.describe(row.place)
        lanes = max(lanes, cell_len(row.lanes))
        label = max(label, cell_len(cells.label))
        if row.place[0] == "node":
            node, value = max(node, cell_len(cells.node)), max(value, cell_len(cells.value))
            gradient = max(gradient, cell_len(cells.gradient) + 2 if cells.gradient else 0)
    return Columns(lanes, label, node, value, gradient)


def fitted(columns: Columns, text: ChainText, width: int) -> Columns:
    """The columns in the room there is: labels and values give way, the node's name never."""
    gap = 2
    room = width - 3 - columns.lanes - columns.node - gap * (3 if columns.gradient else 2)
    gradient = min(columns.gradient, max(room * 2 // 5, 8))
    label = min(columns.label, max((room - gradient) // 2, 8))
    value = min(columns.value, max(room - gradient - label, 6))
    text.label_width, text.value_width, text.gradient_width = label, value, max(gradient - 2, 6)
    return columns._replace(label=label, value=value, gradient=gradient)


def draw_node(cells: Cells, columns: Columns, width: int) -> Content:
    """``y  PowBackward0  9.0  ← 1.0  saved x=3.0``; what is saved is left out where there is no room for it."""
    gradient = f"← {cells.gradient}" if cells.gradient else ""
    body = Content.assemble(
        pad(cells.label, columns.label),
        "  ",
        (pad(cells.node, max(columns.node, cell_len(cells.node))), NODE),
        "  ",
        pad(cells.value, max(columns.value, cell_len(cells.value))),
        "  ",
        (pad(gradient, columns.gradient) + "  " if columns.gradient else "", GRADIENT),
    )
    room = width - body.cell_length
    return (
        body + Content.styled(fit(cells.kept, room), MUTED) if room >= min(cell_len(cells.kept), _LEAST_KEPT) else body
    )


def draw_leaf(cells: Cells, columns: Columns) -> Content:
    """``x.grad  6.0 + 6.0 = 12.0``."""
    style = GRADIENT if cells.has_run else MUTED if cells.gradient == "None" else ""
    return Content.assemble(pad(cells.label, columns.label), "  ", (cells.gradient, style))
