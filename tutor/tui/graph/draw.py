"""The columns of the graph pane and what stands in them, for one node or leaf."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tutor.tui.cells import fit, pad
from tutor.tui.graph.lanes import ChainRow
from tutor.tui.graph.text import LABEL_WIDTH, SUM_WIDTH, VALUE_WIDTH, Cells, ChainText
from tutor.tui.looks import ALARM, CHANGED, GOOD, GRADIENT, LANE, MUTED, NODE

_LEAST_KEPT: Final = 9
"""Cells below which nothing is said of saved tensors."""


class Columns(NamedTuple):
    """Where things stand in a row, in cells."""

    lanes: int
    label: int
    node: int
    value: int
    gradient: int


def sign(*, running: bool, ran: bool) -> tuple[str, str]:
    """The sign before a row and its style: what runs, what has run."""
    return "▶ " if running else "✓ " if ran else "  ", CHANGED if running else GOOD


def columns_of(rows: Sequence[ChainRow], text: ChainText) -> Columns:
    """As narrow as some rows allow, so that all of a small graph fits."""
    text.label_width, text.value_width, text.gradient_width = LABEL_WIDTH, VALUE_WIDTH, SUM_WIDTH
    lanes, label, node, value, gradient = 2, 0, 0, 0, 0
    for row in rows:
        lanes = max(lanes, cell_len(row.lanes))
        if row.place[0] not in ("node", "leaf"):
            continue
        cells = text.describe(row.place)
        label = max(label, min(cell_len(cells.label), LABEL_WIDTH))
        if row.place[0] == "node":
            node, value = max(node, cell_len(cells.node)), max(value, cell_len(cells.value))
            gradient = max(gradient, cell_len(cells.gradient) + 2 if cells.gradient else 0)
    return Columns(lanes, label, node, value, gradient)


def fitted(columns: Columns, text: ChainText, width: int) -> Columns:
    """The columns in the room there is: labels and values give way, the node's name never."""
    gap = 2
    room = width - 3 - columns.lanes - columns.node - gap * (3 if columns.gradient else 2)
    gradient = min(columns.gradient, max(room * 2 // 5, room - columns.label - columns.value, 8))
    label = min(columns.label, max((room - gradient) // 2, 8))
    value = min(columns.value, max(room - gradient - label, 6))
    text.label_width, text.value_width, text.gradient_width = label, value, max(gradient - 2, 6)
    text.leaf_width = width - 3 - columns.lanes - gap
    return columns._replace(label=label, value=value, gradient=gradient)


@lru_cache(512)
def draw_place(kind: str, lanes: str, cells: Cells, columns: Columns, width: int) -> Content:
    """The row of a node or a leaf; from step to step most of them stay the same.

    Args:
        kind: Of the place.
        lanes: The lines that lead to it.
        cells: What it says.
        columns: Where that stands.
        width: Cells that the row has.
    """
    lanes = pad(lanes, max(columns.lanes, cell_len(lanes)))
    head = Content.assemble(sign(running=cells.is_running, ran=cells.has_run), (lanes, LANE), " ")
    body = draw_leaf(cells, columns) if kind == "leaf" else draw_node(cells, columns, width - head.cell_length)
    return (head + (body.stylize("bold") if cells.is_running else body)).truncate(width, ellipsis=True)


def draw_node(cells: Cells, columns: Columns, width: int) -> Content:
    """``y  PowBackward0  9.0  ← 1.0  saved x=3.0``; what is saved is left out where there is no room for it."""
    gradient = f"← {cells.gradient}" if cells.gradient else ""
    head = Content.assemble(
        pad(cells.label, columns.label), "  ", (pad(cells.node, max(columns.node, cell_len(cells.node))), NODE), "  "
    )
    body = head + Content.assemble(
        pad(cells.value, max(columns.value, cell_len(cells.value))),
        "  ",
        (pad(gradient, columns.gradient) + "  " if columns.gradient else "", GRADIENT),
    )
    room = width - body.cell_length
    if cells.is_changed:
        # That backward will fail is worth more than a value.
        start = body if room >= cell_len(cells.kept) else head
        return start + Content.styled(fit(cells.kept, width - start.cell_length), ALARM)
    if room >= min(cell_len(cells.kept), _LEAST_KEPT):
        return body + Content.styled(fit(cells.kept, room), MUTED)
    return body.rstrip()


def draw_leaf(cells: Cells, columns: Columns) -> Content:
    """``x.grad  6.0 + 6.0 = 12.0``."""
    style = GRADIENT if cells.has_run else MUTED if cells.gradient == "None" else ""
    # The columns of nodes are empty here: a long name may go on into them.
    return Content.assemble(pad(cells.label, max(columns.label, cell_len(cells.label))), "  ", (cells.gradient, style))
