"""The last line: the keys that matter, or why the last key did nothing."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from tutor.tui.cells import fit
from tutor.tui.looks import CHANGED, HERE, MUTED
from tutor.tui.widgets.line import Line


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
        pieces: list[Content] = []
        used = 0
        for keys, meaning in self._hints:
            used += cell_len(keys) + cell_len(meaning) + 4
            if used - 3 > width:
                break
            pieces.append(Content.assemble((keys, HERE), " ", (meaning, MUTED)))
        return Content("   ").join(pieces)
