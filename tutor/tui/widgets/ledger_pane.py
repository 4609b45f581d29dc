"""What came into a ``.grad``, what was written there and what took it away: one row each, Enter goes there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from tutor.plain.ledger import ANOTHER, Entry
from tutor.recording.queries.gradients import Gradient, GradientChange
from tutor.tui.cells import fit, pad
from tutor.tui.looks import GRADIENT, HERE, MUTED
from tutor.tui.text import tensor_text
from tutor.tui.widgets.pane import Pane

_SHARE: Final = 0.55
"""Part of a row that sums may have; what happened stands behind them."""

_LEAST: Final = 16
"""Cells that the sums have at least."""


class LedgerPane(Pane):
    """Step, line, turn, the sum, and where it came from."""

    PINNED = 1
    GUTTER = 1

    def __init__(self, *, id: str) -> None:
        super().__init__("ledger", id=id)
        self._entries: list[Entry] = []
        self._here: int | None = None
        self._name = ""
        self._sums = _LEAST

    def show(self, name: str, number: int, entries: Sequence[Entry], note: str) -> None:
        """Show other entries, or more of them.

        Args:
            name: Of the tensor.
            number: The step now, which is marked.
            entries: In order.
            note: What to say below the list.
        """
        self._name, self._entries = name, list(entries)
        here = bisect_right(self._entries, number, key=lambda entry: entry.step) - 1
        self._here = here if here >= 0 else None
        self.set_title(f"ledger of {name}.grad", note)
        self.set_rows(max(len(entries), 1) + self.PINNED)
        self.redraw()

    def key_of(self, row: int) -> Hashable:
        """The step of an entry."""
        place = row - self.PINNED
        return self._entries[place].step if 0 <= place < len(self._entries) else None

    def first_choice(self) -> int:
        """The entry that made it what it is at the step now."""
        return (self._here or 0) + self.PINNED if self._entries else -1

    def draw_row(self, row: int, width: int) -> Content:
        """The heading, or an entry."""
        digits = max(len(f"{self._entries[-1].step:,}") if self._entries else 0, 4)
        turns = max([len(entry.turn) for entry in self._entries] + [4])
        head_width = 2 + digits + 2 + 4 + 2 + turns + 2
        room = self._room(width - head_width)
        if row == 0:
            head = f"  {'step'.rjust(digits)}  line  {'turn'.rjust(turns)}  "
            return Content.styled(fit(f"{head}{pad('before + share = total', room)}  by", width), MUTED)
        place = row - self.PINNED
        if place >= len(self._entries):
            text = f"  Nothing ever came into {self._name}.grad."
            return Content.styled(fit(text, width), MUTED) if place == 0 else Content("")
        entry = self._entries[place]
        sign = "▶ " if place == self._here else "  "
        head_text = f"{entry.step:>{digits},}"
        content = Content.assemble(
            (sign, HERE), head_text, "  ", (f"{entry.line:>4}  {entry.turn:>{turns}}  ", MUTED),
            (pad(fit(_sum(entry, room), room), room), GRADIENT if entry.call else ""), "  ",
        )  # fmt: skip
        return content + Content(fit(entry.what, max(width - content.cell_length, 0)))

    def _room(self, width: int) -> int:
        """Cells for the sums: what the longest needs, or its part of the row."""
        most = max(int(width * _SHARE), _LEAST)
        return max(min(max((cell_len(_sum(entry, most)) for entry in self._entries), default=0), most), 22)


def _sum(entry: Entry, width: int) -> str:
    """``6.0 + 6.0 = 12.0``, ``None → 6.0``; where there is no room for all, the total alone."""
    if entry.change == ANOTHER:
        return f".grad {_text(entry.after, max(width - 6, 4))}"
    added = entry.call and entry.change != GradientChange.TAKEN_OVER
    parts = 3 if added else 2
    room = max((width - 3 * (parts - 1)) // parts, 4)
    before, after = _text(entry.before, room), _text(entry.after, room)
    text = f"{before} + {_text(entry.contribution, room)} = {after}" if added else f"{before} → {after}"
    cut = any("…" in part for part in (before, after))
    return f"→ {_text(entry.after, max(width - 2, 4))}" if cut or cell_len(text) > width else text


def _text(gradient: Gradient, width: int) -> str:
    return "None" if gradient is None else tensor_text(*gradient, width)
