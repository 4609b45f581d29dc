"""How far a recording is, for people who wait for it at a terminal."""

from __future__ import annotations

import time
from typing import TextIO


class Counter:
    """The number of steps so far on a line of its own, for those who wait longer than a second.

    Args:
        stream: A terminal, or None to show nothing.
    """

    PERIOD = 0.2

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._next = time.monotonic() + 1.0
        self._shown = False

    def show(self, steps: int) -> None:
        """Show a number, if it is time to."""
        now = time.monotonic()
        if self._stream is not None and now >= self._next:
            self._next = now + self.PERIOD
            self._shown = True
            print(f"\r{steps:,} steps recorded", end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\x1b[K", end="", file=self._stream, flush=True)
