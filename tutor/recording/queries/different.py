"""What differs between two moments of two recordings, name by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from struct import calcsize
from typing import Any, NamedTuple

from tutor.recording.model import Content, Meta, TensorRecord
from tutor.recording.moment import Moment
from tutor.recording.state import Scope, State
from tutor.recording.values import FORMATS, numbers

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")


class Aspect(StrEnum):
    """In what a name differs; of several, the first that stands here."""

    KIND = "kind"
    """One is a tensor, or None, and the other is not."""
    SHAPE = "shape"
    DTYPE = "dtype"
    VALUE = "value"
    REQUIRES_GRAD = "requires_grad"
    GRAD = ".grad"
    """Its value, its shape, its dtype, or that one of the two is None."""


class NamePair(NamedTuple):
    """A name of two moments."""

    depth: int
    """How many functions are open around the one whose name it is; 0 for the top level."""
    function: str | None
    """Its name, None for the top level."""
    path: str
    """``w``, ``model.weight``."""
    one: Any
    """What it refers to in the first moment, as a reference of the format; None where there is no such name."""
    other: Any
    """What it refers to in the second."""
    aspect: Aspect | None
    """In what the two differ, None where they do not, or where one of them has no such name."""

    @property
    def label(self) -> str:
        """What differs, as the program would write it: ``w``, ``w.grad``, ``w.shape``."""
        if self.aspect in (None, Aspect.KIND, Aspect.VALUE):
            return self.path
        return f"{self.path}.{str(self.aspect).removeprefix('.')}"


def different_names(moment: Moment, other: Moment) -> list[NamePair]:
    """The names that two moments have in common and that differ, those of the innermost function first."""
    return [pair for pair in name_pairs(moment, other) if pair.aspect is not None]


def name_pairs(moment: Moment, other: Moment) -> Iterator[NamePair]:
    """Every name of two moments, those of the innermost function first, in order of appearance.

    Names belong together when they are the same path at the same depth of calls. From the depth on at which the two
    programs are in different functions, no name has a counterpart.
    """
    one, two = moment.after, other.after
    scopes = list(_scope_pairs(one, two))
    for depth in reversed(range(len(scopes))):
        yield from _in_scope(depth, *scopes[depth], one, two)


def _scope_pairs(one: State, other: State) -> Iterator[tuple[Scope | None, Scope | None]]:
    """The functions that are open in two states, outermost first, and which of them belong together."""
    first, second = list(one.scopes.values()), list(other.scopes.values())
    same = 0
    while same < min(len(first), len(second)) and first[same].function == second[same].function:
        yield first[same], second[same]
        same += 1
    yield from ((scope, None) for scope in first[same:])
    yield from ((None, scope) for scope in second[same:])


def _in_scope(depth: int, scope: Scope | None, other: Scope | None, one: State, two: State) -> Iterator[NamePair]:
    names = scope.names if scope is not None else {}
    others = other.names if other is not None else {}
    whose = scope or other
    function = whose.function if whose is not None else None
    for path in [*names, *(path for path in others if path not in names)]:
        here, there = names.get(path), others.get(path)
        aspect = None if here is None or there is None else differs(one, here, two, there)
        yield NamePair(depth, function, path, here, there, aspect)


def pair_of(depth: int, path: str, one: State, other: State) -> NamePair | None:
    """A name of two states, None where one of them has no such name at that depth."""
    for place, (scope, twin) in enumerate(_scope_pairs(one, other)):
        if place == depth and scope is not None and twin is not None:
            here, there = scope.names.get(path), twin.names.get(path)
            if here is not None and there is not None:
                return NamePair(depth, scope.function, path, here, there, differs(one, here, other, there))
    return None


def differs(one: State, here: Any, other: State, there: Any) -> Aspect | None:
    """In what two references of the format differ, each in its state; None where they are alike.

    Numbers are compared by their bytes, and NaN is like NaN. Of a thing without a plain value its text counts, but
    not where in memory it is.
    """
    if isinstance(here, int) != isinstance(there, int):
        return Aspect.KIND
    if not isinstance(here, int):
        return _plain_differs(here, there)
    record, twin = one.tensors.get(here), other.tensors.get(there)
    if record is None or twin is None:
        return None if record is twin else Aspect.KIND
    found = _contents_differ(record.meta, record.content, twin.meta, twin.content)
    if found is not None:
        return found
    if record.meta.requires_grad != twin.meta.requires_grad:
        return Aspect.REQUIRES_GRAD
    return Aspect.GRAD if _grads_differ(gradient_of(one, record), gradient_of(other, twin)) else None


def gradient_of(state: State, record: TensorRecord) -> TensorRecord | None:
    """What is in the ``.grad`` of a tensor."""
    return state.tensors.get(record.grad) if record.grad is not None else None


def _grads_differ(one: TensorRecord | None, other: TensorRecord | None) -> bool:
    if one is None or other is None:
        return one is not other
    return _contents_differ(one.meta, one.content, other.meta, other.content) is not None


def _contents_differ(meta: Meta, content: Content, other_meta: Meta, other: Content) -> Aspect | None:
    if meta.shape != other_meta.shape:
        return Aspect.SHAPE
    if meta.dtype != other_meta.dtype:
        return Aspect.DTYPE
    return None if _same_content(meta.dtype, content, other) else Aspect.VALUE


def _same_content(dtype: str, one: Content, other: Content) -> bool:
    if one == other:
        return True
    if isinstance(one, bytes) and isinstance(other, bytes):
        return len(one) == len(other) and _same_but_for_nan(dtype, one, other)
    return isinstance(one, dict) and isinstance(other, dict) and _same_value(one, other)


def _same_but_for_nan(dtype: str, one: bytes, other: bytes) -> bool:
    """Whether elements with other bytes are NaN in both. There are many ways to write NaN."""
    try:
        size = calcsize("<" + FORMATS[dtype]) if dtype in FORMATS else 0
        first, second = numbers(dtype, one), numbers(dtype, other)
    except ValueError:
        return False
    size *= 2 if dtype.startswith("complex") else 1
    return all(
        one[at * size : (at + 1) * size] == other[at * size : (at + 1) * size] or (left != left and right != right)
        for at, (left, right) in enumerate(zip(first, second, strict=True))
    )


def _plain_differs(here: Any, there: Any) -> Aspect | None:
    type, value, *rest = here
    twin_type, twin_value, *twin_rest = there
    if type != twin_type or len(rest) != len(twin_rest):
        return Aspect.KIND
    if type == "ndarray" and len(rest) == 2:
        (dtype, shape, content), (twin_dtype, twin_shape, twin_content) = rest[1], twin_rest[1]
        if list(shape) != list(twin_shape):
            return Aspect.SHAPE
        if dtype != twin_dtype:
            return Aspect.DTYPE
        return None if _same_content(dtype, content, twin_content) else Aspect.VALUE
    if rest:
        return None if _ADDRESS.sub("", str(rest[0])) == _ADDRESS.sub("", str(twin_rest[0])) else Aspect.VALUE
    return None if _same_value(value, twin_value) else Aspect.VALUE


def _same_value(one: Any, other: Any) -> bool:
    """Whether plain values are the same; NaN is like NaN, and 1 is not 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same_value, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same_value(value, other[key]) for key, value in one.items())
    return bool(one == other)
