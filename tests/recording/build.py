"""Recordings written by hand, frame by frame, so that the tests need no torch and know every number."""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Sequence
from typing import Any

from tutor.recording.format import VERSION, Change, Flag, Frame, Kind
from tutor.recording.log import LogReader, LogWriter
from tutor.recording.recording import Recording


def floats(*values: float) -> bytes:
    """Content of a float32 tensor."""
    return struct.pack(f"<{len(values)}f", *values)


class Builder:
    """Writes the log of a made-up program, defining sites, metas and kinds of node as they are needed."""

    def __init__(self, *, header: dict[str, Any] | None = None) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        self.writer = LogWriter(self._file.fileno())
        self._definitions: dict[Any, int] = {}
        self._last: list[Any] = []
        self.count = 0
        """Number of the last step."""
        self.frame(Frame.HEADER, VERSION, header or {"program": "hand.py", "torch": "2.13.0", "source": ""})

    @property
    def descriptor(self) -> int:
        """Of the log."""
        return self._file.fileno()

    @property
    def data(self) -> bytes:
        """The log so far."""
        return os.pread(self.descriptor, os.fstat(self.descriptor).st_size, 0)

    def frame(self, *items: Any) -> None:
        """Any frame."""
        self.writer.append(list(items))

    def define(self, frame: Frame, *items: Any) -> int:
        """The id of a definition; written when it is new."""
        key = (frame, repr(items))
        if key not in self._definitions:
            self._definitions[key] = len(self._definitions) + 1
            self.frame(frame, self._definitions[key], *items)
        return self._definitions[key]

    def meta(
        self,
        shape: Sequence[int] = (),
        *,
        dtype: str = "float32",
        requires_grad: bool = False,
        is_leaf: bool = True,
    ) -> int:
        """The id of a META."""
        return self.define(Frame.META, "tensor", dtype, list(shape), "cpu", requires_grad, is_leaf, False)

    def site(self, line: int, source: str, *, name: str = "", function: str | None = None, end_line: int = 0) -> int:
        """The id of a SITE."""
        return self.define(
            Frame.SITE, line, max(line, end_line), 0, len(source), source, function, name or source.split("(")[0]
        )

    def step(
        self,
        line: int,
        source: str,
        *changes: list[Any],
        kind: Kind = Kind.OPERATION,
        name: str = "",
        function: str | None = None,
        parent: int = 0,
        flags: int = Flag.GRAD_ENABLED,
        detail: Any = None,
        end_line: int = 0,
    ) -> int:
        """A step; its number."""
        site = self.site(line, source, name=name, function=function, end_line=end_line)
        self._last = [Frame.STEP, kind, site, parent, flags, detail, list(changes)]
        self.writer.append(self._last)
        self.count += 1
        return self.count

    def amend(self, *changes: list[Any]) -> None:
        """More changes of the last step."""
        self._last[6].extend(changes)
        self.writer.amend(self._last)

    def tensor(
        self,
        id: int,
        *values: float,
        version: int = 0,
        storage: int = 0,
        node: int | None = None,
        grad: int | None = None,
        requires_grad: bool | None = None,
        dtype: str = "float32",
    ) -> list[Any]:
        """A TENSOR change: a scalar for one value, else a vector. Its storage has its own number if none is given.

        One with a node requires grad and is no leaf, unless said otherwise.
        """
        requires_grad = node is not None if requires_grad is None else requires_grad
        shape = () if len(values) == 1 else (len(values),)
        meta = self.meta(shape, dtype=dtype, requires_grad=requires_grad, is_leaf=node is None)
        return [Change.TENSOR, id, meta, version, storage or id, node, grad, floats(*values)]

    def node(self, id: int, name: str, edges: list[list[int] | None], /, **saved: Any) -> list[Any]:
        """A NODE change; what it saved by name, as ``recording.format`` describes."""
        kind = self.define(Frame.NODE_KIND, name, list(saved))
        return [Change.NODE, id, kind, edges, list(saved.values())]

    def gradient(self, *values: float) -> list[Any]:
        """A gradient as in the detail of a node or accumulate step."""
        return [self.meta(() if len(values) == 1 else (len(values),)), floats(*values)]

    def end(self, how: str = "finished", reason: str = "") -> None:
        """The last frame."""
        self.frame(Frame.END, how, reason)

    def recording(self, *, writer_gone: bool = True) -> Recording:
        """What was written so far, read in."""
        recording = Recording(LogReader(self.descriptor, owner=self), writer_gone=writer_gone)
        recording.read_more()
        return recording


def bind(path: str, reference: Any, *, scope: int = 0) -> list[Any]:
    """A BIND change."""
    return [Change.BIND, scope, path, reference]


def unbind(path: str, *, scope: int = 0) -> list[Any]:
    """An UNBIND change."""
    return [Change.UNBIND, scope, path]


def freed(*tensors: int) -> list[Any]:
    """A FREED change."""
    return [Change.FREED, list(tensors)]


def released(*nodes: int) -> list[Any]:
    """A RELEASED change."""
    return [Change.RELEASED, list(nodes)]


def grad(tensor: int, gradient: int | None) -> list[Any]:
    """A GRAD change."""
    return [Change.GRAD, tensor, gradient]


def opened(scope: int, function: str, line: int) -> list[Any]:
    """An OPEN change."""
    return [Change.OPEN, scope, function, line]


def closed(scope: int) -> list[Any]:
    """A CLOSE change."""
    return [Change.CLOSE, scope]


def turn(line: int, number: int, *, scope: int = 0) -> list[Any]:
    """A TURN change."""
    return [Change.TURN, scope, line, number]


def whole(number: float | str) -> list[Any]:
    """A plain value."""
    return [type(number).__name__, number]
