"""Three lines for somebody who opens a program for the first time."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widgets import Static

from tutor.tui.looks import HERE

_LINES: Final = (
    ("→", "goes one step on, ← one step back; ↓ and ↑ go from line to line."),
    ("tab", "goes from pane to pane; in tensors and graph Enter opens a row."),
    ("?", "explains every pane, mark and key; t explains the words."),
)


class Welcome(Static):
    """Stands above the last line until the first step is taken."""

    DEFAULT_CSS = """
    Welcome {
        height: auto;
        padding: 0 1;
        background: $boost;
    }
    """

    def __init__(self, *, id: str) -> None:
        lines = [Content.assemble((f"{key:>4} ", HERE), text) for key, text in _LINES]
        super().__init__(Content("\n").join(lines), id=id)
