"""A recording: random access to every step and every state, while it grows and afterwards.

Frames stay on disk. In memory are where each step starts, what kind it is, where in the program, which names it
changed, and a full state every so often; any other state is the nearest full one plus the steps in between.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from tutor.recording.format import VERSION, Change, Frame, Kind
from tutor.recording.log import DamagedError, LogReader
from tutor.recording.model import End, Meta, Site, Step
from tutor.recording.state import Key, State, Tables

KEYFRAME_STEPS = 512
"""A full state is kept at least this many steps after the one before."""

KEYFRAME_SHARE = 4
"""... and at least this many steps for each entry of the state, so that full states never outgrow the changes."""


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


class NameKey(NamedTuple):
    """A name by the function it lives in, whichever call: what the index of changes is sorted by."""

    function: str | None
    path: str


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
        self.outputs: list[int] = []
        """Numbers of the output steps."""
        self._positions = array("Q", [0])
        self._kinds = bytearray([255])
        self._sites = array("I", [0])
        self._changes: dict[NameKey, array[int]] = {}
        self._keyframes: list[State] = []
        self._front = State(self.tables)
        self._keyframes.append(self._front.copy())
        self._functions: dict[int, str | None] = {0: None}
        self._last: State | None = None

    # Growing

    @property
    def count(self) -> int:
        """Number of steps so far."""
        return len(self._kinds) - 1

    def read_more(self, seconds: float | None = None) -> bool:
        """Take in frames that have been written since.

        Args:
            seconds: Stop after about this long; None reads all there is.

        Returns:
            Whether it stopped because of the time, with more waiting.
        """
        if self.end is not None or not self.reader.check_magic():
            if self.end is None and self.writer_gone:
                raise DamagedError("the recording is empty")
            return False
        deadline = None if seconds is None else time.perf_counter() + seconds
        taken = 0
        while (found := self.reader.next(self.writer_gone)) is not None:
            self._take(*found)
            taken += 1
            if self.end is not None:
                return False
            if deadline is not None and taken % 32 == 0 and time.perf_counter() > deadline:
                return True
        return False

    def close(self, end: End) -> None:
        """Say how the recording ended, where its writer could not."""
        if self.end is None:
            self.end = end

    def _take(self, position: int, items: list[Any]) -> None:
        try:
            self._takers[items[0]](self, position, items)
        except (KeyError, IndexError, TypeError, ValueError, msgspec.ValidationError) as error:
            raise DamagedError(f"the recording is damaged at byte {position} ({error!r})") from None

    def _take_header(self, position: int, items: list[Any]) -> None:
        if items[1] > VERSION:
            raise DamagedError(f"the recording has format {items[1]}, this tutor reads up to {VERSION}; update tutor")
        self.header = msgspec.convert(items[2], Header)

    def _take_site(self, position: int, items: list[Any]) -> None:
        self.tables.sites[items[1]] = Site(*items[2:])

    def _take_meta(self, position: int, items: list[Any]) -> None:
        _, id, type, dtype, shape, *rest = items
        self.tables.metas[id] = Meta(type, dtype, tuple(shape), *rest)

    def _take_node_kind(self, position: int, items: list[Any]) -> None:
        self.tables.node_kinds[items[1]] = (items[2], tuple(items[3]))

    def _take_end(self, position: int, items: list[Any]) -> None:
        self.end = End(items[1], items[2])

    def _take_step(self, position: int, items: list[Any]) -> None:
        number = len(self._kinds)
        step = self._step(number, items)
        touched: set[Key] = set()
        state = self._front
        for change in step.changes:
            if change[0] == Change.OPEN:
                self._functions[change[1]] = change[2]
        state.apply(step, touched)
        for key in touched:
            name = NameKey(self._functions.get(key.scope), key.path)
            steps = self._changes.get(name)
            if steps is None:
                steps = self._changes[name] = array("I")
            if not steps or steps[-1] != number:
                steps.append(number)
        self._positions.append(position)
        self._kinds.append(step.kind)
        self._sites.append(items[2])
        if step.kind is Kind.OUTPUT:
            self.outputs.append(number)
        if number - self._keyframes[-1].step >= max(KEYFRAME_STEPS, KEYFRAME_SHARE * len(state)):
            self._keyframes.append(state.copy())

    _takers = {  # noqa: RUF012
        Frame.HEADER: _take_header,
        Frame.SITE: _take_site,
        Frame.META: _take_meta,
        Frame.NODE_KIND: _take_node_kind,
        Frame.STEP: _take_step,
        Frame.END: _take_end,
    }

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
        """Steps from one number to another, both included; backwards when the first is the larger."""
        if not self.count:
            return
        if first > last:
            for start in range(first, last - 1, -256):
                block = list(self.steps(max(last, start - 255), start))
                yield from reversed(block)
            return
        for start in range(first, last + 1, 256):
            stop = min(last, start + 255)
            end = self._positions[stop + 1] if stop < self.count else self.reader.position
            number = start
            for items in self.reader.steps(self._positions[start], end):
                if items[0] == Frame.STEP and number <= stop:
                    yield self._step(number, items)
                    number += 1

    def state(self, number: int) -> State:
        """The state after a step; 0 is before the first. The caller may not change it, and it may not be kept
        across the next call: ask ``copy()`` for that.

        Raises:
            IndexError: there is no such step.
        """
        self._check(number, 0)
        state = self._last
        if state is None or state.step > number or state.step < self._keyframe(number).step:
            state = self._keyframe(number).copy()
        if state.step < number:
            for step in self.steps(state.step + 1, number):
                state.apply(step)
        self._last = state
        return state

    def walk(self, first: int = 1) -> Iterator[tuple[Step, State, State, set[Key]]]:
        """Each step from a number on, with the state before it, the state after it, and the names it changed.

        Both states are reused for the next step.
        """
        self._check(first, 1)
        before, after = self.state(first - 1).copy(), self.state(first - 1).copy()
        for step in self.steps(first, self.count):
            touched: set[Key] = set()
            after.apply(step, touched)
            yield step, before, after, touched
            before.apply(step)

    def kind(self, number: int) -> Kind:
        """The kind of a step, without reading it."""
        return _KINDS[self._kinds[number]]

    def site(self, number: int) -> Site:
        """Where a step happened, without reading it."""
        return self.tables.sites[self._sites[number]]

    def changes_of(self, name: NameKey) -> array[int]:
        """Numbers of the steps that changed a name, in order."""
        return self._changes.get(name, array("I"))

    def changed_names(self) -> list[NameKey]:
        """Every name that ever was, in order of appearance."""
        return list(self._changes)

    def output(self, number: int, limit: int = 1 << 16) -> list[tuple[str, str]]:
        """Stream and text of everything printed up to a step; the last ``limit`` characters at most."""
        pieces: list[tuple[str, str]] = []
        total = 0
        for position in range(bisect_right(self.outputs, number) - 1, -1, -1):
            stream, text = self.step(self.outputs[position]).detail
            pieces.append((stream, text[-(limit - total) :]))
            total += len(text)
            if total >= limit:
                break
        return pieces[::-1]

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

    def _keyframe(self, number: int) -> State:
        position = bisect_right(self._keyframes, number, key=lambda state: state.step)
        return self._keyframes[position - 1]

    def _check(self, number: int, lowest: int) -> None:
        if not lowest <= number <= self.count:
            raise IndexError(f"there is no step {number}; the recording has {self.count}")


_KINDS = tuple(Kind)
