"""Repeated blocks of rows, as a loop makes them, told in one row: ``⋮ 8 more turns of lines 5-6 (24 nodes)``."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

from tutor.recording.recording import Recording
from tutor.tui.graph.lanes import ChainRow, Layout
from tutor.tui.graph.roots import Place

TURNS_LEAST: Final = 3
"""Turns that there must be: the first and the last are always shown."""

HIDDEN_LEAST: Final = 6
"""Rows that folding must hide to be worth a row of its own."""

_WINDOWS: Final = 6
"""Where a turn may begin again is guessed from the next rows that look the same: 1, 2, 4, ... up to 32 of them."""


class Fold(NamedTuple):
    """A stretch of rows that repeat what stands above and below them."""

    place: Place
    """("fold", last node hidden), which stays the same while the graph grows at its top."""
    first: int
    last: int
    """The first row hidden, and the first after them."""
    turns: int
    nodes: int
    lines: tuple[int, int]
    """First and last line of the program that made them."""
    lanes: str
    in_call: bool
    """Whether one call made all of it: its layers, not the turns of a loop of the program."""

    def words(self, *, is_open: bool) -> str:
        """What stands in the row of the fold."""
        first, last = self.lines
        where = f"line {first}" if first == last else f"lines {first}-{last}"
        what = "blocks" if self.in_call else "turns"
        if self.turns == 1:
            what = what[:-1]
        if is_open:
            return f"{self.turns:,} {what} of {where}; Enter folds them"
        return f"{self.turns:,} more {what} of {where} ({self.nodes:,} nodes)"


def find_folds(recording: Recording, layout: Layout) -> list[Fold]:
    """The stretches of a graph that can be folded, from top to bottom."""
    looks = [_look(recording, layout, row) for row in layout.rows]
    made = [(number, look[:2]) for number, look in enumerate(looks) if layout.rows[number].place[0] == "node"]
    numbers = [number for number, _ in made]
    folds = []
    for start, period, turns in repeats(looks):
        end = start + turns * period
        block = [look for _, look in made[bisect_left(numbers, start) : bisect_left(numbers, start + period)]]
        # The turns around it often differ in nothing but lanes and leaves: then they are the first and the last.
        before, after = bisect_left(numbers, start), bisect_left(numbers, end)
        above = [look for _, look in made[max(before - len(block), 0) : before]]
        below = [look for _, look in made[after : after + len(block)]]
        first = start if above == block else start + period
        last = end if below == block else end - period
        if block:
            folds.append(_fold(recording, layout, first, last, period))
    return folds


def _look(recording: Recording, layout: Layout, row: ChainRow) -> tuple[str, int, str]:
    """What must be the same for two rows to be the same row of two turns: the node, its line, the lanes."""
    kind, id = row.place
    if kind == "node":
        node = layout.nodes[id]
        return node.name, _line(recording, node.born), row.lanes
    if kind == "leaf":
        return kind, _line(recording, recording.index.tensors.get(id)), row.lanes
    return kind, _line(recording, id), row.lanes


def _line(recording: Recording, step: int) -> int:
    return recording.site(step).line if 0 < step <= recording.count else 0


def _fold(recording: Recording, layout: Layout, first: int, last: int, period: int) -> Fold:
    born = [layout.nodes[row.place[1]].born for row in layout.rows[first:last] if row.place[0] == "node"]
    end = max(position for position in range(first, last) if layout.rows[position].place[0] == "node")
    lines = [_line(recording, step) for step in born]
    parents = {recording.index.parents[step] for step in (born[0], born[-1]) if 0 < step <= recording.count}
    passing = layout.rows[first].lanes
    lanes = "".join("⋮ " if cell != " " else "  " for cell in passing[::2]).rstrip()
    return Fold(
        place=("fold", layout.rows[end].place[1]),
        first=first,
        last=last,
        turns=(last - first) // period,
        nodes=len(born),
        lines=(min(lines), max(lines)),
        lanes=lanes,
        in_call=len(parents) == 1 and 0 not in parents,
    )


def repeats(looks: Sequence[Hashable]) -> list[tuple[int, int, int]]:
    """Where a sequence repeats itself, as (start, period, turns), from left to right, in linear time."""
    steps_on = _distances(looks)
    matched: dict[int, int] = {}
    found: list[tuple[int, int, int]] = []
    start = 0
    while start < len(looks):
        best = (0, 0)
        for period in sorted({distances[start] for distances in steps_on if distances[start]}):
            # A stretch that was matched for a period before is not looked through again.
            end = max(matched.get(period, 0), start)
            while end + period < len(looks) and looks[end] == looks[end + period]:
                end += 1
            matched[period] = end
            turns = (end - start) // period + 1
            if turns >= TURNS_LEAST and (turns - 2) * period >= HIDDEN_LEAST and turns * period > best[1]:
                best = (period, turns * period)
        period, length = best
        if period:
            found.append((start, period, length // period))
        start += max(length, 1)
    return found


def _distances(looks: Sequence[Hashable]) -> list[list[int]]:
    """For windows of 1, 2, 4, ... items at each position: how far on the same window comes again, 0 for never."""
    numbers: dict[Hashable, int] = {}
    names = [numbers.setdefault(look, len(numbers)) for look in looks]
    tables: list[list[int]] = []
    for level in range(_WINDOWS):
        table, following = [0] * len(looks), dict[int, int]()
        for position in range(len(names) - 1, -1, -1):
            next_one = following.get(names[position])
            table[position] = next_one - position if next_one is not None else 0
            following[names[position]] = position
        tables.append(table)
        pairs: dict[tuple[int, int], int] = {}
        half = 1 << level
        names = [
            pairs.setdefault((name, names[position + half]), len(pairs))
            for position, name in enumerate(names[:-half] if half < len(names) else [])
        ]
    return tables


class FoldedRows:
    """The rows that are shown, as they are folded at the moment.

    Args:
        layout: The graph.
        folds: What of it is folded or open; none where all of it is shown.
        opened: The places of those that are open.
    """

    def __init__(self, layout: Layout, folds: Sequence[Fold], opened: frozenset[Place]) -> None:
        self.rows: list[ChainRow] = []
        self.folds = {fold.place: fold for fold in folds}
        done = 0
        for fold in folds:
            self.rows += layout.rows[done : fold.first]
            self.rows.append(ChainRow(fold.lanes, fold.place))
            done = fold.first if fold.place in opened else fold.last
        self.rows += layout.rows[done:]
        self.positions = {row.place: number for number, row in enumerate(self.rows)}
        """The row of each place that is shown."""
