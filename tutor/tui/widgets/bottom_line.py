"""The last line: the keys that matter, or why the last key did nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from tutor.tui.cells import fit
from tutor.tui.looks import CHANGED, HERE, MUTED
from tutor.tui.widgets.line import Line

HELP: Final = "help"
"""What the key does that explains all others: it is shown however little room there is."""

_BETWEEN: Final = "   "


class BottomLine(Line):
    """Hints, replaced by a note until the next step."""

    DEFAULT_CSS = """
    BottomLine {
        height: 1;
        background: $panel;
        padding: 0 1;
    }
    """

    def __init__(self, hints: Sequence[tuple[str, str]], *, id: str) -> None:
        """
        Args:
            hints: Keys and what they do, the most important first.
            id: Of this widget.
        """
        super().__init__(id=id)
        self._hints = hints
        self._note = ""

    @property
    def note(self) -> str:
        """What is said instead of the hints, empty if nothing."""
        return self._note

    def set_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Show other hints."""
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def say(self, note: str) -> None:
        """Show a note, or the hints again when it is empty."""
        if note != self._note:
            self._note = note
            self.refresh()

    def draw(self, width: int) -> Content:
        """The line."""
        if self._note:
            return Content.styled(fit(f"› {self._note}", width), CHANGED)
        shown = _fitting(self._hints, width)
        return Content(_BETWEEN).join(Content.assemble((keys, HERE), " ", (meaning, MUTED)) for keys, meaning in shown)


def _fitting(hints: Sequence[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """The first hints, as many as there is room for; where that for help is not one of them, it comes after them."""
    help = [hint for hint in hints if hint[1] == HELP]
    for count in range(len(hints), 0, -1):
        shown = list(hints[:count])
        shown += [hint for hint in help if hint not in shown]
        if _length(shown) <= width:
            return shown
    return help


def _length(hints: Sequence[tuple[str, str]]) -> int:
    """Cells that hints take."""
    return sum(cell_len(keys) + cell_len(meaning) + 1 + len(_BETWEEN) for keys, meaning in hints) - len(_BETWEEN)
