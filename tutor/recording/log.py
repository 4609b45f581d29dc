"""The log on disk: frames written one after the other, read while they are still being written.

The writer is a plain unbuffered file, so that a frame is safe the moment it is written, even when the writing process
is killed by the next instruction. Nothing is ever written twice, so that a reader cannot see half of a change: what a
step turns out to have changed after it was written (the name that its result is bound to) follows in an AMEND frame.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import Any

import msgspec

from tutor.recording.format import MAGIC, VERSION, Frame

_LENGTH = struct.Struct("<I")
_AMEND = int(Frame.AMEND)
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder()

FRAME_LIMIT = 1 << 30
"""No frame is longer; a larger length means a damaged file."""

BLOCK_LIMIT = 1 << 26
"""No block holds more bytes of frames than this."""

CHOOSE_ANOTHER = "Choose a file that `tutor record` wrote."
RECORD_AGAIN = "Record the program again with `tutor record`."


class DamagedError(Exception):
    """The bytes are not those of a recording, or of one that this version can read.

    The text says what is wrong and what to do, as two sentences.
    """


class LogWriter:
    """Appends frames to a file descriptor.

    Raises:
        OSError: from its methods, when the disk is full.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._position = os.pwrite(descriptor, MAGIC, 0)
        self._buffer = bytearray()
        self._changes = 0

    def append(self, *frames: Any) -> None:
        """Write frames after the last one."""
        last = frames[-1]
        if last[0] == Frame.STEP:
            self._changes = len(last[6])
        self._write(frames)

    def amend(self, *frames: Any) -> None:
        """Write what the last step has changed besides.

        Args:
            frames: Definitions that this needs, then the frame of the step again, with all its changes.
        """
        *definitions, step = frames
        changes = step[6]
        self._write((*definitions, (_AMEND, changes[self._changes :])))
        self._changes = len(changes)

    def settle(self) -> None:
        """Promise not to amend the last step, so that readers need not wait for the next one. Never needed."""
        self._write(((_AMEND, (), True),))

    def _write(self, frames: tuple[Any, ...]) -> None:
        buffer, end = self._buffer, 0
        for frame in frames:
            _encoder.encode_into(frame, buffer, end + 4)
            _LENGTH.pack_into(buffer, end, len(buffer) - end - 4)
            end = len(buffer)
        start = self._position
        written = os.pwrite(self._descriptor, buffer, start)
        while written < end:
            written += os.pwrite(self._descriptor, memoryview(buffer)[written:], start + written)
        self._position = start + written


