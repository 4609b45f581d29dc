"""Taking in a recording slice by slice while somebody walks in it already."""

from __future__ import annotations

import time
from typing import Final

from tutor.explain.notes import Notes
from tutor.plain.format import harmless
from tutor.recording.log import DamagedError
from tutor.recording.moment import Moment, Moments
from tutor.recording.recording import Recording
from tutor.tui.index import Index
from tutor.tui.source import Source

BUSY_SLICE: Final = 0.002
IDLE_SLICE: Final = 0.007
"""Seconds spent at a time: little while keys are pressed, more while nobody waits."""

IDLE: Final = 0.2
"""Seconds without a key after which nobody waits."""

BUSY_STEPS: Final = 60
IDLE_STEPS: Final = 250
"""Steps that are looked through for notes at a time."""


class Takings:
    """A source with what was taken in of it: index, notes, moments, and how it ended.

    Args:
        source: The recording; it may still be growing.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.index = Index(source.recording)
        self.notes = Notes(source.recording)
        self.ended = False
        """Whether nothing more can come."""
        self.failure = ""
        """Why the recording cannot be read on, empty if it can."""
        self._moments = Moments(source.recording)
        self._moment = self._moments.at(0)
        self._last_key = 0.0

    @property
    def recording(self) -> Recording:
        """What is stepped through."""
        return self.source.recording

    @property
    def complete(self) -> bool:
        """Whether everything was taken in."""
        return self.ended and self.index.followed == self.recording.count

    @property
    def idle(self) -> bool:
        """Whether no key was pressed just now."""
        return time.monotonic() - self._last_key > IDLE

    def key_pressed(self) -> None:
        """Somebody waits for the screen."""
        self._last_key = time.monotonic()

    def grow(self) -> bool:
        """Take in a slice; whether more is waiting.

        Raises:
            DamagedError: it cannot be read on.
        """
        source = self.source
        more = (
            source.pump(IDLE_SLICE if self.idle and self.recording.count else BUSY_SLICE) if source.running else False
        )
        self.index.follow()
        if not more and not source.running:
            self.ended = True
        return more

    def look(self) -> bool:
        """Look through some of what was taken in for notes; whether more is waiting.

        Raises:
            DamagedError: it cannot be read.
        """
        return self.notes.follow(IDLE_STEPS if self.idle else BUSY_STEPS)

    def fail(self, error: DamagedError) -> str:
        """Take nothing more in, and keep what there is; what to say."""
        self.failure = harmless(str(error))
        self.ended = True
        self.source.stop(self.failure)
        return self.failure

    def moment(self, number: int) -> Moment:
        """A step and the states around it.

        Raises:
            DamagedError: it cannot be read.
        """
        if self._moment.number != number:
            self._moment = self._moments.at(number)
        return self._moment

    @property
    def last_moment(self) -> Moment:
        """The moment that could be read last."""
        return self._moment
