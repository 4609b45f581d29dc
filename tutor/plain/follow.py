"""Reading a recording from its first step to its last, also while the program still runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from tutor.recording.model import End, Step
from tutor.recording.recording import Header, Recording
from tutor.recording.state import Key, State

PUMP_SECONDS = 0.05
"""How long steps are taken in before those taken in are written."""

LONGEST_PAUSE = 0.02
"""Seconds between two looks at a program that records nothing new."""


Why = Callable[[Step, State, State, set[Key]], list[str]]
"""What explains a step: given the state before it, the state after it and the names it changed, paragraphs."""


class Remark(Protocol):
    """A note of a mistake that raised no error."""

    @property
    def kind(self) -> str:
        """Its id."""

    @property
    def step(self) -> int:
        """Where it happened."""

    @property
    def line(self) -> int:
        """The line of that step."""

    @property
    def what(self) -> str:
        """What happened."""

    @property
    def why(self) -> str:
        """Why that matters."""


class Remarks(Protocol):
    """What finds notes while a recording is written down."""

    def taken(self, step: Step, before: State, after: State) -> Sequence[Remark]:
        """The notes that are known since a step, also those of earlier steps."""

    def ended(self) -> Sequence[Remark]:
        """The notes that are known since the program is over."""


class Source(Protocol):
    """What can be followed: a run of the recorder, or a saved recording."""

    recording: Recording

    @property
    def running(self) -> bool:
        """Whether more can come."""

    def pump(self, seconds: float | None = None) -> bool:
        """Take in what is new, for about so many seconds; whether more is waiting."""


class Writer(Protocol):
    """What writes a recording down, in the order of the calls: begin, step for each step, end."""

    def begin(self, header: Header) -> None:
        """Take what the recording says of itself."""

    def step(self, step: Step, before: State, after: State, touched: set[Key]) -> None:
        """Take a step; the states may not be kept."""

    def end(self, end: End, steps: int) -> None:
        """Take how it ended."""


def follow(source: Source, writer: Writer | None, written: Callable[[int], object] | None = None) -> End:
    """Write a recording down as it grows.

    Args:
        source: Where the steps come from.
        writer: Where they go; None only waits for the end.
        written: Called with the number of steps each time that all so far have been written.

    Returns:
        How it ended.

    Raises:
        DamagedError: the recording cannot be read on.
        OSError: from the writer.
    """
    recording = source.recording
    walk = _Walk(recording)
    begun, seen = False, 0
    pause = 0.001
    while True:
        more = source.pump(PUMP_SECONDS)
        over = not source.running
        if not begun and (recording.header is not None or over):
            begun = True
            if writer is not None:
                writer.begin(recording.header or Header())
        grown = recording.count > seen
        seen = recording.count
        if writer is not None and grown:
            for step, before, after, touched in walk.new():
                writer.step(step, before, after, touched)
        if over:
            break
        if written is not None:
            written(recording.count)
        if not more:
            pause = 0.001 if grown else min(pause * 2, LONGEST_PAUSE)
            time.sleep(pause)
    end = recording.end or End("stopped", "the recording has no end")
    if writer is not None:
        writer.end(end, recording.count)
    if written is not None:
        written(recording.count)
    return end


def replay(source: Source, writer: Writer) -> End:
    """Write a recording down that has come to its end, so that each step can be told with what follows it.

    Raises:
        DamagedError: a step cannot be read.
        OSError: from the writer.
    """
    recording = source.recording
    writer.begin(recording.header or Header())
    for step, before, after, touched in _Walk(recording).new():
        writer.step(step, before, after, touched)
    end = recording.end or End("stopped", "the recording has no end")
    writer.end(end, recording.count)
    return end


class _Walk:
    """Goes through the steps in order and keeps its place while more of them come."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._before = recording.state(0).copy()
        self._after = recording.state(0).copy()

    @property
    def number(self) -> int:
        """The last step that was given out."""
        return self._after.step

    def new(self) -> Iterator[tuple[Step, State, State, set[Key]]]:
        """Each further step with the state before it, the state after it, and the names it changed."""
        for step in self._recording.steps(self.number + 1, self._recording.count):
            touched: set[Key] = set()
            self._after.apply(step, touched)
            yield step, self._before, self._after, touched
            self._before.apply(step)
