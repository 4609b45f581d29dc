"""What the panes show, what the marks mean, which keys there are."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.tui.looks import LANE

PANES: Final = (
    ("program", "your program; what runs now is marked, what has not run is grey"),
    ("tensors", "every name with its value and its .grad after this step"),
    ("graph", "what backward runs, from the result down to the leaves"),
    ("why", "what this step did"),
    ("output", "what the program has printed so far"),
)

MARKS: Final = (
    ("▶", "here, now"),
    ("● ○", "requires grad, does not"),
    ("old → new", "changed in this step"),
    ("None", "a gradient may come; there is none yet"),
    ("not kept", "not a leaf: its gradient passes through and is not stored"),
    ("leaf", "made by you, requires grad: backward stores its gradient in .grad"),
    ("✓", "this node has run"),
    ("╰▶ w.grad", "the chain ends at the leaf w (AccumulateGrad)"),
    ("← 1.0", "the gradient that arrived at the node"),
    ("saved", "what the node keeps for backward; freed once it has run"),
    ("↻ 2/3", "turn 2 of 3 of the loop"),
    ("#> …", "what the line prints; shown once it has run"),
    ("◂ ▴ ✗ ┼", "on the time line: backward, update, error, a turn of a loop"),
)


class Help(ModalScreen[None]):
    """A page of text that scrolls.

    Args:
        keys: Keys and what they do.
        full: Whether panes and marks are explained too.
    """

    DEFAULT_CSS = """
    Help { align: center middle; }
    Help VerticalScroll {
        width: 84; max-width: 96%; height: auto; max-height: 94%;
        border: round $accent; background: $surface; padding: 0 2;
    }
    Help Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "leave", "Back", id="help.leave", tooltip="Close this page"),
    ]

    def __init__(self, keys: list[tuple[str, str]], *, full: bool = True) -> None:
        super().__init__()
        self._keys = keys
        self._full = full

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll() as page:
            page.border_title = "help"
            page.border_subtitle = "escape: back"
            yield Static(self._text())

    def action_leave(self) -> None:
        """Close the page."""
        self.dismiss()

    def _text(self) -> Content:
        parts = [_table("Keys", self._keys)]
        if self._full:
            parts += [_table("Panes", PANES), _table("Marks", MARKS)]
        return Content("\n\n").join(parts)


def _table(title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> Content:
    width = max(cell_len(left) for left, _ in rows) + 2
    lines = [Content.styled(title, "bold")]
    for left, right in rows:
        lines.append(Content.assemble((left + " " * (width - cell_len(left)), LANE), right))
    return Content("\n").join(lines)
