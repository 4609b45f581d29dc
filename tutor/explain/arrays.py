"""Small arrays of Python numbers, so that an explanation can compute with recorded values without torch or numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Final

import msgspec

from tutor.recording.model import Content, Meta
from tutor.recording.values import numbers

Shape = tuple[int, ...]
"""Sizes of the axes; () for a scalar."""

LIMIT: Final = 64
"""Arrays of more elements are not computed with: an explanation is written at every key press."""

_COARSE: Final = {"float16": 4e-3, "bfloat16": 3e-2}
_FINE: Final = 1e-4


class Array(msgspec.Struct, frozen=True, gc=False):
    """Numbers row by row, with a shape."""

    shape: Shape
    flat: list[float]

    @property
    def item(self) -> float:
        """The number of an array that has one."""
        return self.flat[0]


def scalar(value: float) -> Array:
    """An array without axes."""
    return Array((), [float(value)])


def array_of(meta: Meta, content: Content, limit: int = LIMIT) -> Array | None:
    """The recorded value of a small real tensor, None for any other."""
    if not isinstance(content, bytes) or meta.elements > limit or meta.dtype.startswith("complex"):
        return None
    try:
        flat = numbers(meta.dtype, content)
    except ValueError:
        return None
    return Array(tuple(meta.shape), [float(value) for value in flat]) if len(flat) == meta.elements else None


def size_of(shape: Sequence[int]) -> int:
    """How many elements an array of a shape has."""
    return math.prod(shape)


def places(shape: Sequence[int]) -> Iterator[Shape]:
    """Every index into an array of a shape, row by row."""
    return product(*map(range, shape))


def _strides(shape: Sequence[int]) -> list[int]:
    return [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]


def at(array: Array, place: Sequence[int]) -> float:
    """The element at an index."""
    return array.flat[sum(index * stride for index, stride in zip(place, _strides(array.shape), strict=True))]


def built(shape: Shape, element: Callable[[Shape], float]) -> Array:
    """The array whose element at each index a function gives."""
    return Array(shape, [element(place) for place in places(shape)])


def stretched_axes(shape: Sequence[int], to: Sequence[int]) -> list[int] | None:
    """The axes of ``to`` along which broadcasting repeats an array of ``shape``; None where it does not fit."""
    missing = len(to) - len(shape)
    if missing < 0:
        return None
    axes = list(range(missing))
    for axis, (size, wanted) in enumerate(zip(shape, to[missing:], strict=True), missing):
        if size != wanted:
            if size != 1:
                return None
            axes.append(axis)
    return axes


def broadcast(first: Shape, second: Shape) -> Shape | None:
    """The shape that two shapes are stretched to, None where they do not fit."""
    sizes: list[int] = []
    for position in range(1, max(len(first), len(second)) + 1):
        one = first[-position] if position <= len(first) else 1
        other = second[-position] if position <= len(second) else 1
        if one != other and 1 not in (one, other):
            return None
        sizes.append(other if one == 1 else one)
    return tuple(reversed(sizes))


def stretched(array: Array, shape: Shape) -> Array:
    """The array repeated to a shape, as broadcasting does."""
    if array.shape == shape:
        return array
    missing = len(shape) - len(array.shape)
    return built(
        shape,
        lambda place: at(
            array, [0 if size == 1 else index for index, size in zip(place[missing:], array.shape, strict=True)]
        ),
    )


def elementwise(function: Callable[..., float], *arrays: Array) -> Array:
    """A function of the elements of arrays that are stretched to one shape.

    Raises:
        ValueError: the shapes do not fit.
    """
    shape: Shape = ()
    for array in arrays:
        wider = broadcast(shape, array.shape)
        if wider is None:
            raise ValueError(f"{array.shape} does not fit {shape}")
        shape = wider
    return Array(shape, [function(*items) for items in zip(*(stretched(a, shape).flat for a in arrays), strict=True)])


def times(first: Array, second: Array) -> Array:
    """The product, element by element."""
    return elementwise(lambda a, b: a * b, first, second)


def summed(array: Array, shape: Shape) -> Array:
    """The elements added up over the axes along which an array of ``shape`` was stretched; the reverse of that.

    Raises:
        ValueError: the shapes do not fit.
    """
    if array.shape == shape:
        return array
    axes = stretched_axes(shape, array.shape)
    if axes is None:
        raise ValueError(f"{array.shape} was not stretched from {shape}")
    return Array(shape, total(array, axes, kept=False).flat)


def total(array: Array, axes: Sequence[int], *, kept: bool) -> Array:
    """The sum over some axes, which stay with size 1 if ``kept``."""
    kept_shape = tuple(1 if axis in axes else size for axis, size in enumerate(array.shape))
    sums = dict.fromkeys(places(kept_shape), 0.0)
    for place, value in zip(places(array.shape), array.flat, strict=True):
        sums[tuple(0 if axis in axes else index for axis, index in enumerate(place))] += value
    shape = kept_shape if kept else tuple(size for axis, size in enumerate(array.shape) if axis not in axes)
    return Array(shape, list(sums.values()))


def permuted(array: Array, order: Sequence[int]) -> Array:
    """The axes in another order: axis ``n`` of the result is axis ``order[n]`` of the array."""
    shape = tuple(array.shape[axis] for axis in order)
    return built(shape, lambda place: at(array, [place[order.index(axis)] for axis in range(len(order))]))


def transposed(array: Array) -> Array:
    """The last two axes exchanged."""
    axes = list(range(len(array.shape)))
    return permuted(array, [*axes[:-2], axes[-1], axes[-2]])


def product_of(first: Array, second: Array) -> Array:
    """The matrix product of two matrices, or of two stacks of matrices of the same length."""
    inner = first.shape[-1]
    shape = (*first.shape[:-1], second.shape[-1])
    return built(
        shape,
        lambda place: math.fsum(
            at(first, (*place[:-1], step)) * at(second, (*place[:-2], step, place[-1])) for step in range(inner)
        ),
    )


def agrees(computed: Array | None, recorded: Array | None, dtype: str = "float32") -> bool:
    """Whether a number computed here is the one that torch got, up to rounding of its dtype."""
    if computed is None or recorded is None or computed.shape != recorded.shape:
        return False
    largest = max((abs(value) for value in recorded.flat if math.isfinite(value)), default=0.0)
    allowed = _COARSE.get(dtype, _FINE) * largest + 1e-30
    return all(_same(*pair, allowed) for pair in zip(computed.flat, recorded.flat, strict=True))


def _same(first: float, second: float, allowed: float) -> bool:
    if not (math.isfinite(first) and math.isfinite(second)):
        return first == second or (math.isnan(first) and math.isnan(second))
    return abs(first - second) <= allowed
