"""Batch norm, layer norm, and dropout where it has a node of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from tutor.explain.arrays import Array, Shape, at, built, elementwise, times, total
from tutor.explain.case import Case
from tutor.explain.rule import Rule, Shares, Told, wanted


def _channels(values: Array, shape: Shape) -> Array:
    """One number for each channel, with size 1 along all other axes."""
    return Array(tuple(size if axis == 1 else 1 for axis, size in enumerate(shape)), values.flat)


def _through_mean_and_spread(gradient: Array, normal: Array, inverse: Array, axes: Sequence[int]) -> Array:
    """inverse·(g - mean(g) - normal·mean(g·normal)), the means over some axes.

    The mean and the spread of the numbers depend on them as well; the two means take that away.
    """
    count = math.prod(gradient.shape[axis] for axis in axes)
    first = total(gradient, axes, kept=True)
    second = total(times(gradient, normal), axes, kept=True)
    return elementwise(
        lambda g, x, s, a, b: s * (g - a / count - x * b / count), gradient, normal, inverse, first, second
    )


def _batch_shares(case: Case) -> Shares:
    incoming, values = case.given(), case.array("input")
    shape = values.shape
    axes = [axis for axis in range(len(shape)) if axis != 1]
    training = bool(case.number("training", 1))
    if training:
        mean, inverse = _channels(case.array("result1"), shape), _channels(case.array("result2"), shape)
    else:
        epsilon = case.number("eps")
        mean = _channels(case.array("running_mean"), shape)
        spread = elementwise(lambda variance: 1 / math.sqrt(variance + epsilon), case.array("running_var"))
        inverse = _channels(spread, shape)
    normal = elementwise(lambda x, m, s: (x - m) * s, values, mean, inverse)
    weight = case.array("weight") if case.saved.get("weight") is not None else None
    scaled = times(incoming, _channels(weight, shape)) if weight is not None else incoming
    return wanted(
        case,
        lambda: _through_mean_and_spread(scaled, normal, inverse, axes) if training else times(scaled, inverse),
        lambda: total(times(incoming, normal), axes, kept=False),
        lambda: total(incoming, axes, kept=False),
    )


def _layer_shares(case: Case) -> Shares:
    incoming, values = case.given(), case.array("input")
    mean, inverse = case.array("result1"), case.array("result2")
    axes = [axis for axis, size in enumerate(mean.shape) if size == 1 and values.shape[axis] != 1]
    weight = case.array("weight") if case.saved.get("weight") is not None else None
    normal = elementwise(lambda x, m, s: (x - m) * s, values, mean, inverse)
    scaled = times(incoming, weight) if weight is not None else incoming
    front = [axis for axis in range(len(values.shape)) if axis not in axes]
    return wanted(
        case,
        lambda: _through_mean_and_spread(scaled, normal, inverse, axes),
        lambda: total(times(incoming, normal), front, kept=False),
        lambda: total(incoming, front, kept=False),
    )


def _batch_words(case: Case) -> str:
    if not case.number("training", 1):
        return (
            "In eval mode the mean and the spread are fixed numbers, so each element of the incoming gradient is only "
            "scaled: times weight, divided by the spread of its channel."
        )
    return f"{_SHARED.format('batch', 'channel')} {_PARTS.format('the batch')}"


def _layer_words(case: Case) -> str:
    return f"{_SHARED.format('row', 'row')} {_PARTS.format('all rows')}"


_SHARED: Final = (
    "The mean and the spread of the {0} depend on every element too. So the gradient (times the weight) loses its mean "
    "and the part that points along the normalised numbers, and is divided by the spread of its {1}."
)
_PARTS: Final = (
    "The weight gets the sum, over {0}, of incoming gradient times normalised number, and the bias the sum of the "
    "incoming gradient."
)


def _dropout_words(case: Case) -> str:
    return "Elements that were dropped get 0; the others get the incoming gradient times 1/(1 - p)."


def _dropout_shares(case: Case) -> Shares:
    kept = 1 - case.number("p")
    scale = 1 / kept if kept else 0.0
    mask = case.array("result1")
    return [built(case.shape(), lambda place: at(case.given(), place) * at(mask, place) * scale)]


NORMALISING: Final[dict[str, Rule]] = {
    "NativeBatchNormBackward0": Told(_batch_words, _batch_shares),
    "NativeLayerNormBackward0": Told(_layer_words, _layer_shares),
    "NativeDropoutBackward0": Told(_dropout_words, _dropout_shares),
}
"""Nodes that normalise or drop. On a CPU dropout is a product with a mask (``MulBackward0``)."""
