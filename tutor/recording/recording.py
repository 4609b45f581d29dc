"""A recording: random access to every step and every state, while it grows and afterwards.

Frames stay on disk, and so does a full state every so often; any other state is the nearest full one plus the steps
in between. In memory are where each step starts and an index of what happened in it.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tutor.recording.format import Frame, Kind
from tutor.recording.index import Index, NameKey
from tutor.recording.keyframes import Keyframes
from tutor.recording.log import RECORD_AGAIN, DamagedError, LogReader, check_version
from tutor.recording.model import End, Meta, Site, Step
from tutor.recording.printed import Printed
from tutor.recording.state import Key, State, Tables

__all__ = ["Header", "NameKey", "Recording"]


class Header(msgspec.Struct, frozen=True):
    """What a recording says of itself before the first step."""

    program: str = "program"
    """Path of the program as it was given."""
    title: str = ""
    source: str = ""
    """The text whose lines the steps speak of."""
    torch: str = ""
    python: str = ""
    seed: int | None = None
    cells: list[list[int]] = []
    """First and last line of each code cell, and its number in a notebook."""
    notebook: bool = False


class Recording:
    """Steps numbered from 1, and the state after each of them (state 0 is before the first).

    Args:
        reader: The log, possibly still growing.
        writer_gone: Whether nobody appends to it any more.

    Raises:
        DamagedError: from the methods that read, when the file is not what it should be.
    """

    def __init__(self, reader: LogReader, *, writer_gone: bool) -> None:
        self.reader = reader
        self.writer_gone = writer_gone
        self.header: Header | None = None
        """None until it was read."""
        self.end: End | None = None
        """None while more can come."""
        self.tables = Tables()
        self.index = Index()
        """What happened in each step, in short."""
        self._positions = array("Q", [0])
        self._printed = Printed()
        self._front = State(self.tables)
        self._keyframes = Keyframes(self.tables)
        self._last: State | None = None
        self._end_position = 0
        self._open: tuple[int, list[Any]] | None = None
        self._damage: DamagedError | None = None

    # Growing

    @property
    def count(self) -> int:
        """Number of steps so far."""
        return len(self.index.kinds) - 1

    @property
    def outputs(self) -> array[int]:
        """Numbers of the output steps."""
        return self._printed.steps

    @property
    def log_end(self) -> int:
        """Where in the log the frames that were taken in end, an END frame not included."""
        if self._end_position:
            return self._end_position
        return self.reader.position if self._open is None else self._open[0]

    def read_more(self, seconds: float | None = None) -> bool:
        """Take in frames that have been written since.

        Args:
            seconds: Stop after about this long; None reads all there is.

        Returns:
            Whether it stopped because of the time, with more waiting.

        Raises:
            DamagedError: what comes next cannot be read; the steps before it still can.
            OSError: there is no room left for temporary files.
        """
        if self._damage is not None:
            raise self._damage
        try:
            return self._read_more(seconds)
        except DamagedError as damage:
            self._damage = damage
            raise

    def _read_more(self, seconds: float | None) -> bool:
        if self.end is not None or not self.reader.check_magic():
            return False
        deadline = None if seconds is None else time.perf_counter() + seconds
        taken = 0
        while (found := self.reader.next()) is not None:
            self._take(self._takers, *found)
            taken += 1
            if self.end is not None:
                return False
            if deadline is not None and taken % 32 == 0 and time.perf_counter() > deadline:
                return True
        if self.writer_gone:
            self._settle()
        return False

    def close(self, end: End) -> None:
        """Say how the recording ended, where its writer could not."""
        if self.end is None:
            self.end = end

    def _take(self, takers: dict[Frame, Callable[..., None]], position: int, items: list[Any]) -> None:
        try:
            takers[items[0]](self, position, items)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, msgspec.MsgspecError) as error:
            raise DamagedError(f"the recording is damaged at byte {position} ({error!r}). {RECORD_AGAIN}") from None

    def _settle(self) -> None:
        """Take in the last step: nothing can be added to it any more."""
        if self._open is not None:
            found, self._open = self._open, None
            self._take(self._settlers, *found)

    def _take_header(self, position: int, items: list[Any]) -> None:
        check_version(items[1])
        self.header = msgspec.convert(items[2], Header)

    def _take_site(self, position: int, items: list[Any]) -> None:
        self.tables.sites[items[1]] = Site(*items[2:])

    def _take_meta(self, position: int, items: list[Any]) -> None:
        _, id, type, dtype, shape, *rest = items
        self.tables.metas[id] = Meta(type, dtype, tuple(shape), *rest)

    def _take_node_kind(self, position: int, items: list[Any]) -> None:
        self.tables.node_kinds[items[1]] = (items[2], tuple(items[3]))

    def _take_end(self, position: int, items: list[Any]) -> None:
        self._settle()
        self.end = End(items[1], items[2])
        self._end_position = position

    def _take_step(self, position: int, items: list[Any]) -> None:
        self._settle()
        self._open = position, items

    def _take_amend(self, position: int, items: list[Any]) -> None:
        if self._open is None:
            raise ValueError("changes without a step")
        self._open[1][6].extend(items[1])
        if len(items) > 2 and items[2]:
            self._settle()

    def _add_step(self, position: int, items: list[Any]) -> None:
        step = self._step(self.count + 1, items)
        touched: set[Key] = set()
        state = self._front
        depth = self.index.take_changes(step, state)
        state.apply(step, touched)
        if step.kind is Kind.OUTPUT:
            self._printed.take(step.number, *step.detail)
        self._positions.append(position)
        self.index.take(step, items[2], depth, touched)
        self._keyframes.offer(state, position)

    _takers = {  # noqa: RUF012
        Frame.HEADER: _take_header,
        Frame.SITE: _take_site,
        Frame.META: _take_meta,
        Frame.NODE_KIND: _take_node_kind,
        Frame.STEP: _take_step,
        Frame.END: _take_end,
        Frame.AMEND: _take_amend,
    }
    _settlers = {Frame.STEP: _add_step}  # noqa: RUF012

    def _step(self, number: int, items: list[Any]) -> Step:
        _, kind, site, parent, flags, detail, changes = items
        return Step(number, _KINDS[kind], self.tables.sites[site], parent, flags, detail, changes)

    # Reading

    def step(self, number: int) -> Step:
        """A step by its number, from 1 to ``count``.

        Raises:
            IndexError: there is no such step.
        """
        self._check(number, 1)
        return next(self.steps(number, number))

    def steps(self, first: int, last: int) -> Iterator[Step]:
        """Steps from one number to another, both included; backwards when the first is the larger.

        From the number after the last step on there are none (yet).

        Raises:
            IndexError: there is no such step.
        """
        if first == self.count + 1:
            return
        self._check(first, 1)
        self._check(last, 1)
        if first > last:
            for start in range(first, last - 1, -256):
                block = list(self.steps(max(last, start - 255), start))
                yield from reversed(block)
            return
        for start in range(first, last + 1, 256):
            stop = min(last, start + 255)
            end = self._positions[stop + 1] if stop < self.count else self.log_end
            number = start
            for items in self.reader.steps(self._positions[start], end)[: stop + 1 - start]:
                yield self._step(number, items)
                number += 1

    def state(self, number: int) -> State:
        """The state after a step; 0 is before the first. The caller may not change it, and it may not be kept
        across the next call: ask ``copy()`` for that.

        Raises:
            IndexError: there is no such step.
        """
        self._check(number, 0)
        state, self._last = self._last, None
        if state is None or state.step > number or state.step < self._keyframes.before(number):
            state = self._keyframes.load(number)
        if state.step < number:
            for step in self.steps(state.step + 1, number):
                state.apply(step)
        self._last = state
        return state

    def walk(self, first: int = 1) -> Iterator[tuple[Step, State, State, set[Key]]]:
        """Each step from a number on, with the state before it, the state after it, and the names it changed.

        Both states are reused for the next step.
        """
        if first == self.count + 1:
            return
        self._check(first, 1)
        before = self.state(first - 1).copy()
        after = before.copy()
        for step in self.steps(first, self.count):
            touched: set[Key] = set()
            after.apply(step, touched)
            yield step, before, after, touched
            before.apply(step)

    def kind(self, number: int) -> Kind:
        """The kind of a step, without reading it."""
        return _KINDS[self.index.kinds[number]]

    def site(self, number: int) -> Site:
        """Where a step happened, without reading it."""
        return self.tables.sites[self.index.sites[number]]

    def changes_of(self, name: NameKey) -> array[int]:
        """Numbers of the steps that changed a name, in order."""
        return self.index.changes.get(name, array("I"))

    def changed_names(self) -> list[NameKey]:
        """Every name that ever was, in order of appearance."""
        return list(self.index.changes)

    def output(self, number: int, limit: int = 1 << 16) -> list[tuple[str, str]]:
        """Stream and text of everything printed up to a step; the last ``limit`` characters at most."""
        return self._printed.until(number, limit)

    def next_change(self, name: NameKey, number: int) -> int | None:
        """The first step after a number that changed a name."""
        steps = self.changes_of(name)
        position = bisect_right(steps, number)
        return steps[position] if position < len(steps) else None

    def previous_change(self, name: NameKey, number: int) -> int | None:
        """The last step before a number that changed a name."""
        steps = self.changes_of(name)
        position = bisect_left(steps, number)
        return steps[position - 1] if position else None

    def _check(self, number: int, lowest: int) -> None:
        if not lowest <= number <= self.count:
            raise IndexError(f"there is no step {number}; the recording has {self.count}")


_KINDS = tuple(Kind)
