"""What an expression gave, as plain data, and when two answers are the same answer."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import msgspec

DIGITS = 4
"""Significant digits to which numbers are rounded before they are compared."""

RELATIVE, ABSOLUTE = 1e-3, 1e-6
"""How far two numbers may lie apart and still be the same answer."""


class Value(msgspec.Struct, frozen=True):
    """A value without the objects of the run that made it."""

    type: str
    """``tensor`` (arrays too), ``float``, ``bool``, ``NoneType``, ``list``, ``error``, or the name of its class."""
    shape: list[int] = []
    """Of a tensor."""
    dtype: str = ""
    """Of a tensor, without ``torch.``."""
    content: Any = None
    """The elements of a tensor as nested lists, a plain value itself, of anything else how Python writes it."""
    items: list[Value] | None = None
    """What is in a list, a tuple, a set or a dict."""
    error: str = ""
    """Name and message of an error that came instead of a value, or the name alone where an error is meant."""

    @property
    def text(self) -> str:
        """The value as one line for people."""
        if self.error:
            return self.error
        if self.items is not None:
            return f"{self.type}({', '.join(item.text for item in self.items)})"
        return _numbers_text(self.content)


def same(one: Value, other: Value) -> bool:
    """Whether two answers are one: the same error, or the same shape and numbers, or the same text.

    Numbers are rounded to four significant digits first. It does not count whether they stand in a tensor, an array
    or a list, nor their dtype; True is no 1. An error without a message is the same as one with any message.
    """
    if one.error or other.error:
        return _same_error(one.error, other.error)
    left, right = _numbers(one), _numbers(other)
    if left is not None and right is not None:
        alike = (left.truths, left.shape) == (right.truths, right.shape)
        return bool(alike and all(map(_close, left.elements, right.elements)))
    if one.items is not None and other.items is not None:
        return len(one.items) == len(other.items) and all(map(same, one.items, other.items))
    return left is None and right is None and bool(one.content == other.content)


def scalar(value: Value) -> float | None:
    """The number of a float or of a tensor of floats without dimensions, None for anything else."""
    if isinstance(value.content, float) and (value.type == "float" or (value.type == "tensor" and not value.shape)):
        return value.content
    return None


class _Numbers(NamedTuple):
    truths: bool
    shape: list[int]
    elements: list[Any]


def _numbers(value: Value) -> _Numbers | None:
    """The numbers in a value, None if it holds anything else."""
    if value.type == "tensor":
        elements = _flat(value.content)
        return _Numbers(value.dtype == "bool", value.shape, elements)
    if isinstance(value.content, bool | int | float):
        return _Numbers(isinstance(value.content, bool), [], [value.content])
    if value.items is None:
        return None
    rows = [row for item in value.items if (row := _numbers(item)) is not None]
    kinds = {(row.truths, tuple(row.shape)) for row in rows} or {(False, ())}
    if len(rows) < len(value.items) or len(kinds) > 1:
        return None
    ((truths, shape),) = kinds
    return _Numbers(truths, [len(rows), *shape], [element for row in rows for element in row.elements])


def _flat(content: Any) -> list[Any]:
    if isinstance(content, list):
        return [element for item in content for element in _flat(item)]
    return [content]


def _close(one: Any, other: Any) -> bool:
    if one != one or other != other:
        return bool(one != one and other != other)
    if not (math.isfinite(one) and math.isfinite(other)):
        return bool(one == other)
    left, right = (float(f"{number:.{DIGITS}g}") for number in (one, other))
    return abs(left - right) <= ABSOLUTE + RELATIVE * max(abs(left), abs(right))


def _same_error(one: str, other: str) -> bool:
    if not one or not other:
        return False
    (name, _, message), (other_name, _, other_message) = one.partition(":"), other.partition(":")
    return name == other_name and (not message or not other_message or message.split() == other_message.split())


def _numbers_text(content: Any) -> str:
    if isinstance(content, list):
        return "[" + ", ".join(map(_numbers_text, content)) + "]"
    return f"{content:.{DIGITS}g}" if isinstance(content, float) else str(content)