class LogReader:
    """Reads frames from a file descriptor, in order or from any position.

    Args:
        descriptor: Of the log.
        owner: Whatever closes the descriptor when it is no longer referred to.

    Raises:
        DamagedError: from its methods.
    """

    CHUNK = 1 << 18

    def __init__(self, descriptor: int, owner: object = None) -> None:
        self.descriptor = descriptor
        self._owner = owner
        self.position = len(MAGIC)
        """Where the next frame starts."""
        self._held = b""
        self._held_at = 0
        self._size = 0

    def check_magic(self) -> bool:
        """Whether the file has begun; DamagedError when it begins as something else."""
        start = os.pread(self.descriptor, len(MAGIC), 0)
        if not MAGIC.startswith(start):
            raise DamagedError(f"this is not a tutor recording. {CHOOSE_ANOTHER}")
        return start == MAGIC

    def next(self) -> tuple[int, Any] | None:
        """The next frame as (its position, its items), or None when there is none yet."""
        position = self.position
        payload = self._payload(position)
        if payload is None:
            self._fill(position)
            payload = self._payload(position)
            if payload is None:
                return None
        items = decode(payload)
        self.position = position + 4 + len(payload)
        return position, items

    def steps(self, position: int, end: int) -> list[Any]:
        """The STEP frames from the position of one up to (not including) an end, with all their changes."""
        data = os.pread(self.descriptor, end - position, position)
        steps: list[Any] = []
        at = 0
        while at + 4 <= len(data):
            (length,) = _LENGTH.unpack_from(data, at)
            items = decode(data[at + 4 : at + 4 + length])
            if items[0] == Frame.STEP:
                steps.append(items)
            elif items[0] == Frame.AMEND:
                steps[-1][6].extend(items[1])
            at += 4 + length
        return steps

    def whole(self, position: int, end: int, size: int) -> bytes:
        """The bytes of at least one frame from a position on, and of as many whole ones as fit into a size."""
        data = os.pread(self.descriptor, min(size, end - position), position)
        at = 0
        while at + 4 <= len(data):
            after = at + 4 + int(_LENGTH.unpack_from(data, at)[0])
            if after > len(data):
                break
            at = after
        if at:
            return data[:at]
        (length,) = _LENGTH.unpack_from(data)
        return os.pread(self.descriptor, 4 + int(length), position)

    def _payload(self, position: int) -> bytes | None:
        """The bytes of a frame, where all of them are held."""
        held = self._held
        start = position - self._held_at + 4
        if start < 4 or start > len(held):
            return None
        (length,) = _LENGTH.unpack_from(held, start - 4)
        if length == 0 or start + length > len(held) or position + 4 + length > self._size:
            return None
        return held[start : start + length]

    def _fill(self, position: int) -> None:
        """Hold what stands from a position on, one whole frame at least where there is one.

        The size is taken first: what is inside it is written, what comes after it may be half written.
        """
        self._size = os.fstat(self.descriptor).st_size
        self._held_at = position
        self._held = os.pread(self.descriptor, self.CHUNK, position)
        if len(self._held) < 4:
            return
        (length,) = _LENGTH.unpack_from(self._held)
        if len(self._held) < 4 + length <= self._size - position:
            self._held = os.pread(self.descriptor, 4 + length, position)


def check_version(version: Any) -> None:
    """Whether this program reads a version of the format.

    Raises:
        DamagedError: it does not.
    """
    if not isinstance(version, int):
        raise DamagedError(f"the recording is damaged (it has no version). {RECORD_AGAIN}")
    if version > VERSION:
        raise DamagedError(f"the recording has format {version}, and this tutor reads up to {VERSION}. Update tutor.")


def decode(payload: bytes) -> Any:
    """The items of a frame.

    Raises:
        DamagedError: they are none.
    """
    try:
        items = _decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedError(f"the recording is damaged ({error}). {RECORD_AGAIN}") from None
    if not isinstance(items, list) or not items:
        raise DamagedError(f"the recording is damaged (a frame without a type). {RECORD_AGAIN}")
    return items


def frame_bytes(frame: Any) -> bytes:
    """A frame as it stands in a log, with its length."""
    payload = _encoder.encode(frame)
    return _LENGTH.pack(len(payload)) + payload


def compressed(frames: bytes) -> bytes:
    """Many frames as one BLOCK frame."""
    return frame_bytes([Frame.BLOCK, zlib.compress(frames, 6)])


def decompressed(block: bytes) -> bytes:
    """The frames in a BLOCK frame's bytes.

    Raises:
        DamagedError: they are damaged, or more than ``BLOCK_LIMIT``.
    """
    stream = zlib.decompressobj()
    try:
        frames = stream.decompress(block, BLOCK_LIMIT + 1)
    except zlib.error as error:
        raise DamagedError(f"a block of the recording is damaged ({error}). {RECORD_AGAIN}") from None
    if len(frames) > BLOCK_LIMIT:
        raise DamagedError(f"a block of the recording is larger than any that tutor writes. {CHOOSE_ANOTHER}")
    if not stream.eof or stream.unused_data:
        raise DamagedError(f"a block of the recording is damaged (it does not end where it should). {RECORD_AGAIN}")
    return frames
