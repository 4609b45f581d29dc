"""The shape of every frame, as types: what a file from somewhere else must have before anything is done with it.

A log comes from this program's own child and is read without this. A saved recording can come from anybody.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from tutor.recording.format import Frame, Kind
from tutor.recording.log import RECORD_AGAIN, DamagedError
from tutor.recording.model import Content

_Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]
_Shape = Annotated[list[Annotated[int, msgspec.Meta(ge=0)]], msgspec.Meta(max_length=64)]


class _Plain(msgspec.Struct, array_like=True, frozen=True):
    type_name: str
    value: Any
    text: str | None = None
    items: list[Any] | None = None


_Reference = int | None | _Plain
_Gradient = tuple[int, Content] | None


class _Tensor(msgspec.Struct, array_like=True, tag=0):
    id: int
    meta: int
    version: int
    storage: int
    node: int | None
    grad: int | None
    content: Content


class _Bind(msgspec.Struct, array_like=True, tag=1):
    scope: int
    path: str
    reference: _Reference


class _Unbind(msgspec.Struct, array_like=True, tag=2):
    scope: int
    path: str


class _Freed(msgspec.Struct, array_like=True, tag=3):
    tensors: list[int]


class _Node(msgspec.Struct, array_like=True, tag=4):
    id: int
    kind: int
    edges: list[tuple[int, int] | None]
    saved: list[list[Any] | int | None]


class _Released(msgspec.Struct, array_like=True, tag=5):
    nodes: list[int]


class _Open(msgspec.Struct, array_like=True, tag=6):
    scope: int
    function: str | None
    line: _Count


class _Close(msgspec.Struct, array_like=True, tag=7):
    scope: int


class _Turn(msgspec.Struct, array_like=True, tag=8):
    scope: int
    line: _Count
    turn: _Count


class _Grad(msgspec.Struct, array_like=True, tag=9):
    tensor: int
    grad: int | None


_Change = _Tensor | _Bind | _Unbind | _Freed | _Node | _Released | _Open | _Close | _Turn | _Grad


class _Header(msgspec.Struct, array_like=True, tag=0):
    version: int
    facts: dict[str, Any]


class _Site(msgspec.Struct, array_like=True, tag=1):
    id: int
    line: _Count
    end_line: _Count
    column: _Count
    end_column: _Count
    source: str
    function: str | None
    name: str


class _Meta(msgspec.Struct, array_like=True, tag=2):
    id: int
    type_name: str
    dtype: str
    shape: _Shape
    device: str
    requires_grad: bool
    is_leaf: bool
    retains_grad: bool


class _NodeKind(msgspec.Struct, array_like=True, tag=3):
    id: int
    name: str
    saved: list[str]


class _Step(msgspec.Struct, array_like=True, tag=4):
    kind: int
    site: int
    parent: _Count
    flags: int
    detail: list[Any] | None
    changes: list[_Change]


class _End(msgspec.Struct, array_like=True, tag=5):
    how: str
    reason: str


class _Amend(msgspec.Struct, array_like=True, tag=7):
    changes: list[_Change]
    settled: bool = False


class _Block(msgspec.Struct, array_like=True, tag=6):
    frames: bytes


class _Operation(msgspec.Struct, array_like=True):
    inputs: list[_Reference]
    result: _Reference = None
    options: dict[str, Any] | None = None


class _Ran(msgspec.Struct, array_like=True):
    node: int
    incoming: list[_Gradient]
    outgoing: list[_Gradient]


class _Accumulated(msgspec.Struct, array_like=True):
    tensor: int
    before: _Gradient
    contribution: _Gradient
    after: _Gradient
    taken_over: bool


class _Printed(msgspec.Struct, array_like=True):
    stream: str
    text: str


class _Warned(msgspec.Struct, array_like=True):
    text: str
    category: str


class _Raised(msgspec.Struct, array_like=True):
    text: str
    type_name: str
    trace: str


_DETAILS = {
    Kind.OPERATION: _Operation,
    Kind.INNER: _Operation,
    Kind.NODE: _Ran,
    Kind.ACCUMULATE: _Accumulated,
    Kind.OUTPUT: _Printed,
    Kind.WARNING: _Warned,
    Kind.ERROR: _Raised,
}
_MAY_BE_NULL = {Kind.STATEMENT, Kind.OPERATION, Kind.CALL, Kind.INNER}
_decoder = msgspec.msgpack.Decoder(_Header | _Site | _Meta | _NodeKind | _Step | _End | _Block | _Amend)


def check(payload: bytes) -> Frame:
    """What kind of frame this is.

    Raises:
        DamagedError: it is none, or not as ``recording.format`` describes it.
    """
    try:
        frame = _decoder.decode(payload)
        if type(frame) is _Step:
            _check_detail(Kind(frame.kind), frame.detail)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise DamagedError(f"the recording is damaged ({error}). {RECORD_AGAIN}") from None
    return _FRAMES[type(frame)]


def _check_detail(kind: Kind, detail: list[Any] | None) -> None:
    if detail is None:
        if kind not in _MAY_BE_NULL:
            raise ValueError(f"a step of kind {kind.word} without detail")
    elif kind in _DETAILS:
        msgspec.convert(detail, _DETAILS[kind])


_FRAMES: dict[type, Frame] = {
    _Header: Frame.HEADER,
    _Site: Frame.SITE,
    _Meta: Frame.META,
    _NodeKind: Frame.NODE_KIND,
    _Step: Frame.STEP,
    _End: Frame.END,
    _Block: Frame.BLOCK,
    _Amend: Frame.AMEND,
}
