"""Saved recordings: written at once, taken in bit by bit. Opening one runs no code.

A saved recording is ``MAGIC``, the HEADER frame, and BLOCK frames, each with about ``BLOCK_BYTES`` of consecutive
frames of the log, the END frame among them. A log that a killed process left behind can be opened in the same way.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from pathlib import Path
from typing import BinaryIO

from tutor.recording import schema
from tutor.recording.format import MAGIC, Frame
from tutor.recording.log import (
    BLOCK_LIMIT,
    CHOOSE_ANOTHER,
    FRAME_LIMIT,
    RECORD_AGAIN,
    DamagedError,
    LogReader,
    check_version,
    compressed,
    decode,
    decompressed,
    frame_bytes,
)
from tutor.recording.model import End
from tutor.recording.recording import Recording
from tutor.recording.spill import Spill

BLOCK_BYTES = 1 << 16
"""Bytes of frames that are compressed together."""

CUT_SHORT = "the file is cut short; what was recorded after this is lost"
"""Reason of the end of a recording whose file has none."""

STILL_RUNNING = "saved while the program was still running"
"""Reason of the end of a recording that was saved before it had one."""


def begins_as_recording(path: Path) -> bool:
    """Whether a file begins as a saved recording does; a file that cannot be read does not."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def save(recording: Recording, path: str | Path) -> None:
    """Write what was taken in so far to a file, in one go: a failure leaves no file, or the one that was there.

    Raises:
        ValueError: nothing has been recorded.
        OSError: it cannot be written there.
    """
    if recording.header is None:
        raise ValueError("nothing has been recorded yet")
    path = Path(path)
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    part = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            _write(recording, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _write(recording: Recording, file: BinaryIO) -> None:
    reader, position, end = recording.reader, len(MAGIC), recording.log_end
    file.write(MAGIC)
    header = reader.whole(position, end, 4)
    file.write(header)
    position += len(header)
    while position < end:
        frames = reader.whole(position, end, BLOCK_BYTES)
        position += len(frames)
        # One frame can be larger than what a block may hold; then it stands by itself.
        file.write(compressed(frames) if len(frames) <= BLOCK_LIMIT else frames)
    how = recording.end or End("stopped", STILL_RUNNING)
    file.write(compressed(frame_bytes([Frame.END, how.how, how.reason])))


def open_recording(path: str | Path) -> Recording:
    """A saved recording, all of it.

    Raises:
        DamagedError: it is no recording, or a damaged one.
        OSError: there is no such file, or it may not be read.
    """
    return SavedRecording(path).wait()


class SavedRecording:
    """A file being taken in, and its recording; used as a run is.

    Args:
        path: A saved recording, or a log.

    Raises:
        DamagedError: it is no recording.
        OSError: there is no such file, or it may not be read.
    """

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise DamagedError(f"this is a folder, not a recording. {CHOOSE_ANOTHER}")
        if not stat.S_ISREG(mode):
            raise DamagedError(f"this is not an ordinary file. {CHOOSE_ANOTHER}")
        self._file = path.open("rb")
        self._log = Spill()
        self._damage: DamagedError | None = None
        try:
            self._begin()
        except DamagedError:
            self.close()
            raise
        self.recording = Recording(LogReader(self._log.descriptor, owner=self._log), writer_gone=False)

    @property
    def running(self) -> bool:
        """Whether more can come."""
        return self.recording.end is None

    def pump(self, seconds: float | None = None) -> bool:
        """Take in some more of the file.

        Args:
            seconds: Return after about this long even if more is waiting.

        Returns:
            Whether more is waiting.

        Raises:
            DamagedError: what comes next is damaged; the steps before it can still be read.
            OSError: there is no room left for temporary files.
        """
        if self._damage is not None:
            raise self._damage
        try:
            return self._pump(seconds)
        except DamagedError as damage:
            self._damage = damage
            raise

    def _pump(self, seconds: float | None) -> bool:
        recording = self.recording
        deadline = None if seconds is None else time.perf_counter() + seconds
        while recording.end is None:
            if recording.read_more(None if deadline is None else deadline - time.perf_counter()):
                return True
            if recording.writer_gone:
                recording.close(End("stopped", CUT_SHORT))
            elif recording.end is None:
                recording.writer_gone = not self._take_frame()
                if deadline is not None and time.perf_counter() > deadline:
                    return True
        self._file.close()
        return False

    def wait(self) -> Recording:
        """The recording, all of it.

        Raises:
            DamagedError: as ``pump``.
            OSError: as ``pump``.
        """
        while self.pump():
            pass
        return self.recording

    def close(self) -> None:
        """Give the files back. The recording cannot be read after this."""
        self._file.close()
        self._log.close()

    def _begin(self) -> None:
        start = self._file.read(len(MAGIC))
        if not start:
            raise DamagedError(f"the file is empty. {CHOOSE_ANOTHER}")
        if not MAGIC.startswith(start):
            raise DamagedError(f"this is not a tutor recording. {CHOOSE_ANOTHER}")
        payload = self._payload()
        if start != MAGIC or payload is None:
            raise DamagedError(f"the file is cut short before its first step. {RECORD_AGAIN}")
        items = decode(payload)
        if items[0] == Frame.HEADER and len(items) > 1:
            check_version(items[1])
        if schema.check(payload) is not Frame.HEADER:
            raise DamagedError(f"the recording is damaged (it has no header). {RECORD_AGAIN}")
        self._log.append(MAGIC + _framed(payload))

    def _take_frame(self) -> bool:
        """Move the next frame, or all those in the next block, to the log; whether there was one."""
        payload = self._payload()
        if payload is None:
            return False
        if schema.check(payload) is not Frame.BLOCK:
            self._log.append(_framed(payload))
            return True
        frames = decompressed(decode(payload)[1])
        at = 0
        while at < len(frames):
            after = at + 4 + int.from_bytes(frames[at : at + 4], "little")
            if after > len(frames) or schema.check(frames[at + 4 : after]) is Frame.BLOCK:
                raise DamagedError(f"a block of the recording is damaged. {RECORD_AGAIN}")
            at = after
        self._log.append(frames)
        return True

    def _payload(self) -> bytes | None:
        """The next frame of the file without its length, None where there is no whole one."""
        start = self._file.read(4)
        length = int.from_bytes(start, "little")
        if len(start) < 4 or length == 0:
            return None
        if length > FRAME_LIMIT:
            raise DamagedError(f"the recording is damaged at byte {self._file.tell() - 4}. {RECORD_AGAIN}")
        if length > os.fstat(self._file.fileno()).st_size - self._file.tell():
            return None
        payload = self._file.read(length)
        return payload if len(payload) == length else None


def _framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "little") + payload
