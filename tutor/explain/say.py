"""Values, shapes and names as the words of a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from tutor.explain.arrays import Array
from tutor.plain.format import clipped, harmless, nested_text, number, plain_text
from tutor.recording.model import Content, Meta
from tutor.recording.state import State
from tutor.recording.values import elements, nested, numbers

WIDTH: Final = 40
"""Characters that a value gets inside a sentence; a longer one is shown by its shape and its first numbers."""

WHOLE: Final = 8
"""Tensors of at most this many elements are computed with in numbers, larger ones are told by their shape."""

_FACTS: Final = ("mean", "min", "max", "nan", "inf")
_SIMPLE: Final = re.compile(r"[^\W\d]\w*(\.\w+|\[[^\[\]]*\]|\([^()]*\))*")


def shape_text(shape: Sequence[int]) -> str:
    """``(5, 1)``; () for a scalar, as torch and numpy write it."""
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def tensor_text(meta: Meta, content: Content, width: int = WIDTH) -> str:
    """The value of a tensor: whole where it fits, else ``(5, 1) -40.0, -10.0, …``."""
    if isinstance(content, bytes):
        return _bytes_text(meta, content, width)
    shape = f"{shape_text(meta.shape)} " if meta.shape else ""
    if isinstance(content, dict):
        facts = [f"{name} {number(content[name])}" for name in _FACTS if content.get(name) not in (None, 0)]
        return clipped(f"{shape}{', '.join(facts) or meta.dtype}", width)
    return f"{shape}value not known"


def short_text(meta: Meta, content: Content) -> str:
    """The value of a small tensor, the shape of a large one."""
    if isinstance(content, bytes) and is_told_whole(meta, content):
        return _bytes_text(meta, content, WIDTH)
    return f"a tensor {of_shape(meta.shape)}" if meta.shape else "a single number"


def is_told_whole(meta: Meta, content: Content) -> bool:
    """Whether ``short_text`` gives the value; else it gives the shape."""
    return isinstance(content, bytes) and 0 < meta.elements <= WHOLE * 2 and _fits(meta, content)


@lru_cache(2048)
def _fits(meta: Meta, content: bytes) -> bool:
    value = elements(meta, content)
    return value is not None and len(nested_text(value)) <= WIDTH


def named_text(name: str, meta: Meta, content: Content) -> str:
    """``x = 3.0``, ``x of shape (5, 1)``."""
    if meta.shape and not is_told_whole(meta, content):
        return f"{name} {of_shape(meta.shape)}"
    return f"{name} = {short_text(meta, content)}"


def of_shape(shape: Sequence[int]) -> str:
    """``of shape (5, 1)``."""
    return f"of shape {shape_text(shape)}"


def with_shape(name: str, shape: Sequence[int]) -> str:
    """``x of shape (5, 1)``; ``x, a single number,`` for a scalar."""
    return f"{name} {of_shape(shape)}" if shape else f"{name}, a single number,"


@lru_cache(2048)
def _bytes_text(meta: Meta, content: bytes, width: int) -> str:
    shape = f"{shape_text(meta.shape)} " if meta.shape else ""
    if meta.elements == 0:
        return f"{shape}empty"
    if meta.elements <= WHOLE * 2:
        value = elements(meta, content)
        whole = nested_text(value) if value is not None else ""
        if whole and len(whole) <= width:
            return whole
    try:
        first = [number(item) for item in numbers(meta.dtype, content)[:WHOLE]]
    except ValueError:
        return f"{shape}{meta.dtype}"
    text, told = first[0], 1
    for item in first[1:]:
        if len(shape) + len(text) + len(item) + 5 > width:
            break
        text, told = f"{text}, {item}", told + 1
    return f"{shape}{text}" if told == meta.elements else f"{shape}{text}, …"


def array_text(array: Array) -> str:
    """A small array as nested lists."""
    return nested_text(nested(array.flat, array.shape)) if array.flat else "nothing"


def is_small(array: Array | None) -> bool:
    """Whether a sentence can hold its numbers."""
    return array is not None and 0 < len(array.flat) <= WHOLE and len(array_text(array)) <= WIDTH


def factor(text: str) -> str:
    """A number or name as a factor: negative ones and sums in brackets."""
    if re.fullmatch(r"[\d.]+(e[-+]?\d+)?", text) or is_simple(text) or text.startswith("["):
        return text
    return text if text.startswith("(") and text.endswith(")") and text.count("(") == 1 else f"({text})"


def is_simple(text: str) -> bool:
    """Whether a name, member or call can stand in a formula without brackets."""
    return _SIMPLE.fullmatch(text) is not None


def reference_text(state: State, reference: Any, width: int = WIDTH) -> str:
    """A reference of the format; tensors as they are in a state, large ones by their shape."""
    if reference is None:
        return "None"
    if isinstance(reference, int):
        record = state.tensors.get(reference)
        return "a tensor" if record is None else short_text(record.meta, record.content)
    type, value, *rest = reference
    if type == "ndarray" and len(rest) == 2:
        dtype, shape, content = rest[1]
        return "array " + tensor_text(Meta("ndarray", dtype, tuple(shape), "cpu", False, True, False), content, width)
    if len(rest) == 2:
        items = [reference_text(state, item, width) for item in rest[1][:4]]
        return clipped(f"[{', '.join(items)}{', …' if len(rest[1]) > 4 else ''}]", width)
    if rest:
        return clipped(harmless(str(rest[0])), width)
    return clipped(repr_text(value), width)


def repr_text(value: Any) -> str:
    """A plain value, long texts and lists cut before they are written out."""
    if isinstance(value, str):
        return harmless(repr(value[:200]))
    return plain_text(value[:40] if isinstance(value, list | tuple) else value)


def gradient_text(state: State, gradient: Any) -> str:
    """A gradient of a node or accumulate step."""
    return "none" if gradient is None else short_text(state.tables.metas[gradient[0]], gradient[1])


def listed(texts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def times_text(count: int) -> str:
    """``twice``, ``3 times``."""
    return "twice" if count == 2 else f"{count} times"


def axes_text(axes: Sequence[int]) -> str:
    """``axis 0``, ``axes 0 and 1``."""
    return f"{'axis' if len(axes) == 1 else 'axes'} {listed([str(axis) for axis in axes])}"
