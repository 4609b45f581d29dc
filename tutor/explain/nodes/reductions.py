"""Operations that make fewer numbers out of many: sums, means, extremes, norms, spreads."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Final

from tutor.explain.arrays import Array, Shape, at, built, elementwise, size_of, stretched, times, total
from tutor.explain.case import Case
from tutor.explain.rule import Rule, Shares, Told
from tutor.explain.say import axes_text
from tutor.plain.format import number


def _kept(case: Case, array: Array, axes: list[int]) -> Array:
    """Something of the shape of the result, with size 1 along the axes that were reduced."""
    shape: Shape = tuple(1 if axis in axes else size for axis, size in enumerate(case.shape()))
    return Array(shape, array.flat)


def _spread(case: Case, array: Array, axes: list[int]) -> Array:
    """The same, repeated along those axes."""
    return stretched(_kept(case, array, axes), case.shape())


def _length(case: Case, axes: list[int]) -> int:
    return size_of([case.shape()[axis] for axis in axes])


def _all_or_axis(case: Case) -> str:
    axes = case.axes()
    if size_of(case.came()) == 1:
        return f"all {case.count()} elements"
    return f"the {_length(case, axes)} elements along {axes_text(axes)}"


def _sum_words(case: Case) -> str:
    try:
        return f"A sum has the slope 1 for each part, so the incoming gradient goes to {_all_or_axis(case)} as it is."
    except KeyError:
        return "A sum has the slope 1 for each part: the incoming gradient goes to every element that was added up."


def _sum_shares(case: Case) -> Shares:
    return [_spread(case, case.given(), case.axes())]


def _mean_words(case: Case) -> str:
    try:
        count = _length(case, case.axes()) if size_of(case.came()) > 1 else case.count()
        share = f"A mean of {count} numbers has the slope 1/{count} for each of them"
        gradient = case.gradient
        if gradient is not None and len(gradient.flat) == 1:
            incoming = gradient.item
            return f"{share}: {number(incoming)}/{count} = {number(incoming / count)} goes to {_all_or_axis(case)}."
        return f"{share}: the incoming gradient is divided by {count} and goes to {_all_or_axis(case)}."
    except (KeyError, ZeroDivisionError):
        return "A mean of n numbers has the slope 1/n for each: the incoming gradient is divided by n for each element."


def _mean_shares(case: Case) -> Shares:
    axes = case.axes()
    count = _length(case, axes)
    return [elementwise(lambda value: value / count, _spread(case, case.given(), axes))]


def _extreme_words(word: str) -> Callable[[Case], str]:
    def words(case: Case) -> str:
        start = f"Only the {word} number decides the result, so the gradient goes there and 0 everywhere else."
        try:
            picked = case.array("self"), case.array("result")
        except KeyError:
            return start
        ties = sum(value == picked[1].flat[0] for value in picked[0].flat)
        if len(picked[1].flat) == 1 and ties > 1:
            return f"{start} {ties} elements are equal there, so each gets 1/{ties} of it."
        return start

    return words


def _even_shares(case: Case) -> Shares:
    """Of max and min over some axes, the gradient shared among equal elements."""
    values, axes = case.array("self"), case.axes()
    mask = elementwise(lambda a, b: float(a == b), values, _kept(case, case.array("result"), axes))
    ties = total(mask, axes, kept=True)
    return [elementwise(lambda g, m, n: g * m / n, _kept(case, case.given(), axes), mask, ties)]


def _picked_shares(case: Case) -> Shares:
    """Of max and min along an axis, which saved where they found it."""
    axis = case.axis("dim", len(case.shape()))
    places_of, incoming = _kept(case, case.array("indices"), [axis]), _kept(case, case.given(), [axis])

    def element(place: Shape) -> float:
        there = tuple(0 if a == axis else index for a, index in enumerate(place))
        return at(incoming, there) if at(places_of, there) == place[axis] else 0.0

    return [built(case.shape(), element)]


def _prod_words(case: Case) -> str:
    return "The slope of a product with respect to one factor is the product of all the others."


def _prod_shares(case: Case) -> Shares:
    values = case.array("self")
    dimension = case.saved.get("dim")
    axis = None if dimension is None else case.axis("dim", len(values.shape))
    axes = list(range(len(values.shape))) if axis is None else [axis]
    incoming = _kept(case, case.given(), axes)

    def element(place: Shape) -> float:
        others = [at(values, other) for other in _line(values.shape, place, axes) if other != place]
        return at(incoming, tuple(0 if a in axes else i for a, i in enumerate(place))) * math.prod(others)

    return [built(values.shape, element)]


def _line(shape: Shape, place: Shape, axes: list[int]) -> list[Shape]:
    """All indices that differ from one only along some axes."""
    return list(product(*(range(size) if axis in axes else (place[axis],) for axis, size in enumerate(shape))))


def _norm_words(case: Case) -> str:
    order = case.number("ord", case.number("p", 2.0))
    if order == 2:
        return f"The slope of the norm is {case.name('self')} divided by the norm: a vector of length 1."
    if order == 1:
        return f"The slope of the sum of absolute values is the sign of each element of {case.name('self')}."
    return f"The slope of this norm is x·|x|**({order:g} - 2) / norm**({order:g} - 1), with x for each element."


def _norm_shares(case: Case) -> Shares:
    values, axes = case.array("self"), case.axes()
    order = case.number("ord", case.number("p", 2.0))

    def slope(value: float, norm: float) -> float:
        if norm == 0 or value == 0:
            return 0.0
        return math.copysign(abs(value) ** (order - 1) / norm ** (order - 1), value)

    slopes = elementwise(slope, values, _kept(case, case.array("result"), axes))
    return [times(_kept(case, case.given(), axes), slopes)]


def _degrees(case: Case, axes: list[int]) -> float:
    return _length(case, axes) - case.number("correction", 1.0)


def _centred(case: Case, axes: list[int]) -> Array:
    values = case.array("self")
    count = _length(case, axes)
    return elementwise(lambda value, sum: value - sum / count, values, total(values, axes, kept=True))


def _var_words(case: Case) -> str:
    try:
        degrees = _degrees(case, case.axes())
        return f"The slope of the variance is 2·(x - mean)/{degrees:g}, with x for each element."
    except KeyError:
        return "The slope of the variance is 2·(x - mean)/(n - correction), with x for each element."


def _var_shares(case: Case) -> Shares:
    axes = case.axes()
    degrees = _degrees(case, axes)
    return [elementwise(lambda g, away: g * 2 * away / degrees, _kept(case, case.given(), axes), _centred(case, axes))]


def _std_words(case: Case) -> str:
    try:
        degrees = _degrees(case, case.axes())
        return f"The slope of the standard deviation is (x - mean)/({degrees:g}·std), with x for each element."
    except KeyError:
        return "The slope of the standard deviation is (x - mean)/((n - correction)·std), with x for each element."


def _std_shares(case: Case) -> Shares:
    axes = case.axes()
    degrees = _degrees(case, axes)
    result = _kept(case, case.array("result"), axes)
    return [
        elementwise(
            lambda g, away, deviation: g * away / (degrees * deviation) if deviation else math.nan,
            _kept(case, case.given(), axes),
            _centred(case, axes),
            result,
        )
    ]


def _cumsum_words(case: Case) -> str:
    return (
        "An element is in its own partial sum and in all later ones, so it gets the sum of the incoming gradient from "
        "there to the end."
    )


def _cumsum_shares(case: Case) -> Shares:
    incoming = case.given()
    axis = case.axis("dim", len(incoming.shape))

    def element(place: Shape) -> float:
        return math.fsum(
            at(incoming, other) for other in _line(incoming.shape, place, [axis]) if other[axis] >= place[axis]
        )

    return [built(incoming.shape, element)]


def _logsumexp_words(case: Case) -> str:
    return "The slope of logsumexp is the softmax of its input: exp(x - result) for each element x."


def _logsumexp_shares(case: Case) -> Shares:
    axes = case.axes()
    slopes = elementwise(lambda x, r: math.exp(x - r), case.array("self"), _kept(case, case.array("result"), axes))
    return [times(_kept(case, case.given(), axes), slopes)]


_LARGEST: Final = _extreme_words("largest")
_SMALLEST: Final = _extreme_words("smallest")

REDUCTIONS: Final[dict[str, Rule]] = {
    "SumBackward0": Told(_sum_words, _sum_shares),
    "SumBackward1": Told(_sum_words, _sum_shares),
    "MeanBackward0": Told(_mean_words, _mean_shares),
    "MeanBackward1": Told(_mean_words, _mean_shares),
    "MaxBackward0": Told(_LARGEST, _picked_shares),
    "MinBackward0": Told(_SMALLEST, _picked_shares),
    "MaxBackward1": Told(_LARGEST, _even_shares),
    "MinBackward1": Told(_SMALLEST, _even_shares),
    "AmaxBackward0": Told(_LARGEST, _even_shares),
    "AminBackward0": Told(_SMALLEST, _even_shares),
    "ProdBackward0": Told(_prod_words, _prod_shares),
    "ProdBackward1": Told(_prod_words, _prod_shares),
    "NormBackward0": Told(_norm_words, _norm_shares),
    "NormBackward1": Told(_norm_words, _norm_shares),
    "LinalgVectorNormBackward0": Told(_norm_words, _norm_shares),
    "VarBackward0": Told(_var_words, _var_shares),
    "StdBackward0": Told(_std_words, _std_shares),
    "CumsumBackward0": Told(_cumsum_words, _cumsum_shares),
    "LogsumexpBackward0": Told(_logsumexp_words, _logsumexp_shares),
}
"""Nodes of reductions."""
