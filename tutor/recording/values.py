"""Values as the JSON contract and the screens need them: bytes to numbers, references to plain objects."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any, Final

from tutor.recording.model import Content, Meta, TensorRecord
from tutor.recording.state import State

EMPTY_ROWS_LIMIT: Final = 10_000
"""A tensor without elements can still have any number of rows; more than this many are not listed."""

FORMATS: Final = {
    "float64": "d",
    "float32": "f",
    "float16": "e",
    "bfloat16": "H",
    "int64": "q",
    "int32": "i",
    "int16": "h",
    "int8": "b",
    "uint64": "Q",
    "uint32": "I",
    "uint16": "H",
    "uint8": "B",
    "bool": "?",
    "complex64": "f",
    "complex128": "d",
}
"""For each dtype that can be read, how ``struct`` calls the numbers that its elements consist of."""


def numbers(dtype: str, content: bytes) -> list[Any]:
    """The elements, row by row, as Python numbers; complex ones as ``complex``.

    Raises:
        ValueError: the dtype is not known, or the bytes are not a whole number of elements.
    """
    code = FORMATS.get(dtype)
    if code is None:
        raise ValueError(f"elements of type {dtype} cannot be read")
    parts = 2 if dtype.startswith("complex") else 1
    size = struct.calcsize("<" + code)
    if len(content) % (size * parts):
        raise ValueError(f"{len(content)} bytes are not a whole number of {dtype} elements")
    plain: Sequence[Any] = struct.unpack(f"<{len(content) // size}{code}", content)
    if dtype == "bfloat16":
        # It is the upper half of a float32.
        return list(struct.unpack(f"<{len(plain)}f", b"".join(struct.pack("<I", half << 16) for half in plain)))
    if parts == 2:
        return [complex(real, imaginary) for real, imaginary in zip(plain[::2], plain[1::2], strict=True)]
    return list(plain)


def nested(flat: Sequence[Any], shape: Sequence[int]) -> Any:
    """Elements row by row as nested lists of a shape; a shape of ``()`` gives the one element."""
    if not shape:
        return flat[0]
    if len(shape) == 1:
        return list(flat)
    stride = math.prod(shape[1:])
    return [nested(flat[row * stride : (row + 1) * stride], shape[1:]) for row in range(shape[0])]


def elements(meta: Meta, content: Content) -> Any:
    """The value of a tensor as nested lists, or None where it was not recorded whole."""
    if not isinstance(content, bytes):
        return None
    try:
        flat = numbers(meta.dtype, content)
    except ValueError:
        return None
    if len(flat) != meta.elements or (not flat and _rows(meta.shape) > EMPTY_ROWS_LIMIT):
        return None
    return nested(flat, meta.shape)


def _rows(shape: Sequence[int]) -> int:
    """How many lists the value of a tensor without elements consists of, about."""
    return math.prod(shape[: shape.index(0)])


def jsonable(value: Any) -> Any:
    """The value with what JSON has no word for replaced: "nan", "inf", "-inf", complex as [real, imaginary]."""
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, complex):
        return [jsonable(value.real), jsonable(value.imag)]
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    return value


def tensor_value(
    state: State, id: int, record: TensorRecord | None = None, *, around: tuple[int, ...] = ()
) -> dict[str, Any]:
    """VALUE of a tensor in a state, ``.grad`` included.

    Args:
        state: Where to look it up.
        id: The tensor.
        record: The tensor as it was at another moment, if not as in the state.
        around: The tensors whose ``.grad`` this is; a program can assign them in a circle.
    """
    record = record or state.tensors.get(id)
    if record is None:
        return {"type": "tensor", "text": "not known any more"}
    node = state.nodes.get(record.node) if record.node is not None else None
    value = meta_value(record.meta, record.content)
    value["grad_fn"] = node.name if node is not None else None
    value["version"] = record.version
    if record.grad is not None and record.grad not in (id, *around) and len(around) < 8:
        value["grad"] = tensor_value(state, record.grad, around=(*around, id))
    return value


def gradient_value(state: State, gradient: Any) -> dict[str, Any] | None:
    """VALUE of a gradient of a node or accumulate step: [meta id, content] or None."""
    if gradient is None:
        return None
    return meta_value(state.tables.metas[gradient[0]], gradient[1])


def meta_value(meta: Meta, content: Content) -> dict[str, Any]:
    """VALUE of a tensor that is not in a state: no grad_fn, no ``.grad``."""
    return {
        "type": "tensor",
        "shape": list(meta.shape),
        "dtype": meta.dtype,
        "device": meta.device,
        "requires_grad": meta.requires_grad,
        "is_leaf": meta.is_leaf,
        "grad_fn": None,
        "version": 0,
        "value": jsonable(elements(meta, content)),
        "summary": jsonable(content) if isinstance(content, dict) else None,
        "grad": None,
    }


def reference_value(state: State, reference: Any, records: dict[int, TensorRecord] | None = None) -> Any:
    """VALUE of a reference of the format.

    Args:
        state: Where tensors are looked up.
        reference: An integer or an array, as ``recording.format`` describes; None stays None.
        records: Tensors that are to be shown as they were at another moment.
    """
    if reference is None:
        return None
    if isinstance(reference, int):
        return tensor_value(state, reference, records.get(reference) if records else None)
    type, value, *rest = reference
    if type == "ndarray" and len(rest) == 2:
        dtype, shape, content = rest[1]
        meta = Meta("ndarray", dtype, tuple(shape), "cpu", False, True, False)
        return meta_value(meta, content) | {"type": "ndarray"}
    if len(rest) == 2:
        return {"type": type, "items": [reference_value(state, item, records) for item in rest[1]]}
    if rest:
        return {"type": type, "text": rest[0]}
    return {"type": type, "value": jsonable(value)}
