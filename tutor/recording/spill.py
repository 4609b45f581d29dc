"""Bytes that do not have to be in memory: an unlinked temporary file that is only ever appended to."""

from __future__ import annotations

import os
import tempfile
from typing import BinaryIO


class Spill:
    """A file that nobody else sees and that is gone with this object.

    It is made at the first ``append``, so that a short recording needs none.

    Raises:
        OSError: from ``append``, when the disk is full.
    """

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self.size = 0
        """Bytes written so far."""

    @property
    def descriptor(self) -> int:
        """To read from with ``os.pread``."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="tutor-", buffering=0)  # noqa: SIM115
        return self._file.fileno()

    def append(self, data: bytes) -> int:
        """Write after what is there; where it starts."""
        start, written = self.size, 0
        while written < len(data):
            written += os.pwrite(self.descriptor, data[written:] if written else data, start + written)
        self.size = start + written
        return start

    def read(self, start: int, size: int) -> bytes:
        """Bytes from a position on."""
        return os.pread(self.descriptor, size, start) if size else b""

    def close(self) -> None:
        """Give the file back at once; nothing can be read after this."""
        if self._file is not None:
            self._file.close()
