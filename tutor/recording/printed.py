"""What the program printed, so that the end of it can be shown at any step without reading every output step."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from tutor.recording.spill import Spill

_STREAMS = ("stdout", "stderr")


class Printed:
    """All output in order, on disk; in memory are where each piece ends and which stream it went to."""

    def __init__(self) -> None:
        self.steps = array("I")
        """Numbers of the output steps."""
        self._streams = bytearray()
        self._ends = array("Q", [0])
        self._spill = Spill()
        self._waiting = bytearray()

    def take(self, number: int, stream: str, text: str) -> None:
        """Add what an output step printed.

        Raises:
            ValueError: there is no such stream.
            OSError: the disk is full.
        """
        self._streams.append(_STREAMS.index(stream))
        data = text.encode()
        self._waiting += data
        self._ends.append(self._ends[-1] + len(data))
        self.steps.append(number)
        if len(self._waiting) > 1 << 16:
            self._spill.append(bytes(self._waiting))
            self._waiting.clear()

    def until(self, number: int, limit: int) -> list[tuple[str, str]]:
        """Stream and text of each piece up to a step; of the text at most the last ``limit`` characters."""
        last = bisect_right(self.steps, number)
        end = self._ends[last]
        # No character takes more than four bytes, so the last ``limit`` characters are within these.
        first = max(bisect_right(self._ends, end - 4 * limit, 0, last) - 1, 0) if end > 4 * limit else 0
        start = self._ends[first]
        data = self._bytes(start, end)
        pieces: list[tuple[str, str]] = []
        left = limit
        for position in range(last - 1, first - 1, -1):
            text = data[self._ends[position] - start : self._ends[position + 1] - start].decode()
            pieces.append((_STREAMS[self._streams[position]], text[-left:]))
            left -= len(text)
            if left <= 0:
                break
        return pieces[::-1]

    def _bytes(self, start: int, end: int) -> bytes:
        written = self._spill.size
        data = self._spill.read(start, min(end, written) - start) if start < written else b""
        return data + bytes(self._waiting[max(start - written, 0) : max(end - written, 0)])
