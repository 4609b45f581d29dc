"""The ledger of a ``.grad`` as a table for people and as JSON lines for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tutor.plain.format import clipped, content_text
from tutor.recording.queries.gradients import Gradient, GradientChange
from tutor.recording.values import meta_value

ANOTHER: Final = "another tensor"
"""The change of an entry where the name was given to another tensor, with a ``.grad`` of its own."""

WIDTH: Final = 80
"""Columns of the table."""

_HEAD: Final = 19
"""Columns of step, line and turn."""

_NUMBER: Final = 9
"""Columns of a number; longer values get a line of their own."""

_WHAT: Final = WIDTH - _HEAD - 3 * (_NUMBER + 1)

_encoder = json.JSONEncoder(allow_nan=False)


class Entry(NamedTuple):
    """One thing that happened to a ``.grad``."""

    step: int
    line: int
    turns: tuple[tuple[int, int], ...]
    """Line and turn of each loop that was running, the outermost first."""
    change: str
    """As ``GradientChange`` says, or ``ANOTHER``."""
    by: str
    """What did it, as the program says it: ``loss.backward()``, ``optimizer.zero_grad()``, ``w.grad = None``."""
    call: int
    """For a contribution the number of its backward call among all those of the program, from 1; else 0."""
    call_step: int
    """The step of that call, 0 for anything else."""
    ways: tuple[str, ...]
    """By which names a contribution came: ``loss ← h ← w``."""
    before: Gradient
    contribution: Gradient
    """What arrived, None for anything but a backward call."""
    after: Gradient
    """The running total."""
    way_count: int = 0
    """By how many ways a contribution came: more than ``ways`` where some have the same names, or there are many."""

    @property
    def what(self) -> str:
        """What happened, in a few words."""
        if self.call:
            count = max(self.way_count, len(self.ways))
            if count > 1:
                return f"call {self.call}, {count} ways: {', '.join(self.ways)}"
            return f"call {self.call}: {self.ways[0] if self.ways else self.by}"
        if self.change == ANOTHER:
            return f"{self.by}: the name is given to another tensor"
        says_so = ".grad = " in self.by or self.by.endswith(".grad.zero_()")
        return self.by if says_so else f"{self.by}: {self.change.removeprefix('set ')}"

    @property
    def turn(self) -> str:
        """The turn of each loop, the outermost first: ``3``, ``2.1``."""
        return ".".join(str(turn) for _, turn in self.turns)


class LedgerTable:
    """Writes entries as a table of 80 columns.

    Args:
        write: Takes text.
        name: Of the tensor.
    """

    def __init__(self, write: Callable[[str], object], name: str) -> None:
        self._write = write
        self._name = name
        self._entries = 0
        self._last: Gradient = None

    def begin(self) -> None:
        """Write the headings."""
        self._line(f"{self._name}.grad")
        numbers = "".join(f" {heading:>{_NUMBER}}" for heading in ("before", "share", "total"))
        self._line(f"{'step':>6} {'line':>4} {'turn':>5}  {'what':{_WHAT}}{numbers}")

    def entry(self, entry: Entry) -> None:
        """Write an entry, on one line where it fits."""
        self._entries, self._last = self._entries + 1, entry.after
        head = f"{entry.step:>6} {entry.line:>4} {clipped(entry.turn, 5):>5}  "
        shares = [text_of(entry.before), text_of(entry.contribution) if entry.call else "", text_of(entry.after)]
        if len(entry.what) <= _WHAT and all(len(text) <= _NUMBER for text in shares):
            self._line(f"{head}{entry.what:{_WHAT}}" + "".join(f" {text:>{_NUMBER}}" for text in shares))
            return
        first, *more = textwrap.wrap(entry.what, WIDTH - _HEAD, max_lines=3, placeholder=" …") or [""]
        self._line(head + first)
        for text in (*more, *sum_lines(entry, WIDTH - _HEAD)):
            self._line(" " * _HEAD + text)

    def end(self) -> None:
        """Write what is there in the end."""
        if not self._entries:
            self._line(f"Nothing ever came into {self._name}.grad.")
            return
        count = "1 entry" if self._entries == 1 else f"{self._entries:,} entries"
        self._line(clipped(f"{count}; {self._name}.grad is now {text_of(self._last)}", WIDTH))

    def _line(self, text: str) -> None:
        self._write(text.rstrip() + "\n")


class LedgerLines:
    """Writes entries as JSON lines, one object for each. Keys are only ever added.

    Args:
        write: Takes text.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def begin(self) -> None:
        """There is no heading."""

    def entry(self, entry: Entry) -> None:
        """Write the line of an entry."""
        item: dict[str, Any] = {
            "step": entry.step,
            "line": entry.line,
            "turns": [{"line": line, "turn": turn} for line, turn in entry.turns],
            "change": entry.change,
            "by": entry.by,
            "call": entry.call or None,
            "call_step": entry.call_step or None,
            "ways": list(entry.ways),
            "before": _value(entry.before),
            "contribution": _value(entry.contribution),
            "after": _value(entry.after),
        }
        self._write(_encoder.encode(item) + "\n")

    def end(self) -> None:
        """Nothing follows the entries."""


def text_of(gradient: Gradient) -> str:
    """A value of a ``.grad``; large ones by shape and summary."""
    return "None" if gradient is None else content_text(*gradient)


def sum_lines(entry: Entry, width: int) -> list[str]:
    """``[2.0, 4.0] + [1.0, 1.0] = [3.0, 5.0]``, on as many lines as it needs."""
    before, after = text_of(entry.before), text_of(entry.after)
    if not entry.call:
        parts = [before, f"→ {after}"] if entry.change != ANOTHER else [f"its .grad is {after}"]
    elif entry.change == GradientChange.TAKEN_OVER:
        parts = [before, f"→ {after}"]
    else:
        parts = [before, f"+ {text_of(entry.contribution)}", f"= {after}"]
    whole = " ".join(parts)
    return [whole] if len(whole) <= width else [clipped(part, width) for part in parts]


def _value(gradient: Gradient) -> dict[str, Any] | None:
    return None if gradient is None else meta_value(*gradient)
