"""The log on disk: frames written one after the other, read while they are still being written.

The writer is a plain unbuffered file, so that a frame is safe the moment it is written, even when the writing process
is killed by the next instruction. The last frame may be written again (a step that gets the name it was bound to);
a reader therefore takes a frame only when another one follows it or the writer is known to be gone.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import Any

import msgspec

from tutor.recording.format import MAGIC, Frame

_LENGTH = struct.Struct("<I")
_NOTHING = b"\0\0\0\0"
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder()

FRAME_LIMIT = 1 << 30
"""No frame is longer; a larger length means a damaged file."""


class DamagedError(Exception):
    """The bytes are not those of a recording, or of one that this version can read; the text says what is wrong."""


class LogWriter:
    """Appends frames to a file descriptor.

    Raises:
        OSError: from its methods, when the disk is full.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._start = 0
        self._position = os.pwrite(descriptor, MAGIC, 0)
        self._buffer = bytearray()

    def append(self, frame: Any) -> None:
        """Write a frame after the last one."""
        self._start = self._position
        self._write(frame)

    def amend(self, frame: Any) -> None:
        """Write a frame in the place of the last one. It must not be shorter."""
        self._write(frame)

    def _write(self, frame: Any) -> None:
        buffer = self._buffer
        _encoder.encode_into(frame, buffer, 4)
        _LENGTH.pack_into(buffer, 0, len(buffer) - 4)
        written = os.pwrite(self._descriptor, buffer, self._start)
        while written < len(buffer):
            written += os.pwrite(self._descriptor, memoryview(buffer)[written:], self._start + written)
        self._position = self._start + written


class LogReader:
    """Reads frames from a file descriptor, in order or from any position.

    Raises:
        DamagedError: from ``__init__`` and its methods.
    """

    CHUNK = 1 << 18

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.position = len(MAGIC)
        """Where the next frame starts."""
        self._held = b""
        self._held_at = 0

    def check_magic(self) -> bool:
        """Whether the file has begun; DamagedError when it begins as something else."""
        start = os.pread(self.descriptor, len(MAGIC), 0)
        if not MAGIC.startswith(start):
            raise DamagedError("this is not a tutor recording")
        return start == MAGIC

    def next(self, complete: bool) -> tuple[int, Any] | None:
        """The next frame as (its position, its items), or None when there is none yet.

        Args:
            complete: The writer is gone, so that the last frame is final.
        """
        position = self.position
        length = self._length(position)
        if length is None:
            return None
        after = position + 4 + length
        if not complete and self._length(after) is None:
            return None
        payload = self._bytes(position + 4, length)
        if payload is None:
            return None
        self.position = after
        return position, decode(payload)

    def steps(self, position: int, end: int) -> list[Any]:
        """All frames that start from one position up to (not including) another."""
        data = os.pread(self.descriptor, end - position, position)
        frames, at = [], 0
        while at + 4 <= len(data):
            (length,) = _LENGTH.unpack_from(data, at)
            frames.append(decode(data[at + 4 : at + 4 + length]))
            at += 4 + length
        return frames

    def _length(self, position: int) -> int | None:
        start = self._bytes(position, 4)
        if start is None or start == _NOTHING:
            return None
        (length,) = _LENGTH.unpack(start)
        if length > FRAME_LIMIT:
            raise DamagedError(f"the recording is damaged at byte {position}")
        return int(length)

    def _bytes(self, position: int, count: int) -> bytes | None:
        offset = position - self._held_at
        if offset < 0 or offset + count > len(self._held):
            self._held = os.pread(self.descriptor, max(self.CHUNK, count), position)
            self._held_at = position
            offset = 0
            if len(self._held) < count:
                return None
        return self._held[offset : offset + count]


def decode(payload: bytes) -> Any:
    """The items of a frame.

    Raises:
        DamagedError: they are none.
    """
    try:
        items = _decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedError(f"the recording is damaged ({error})") from None
    if not isinstance(items, list) or not items:
        raise DamagedError("the recording is damaged (a frame without a type)")
    return items


def frame_bytes(frame: Any) -> bytes:
    """A frame as it stands in a log, with its length."""
    payload = _encoder.encode(frame)
    return _LENGTH.pack(len(payload)) + payload


def compressed(frames: bytes) -> bytes:
    """Many frames as one BLOCK frame."""
    return frame_bytes([Frame.BLOCK, zlib.compress(frames, 6)])
