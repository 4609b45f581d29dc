"""What the panes show, what the marks mean, which keys there are."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual.content import Content

from tutor.explain.notes import KINDS
from tutor.tui.looks import LANE
from tutor.tui.screens.sheet import Sheet

PANES: Final = (
    ("program", "your program; what runs now is marked, what has not run is grey"),
    ("tensors", "every name with its value and its .grad after this step; Enter opens one"),
    ("graph", "what backward runs, from the result down to the leaves; Enter goes to a row's step"),
    ("why", "what this step did"),
    ("output", "what the program has printed so far"),
    ("time line", "the whole run, and how the loss went; click or drag to go there"),
)

MARKS: Final = (
    ("▶ ▷", "here, now; the lines that called this function"),
    ("› ◆", "the chosen row; the name that is followed"),
    ("▾ ▸", "what belongs to a name is shown, folded (Enter)"),
    ("╎", "grad was off when this line ran"),
    ("● ○", "requires grad, does not"),
    ("old → new", "changed in this step"),
    ("shares x, is x", "the same memory as x; the very same tensor"),
    ("None", "a gradient may come; there is none yet"),
    ("not kept", "not a leaf: its gradient passes through and is not stored"),
    ("leaf", "made by you, requires grad: backward stores its gradient in .grad"),
    ("✓", "this node has run"),
    ("╰▶ w.grad", "the chain ends at the leaf w (AccumulateGrad)"),
    ("← 1.0", "the gradient that arrived at the node"),
    ("✂", "the chain was cut here: detach, no_grad, an integer"),
    ("⋮", "turns that look alike, folded (Enter)"),
    ("saved", "what the node keeps for backward; freed once it has run"),
    ("↻ 2/3", "turn 2 of 3 of the loop"),
    ("#> …", "what the line prints; shown once it has run"),
    ("◂ ▴ ✗ ! ┼", "on the time line: backward, update, error, note, a turn of a loop"),
)


PAGE_WIDTH: Final = 70
"""Cells of a line; in a terminal of 80 it fits on the page."""


class Help(Sheet):
    """Keys, panes and marks.

    Args:
        keys: Keys and what they do.
        full: Whether panes and marks are explained too.
    """

    def __init__(self, keys: list[tuple[str, str]], *, full: bool = True) -> None:
        parts = [table("Keys", keys)]
        if full:
            notes = table("Notes (notes.off in config.toml leaves a kind out)", [*KINDS.items()])
            parts = [table("Panes", PANES), table("Marks", MARKS), *parts, notes]
        super().__init__("help", Content("\n\n").join(parts))


def table(title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Content:
    """A heading, and below it what each key or sign means."""
    width = max(cell_len(left) for left, _ in rows) + 2
    lines = [Content.styled(title, "bold")]
    for left, right in rows:
        first, *others = Content(right).wrap(PAGE_WIDTH - width)
        lines.append(Content.assemble((left + " " * (width - cell_len(left)), LANE)) + first)
        lines += [Content(" " * width) + other for other in others]
    return Content("\n").join(lines)
