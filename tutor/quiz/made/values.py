"""What a recording holds, as the plain values that answers are compared with."""

from __future__ import annotations

from typing import Any, Final

from tutor.lesson.value import Value
from tutor.quiz.grading import numbers
from tutor.recording.model import Content, Meta, TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.values import elements

MOST: Final = 12
"""Elements of a tensor that somebody can be asked for."""

NONE: Final = Value("NoneType")


def value_of(record: TensorRecord) -> Value | None:
    """The value of a tensor, None where it has more than ``MOST`` elements, none at all, or is not known."""
    return _value(record.meta, record.content)


def gradient_value(recording: Recording, gradient: Any) -> Value | None:
    """The value of a gradient of a node or accumulate step; ``NONE`` where there is none."""
    return NONE if gradient is None else _value(recording.tables.metas[gradient[0]], gradient[1])


def shape_value(shape: tuple[int, ...]) -> Value:
    """A shape as ``tuple(x.shape)`` gives it."""
    return Value("tuple", items=[Value("int", content=size) for size in shape])


def zeros_like(value: Value) -> Value:
    """Zeros of the shape and dtype of a tensor."""
    return Value(value.type, value.shape, value.dtype, _zeros(value.content))


def is_trivial(value: Value) -> bool:
    """Whether many beliefs give this answer: it holds no number but 0, 1 and 2."""
    found = numbers(value)
    return found is not None and all(number in (0, 1, 2) for number in found.elements)


def _value(meta: Meta, content: Content) -> Value | None:
    if not 0 < meta.elements <= MOST:
        return None
    found = elements(meta, content)
    if found is None:
        return None
    if meta.dtype.startswith("complex"):
        return Value("tensor", [*meta.shape, 2], meta.dtype, _parts(found))
    return Value("tensor", list(meta.shape), meta.dtype, found)


def _parts(content: Any) -> Any:
    if isinstance(content, list):
        return [_parts(item) for item in content]
    return [content.real, content.imag]


def _zeros(content: Any) -> Any:
    return [_zeros(item) for item in content] if isinstance(content, list) else type(content)(0)
