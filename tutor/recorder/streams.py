"""What the program prints and warns of, in the order in which it does.

``sys.stdout`` and ``sys.stderr`` are text streams of the ordinary kind whose bytes end here. What native code and
other processes write to the descriptors goes to files that are looked at after each statement.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

from tutor.recorder.journal import Journal
from tutor.recording.format import Kind

KEPT_CHARACTERS = 32 << 20
"""Characters of output that are kept; the rest is counted."""

_NAMES = {1: "stdout", 2: "stderr"}


class Sink(io.BufferedIOBase):
    """The bytes of one of the program's streams.

    Args:
        descriptor: What ``fileno()`` says.
        take: Gets what is written.
    """

    def __init__(self, descriptor: int, take: Callable[[int, bytes], None]) -> None:
        self._descriptor = descriptor
        self._take = take

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor that a plain run would write to."""
        return self._descriptor

    def write(self, data: Any) -> int:
        """Take bytes."""
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        taken = bytes(data)
        self._take(self._descriptor, taken)
        return len(taken)

    @property
    def name(self) -> str:
        """As in a plain run."""
        return f"<{_NAMES[self._descriptor]}>"


class Streams:
    """Takes over both streams and the warnings of this process.

    Args:
        journal: Where output and warning steps go.
        parent: The step that holds what happens now, 0 if none.
        is_busy: Whether the recorder is at work, not the program.
        place: The site of the nearest frame of the program, outwards from a frame, under a name.
    """

    def __init__(
        self,
        journal: Journal,
        parent: Callable[[], int],
        is_busy: Callable[[], bool],
        place: Callable[[FrameType, str], int],
    ) -> None:
        self._journal = journal
        self._parent = parent
        self._is_busy = is_busy
        self._place = place
        self._waiting: list[tuple[int, bytes]] = []
        self._decoders = {n: codecs.getincrementaldecoder("utf-8")("replace") for n in (1, 2)}
        self._files: dict[int, int] = {}
        self._read = {1: 0, 2: 0}
        self._kept = 0
        self._dropped = 0
        self._process = os.getpid()

    def open(self) -> None:
        """Put the streams in place."""
        for descriptor in (1, 2):
            with tempfile.TemporaryFile() as file:
                os.dup2(file.fileno(), descriptor)
            os.set_inheritable(descriptor, True)
            self._files[descriptor] = os.dup(descriptor)
        sys.stdout = self._text(1, "strict")
        sys.stderr = self._text(2, "backslashreplace")
        vars(sys).update(__stdout__=sys.stdout, __stderr__=sys.stderr)
        warnings.showwarning = self._warn

    def _text(self, descriptor: int, errors: str) -> io.TextIOWrapper:
        sink = Sink(descriptor, self._take)
        return io.TextIOWrapper(sink, encoding="utf-8", errors=errors, newline="\n", write_through=True)

    def _take(self, descriptor: int, data: bytes) -> None:
        if os.getpid() != self._process:
            os.write(descriptor, data)
            return
        self._look_at_files()
        self._waiting.append((descriptor, data))

    def flush(self, site: int, *, files: bool = True) -> bool:
        """Write down what was printed since the last call; whether there was anything.

        Args:
            site: Where.
            files: Look also at what native code and other processes wrote.
        """
        if files:
            self._look_at_files()
        if not self._waiting:
            return False
        waiting, self._waiting = self._waiting, []
        start = 0
        for position in range(1, len(waiting) + 1):
            if position == len(waiting) or waiting[position][0] != waiting[start][0]:
                descriptor = waiting[start][0]
                self._write(descriptor, b"".join(data for _, data in waiting[start:position]), site)
                start = position
        return True

    def finish(self, site: int) -> None:
        """Write down the rest, and how much was not kept."""
        self.flush(site)
        if self._dropped:
            text = f"[tutor: {self._dropped:,} more characters were printed; they are not kept]\n"
            self._journal.step(Kind.OUTPUT, site, 0, ["stderr", text])

    def _write(self, descriptor: int, data: bytes, site: int) -> None:
        text = self._decoders[descriptor].decode(data)
        room = max(0, KEPT_CHARACTERS - self._kept)
        self._kept += min(len(text), room)
        self._dropped += max(0, len(text) - room)
        if text[:room]:
            self._journal.step(Kind.OUTPUT, site, self._parent(), [_NAMES[descriptor], text[:room]])

    def _look_at_files(self) -> None:
        for descriptor, file in self._files.items():
            size = os.fstat(file).st_size
            if size > self._read[descriptor]:
                data = os.pread(file, min(size - self._read[descriptor], KEPT_CHARACTERS), self._read[descriptor])
                self._read[descriptor] = size
                self._waiting.append((descriptor, data))

    def _warn(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: str | None = None,
    ) -> None:
        """Take the place of ``warnings.showwarning``."""
        if self._is_busy():
            return  # the recorder's own doing
        if file is not None:
            file.write(warnings.formatwarning(message, category, filename, lineno, line))
            return
        site = self._place(sys._getframe(1), category.__name__)
        self.flush(site)
        text = f"{category.__name__}: {message}"
        self._journal.step(Kind.WARNING, site, self._parent(), [text, category.__name__])
