"""Products of matrices and vectors, convolutions, and the look-up of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tutor.explain.arrays import (
    Array,
    Shape,
    at,
    built,
    elementwise,
    places,
    product_of,
    size_of,
    summed,
    times,
    transposed,
)
from tutor.explain.case import Case
from tutor.explain.rule import Rule, Shares, Told, said, wanted
from tutor.explain.say import listed


def _mm_words(first: str, second: str) -> str:
    text = "For A @ B, with G for the incoming gradient, A gets G @ B.T and B gets A.T @ G."
    known = [f"{letter} is {name}" for letter, name in (("A", first), ("B", second)) if name]
    return f"{text} Here {listed(known)}." if known else text


def _side(case: Case, name: str, otherwise: str = "") -> str:
    text = case.names.get(name, "")
    return text if text not in ("", "input", name) and len(text) <= 24 else otherwise


def _two(first: str, second: str) -> Rule:
    """A product of two saved matrices (or stacks of them)."""

    def words(case: Case) -> str:
        return _mm_words(_side(case, first), _side(case, second))

    def shares(case: Case) -> Shares:
        incoming = case.given()
        return wanted(
            case,
            lambda: product_of(incoming, transposed(case.array(second))),
            lambda: product_of(transposed(case.array(first)), incoming),
        )

    return Told(words, shares)


def _with_bias(first: str, second: str) -> Rule:
    """``beta·bias + alpha·first @ second``; a linear layer is one."""

    def words(case: Case) -> str:
        text = _mm_words(_side(case, first), _side(case, second))
        return f"{text} What was added to A @ B gets G itself, summed over the axes along which it was stretched."

    def shares(case: Case) -> Shares:
        incoming, alpha, beta = case.given(), case.number("alpha", 1), case.number("beta", 1)
        return wanted(
            case,
            lambda: elementwise(lambda g: g * beta, summed(incoming, case.shape(0))),
            lambda: elementwise(lambda g: g * alpha, product_of(incoming, transposed(case.array(second)))),
            lambda: elementwise(lambda g: g * alpha, product_of(transposed(case.array(first)), incoming)),
        )

    return Told(words, shares)


def _mv_words(case: Case) -> str:
    matrix, vector = _side(case, "self", "the matrix"), _side(case, "vec", "the vector")
    return (
        f"With g for the incoming gradient, {matrix}.T @ g goes back to {vector}, and the outer product of g "
        f"and {vector} to {matrix}."
    )


def _mv_shares(case: Case) -> Shares:
    incoming = case.given()
    return wanted(
        case,
        lambda: built(case.shape(0), lambda place: at(incoming, place[:1]) * at(case.array("vec"), place[1:])),
        lambda: Array(
            case.shape(1),
            product_of(transposed(case.array("self")), Array((len(incoming.flat), 1), incoming.flat)).flat,
        ),
    )


def _dot_words(case: Case) -> str:
    one, other = _side(case, "self", "the first"), _side(case, "tensor", "the second")
    return f"The slope of a dot product with respect to {one} is {other}, and the other way round."


def _dot_shares(case: Case) -> Shares:
    return wanted(
        case, lambda: times(case.given(), case.array("tensor")), lambda: times(case.given(), case.array("self"))
    )


def _convolution_words(case: Case) -> str:
    return (
        "Each place of the result is the sum of a patch of the input times the weight. So the weight gets the sum, "
        "over all places, of incoming gradient times the patch there. The input gets, for each patch it is part of, "
        "incoming gradient times weight. The bias gets the sum of the incoming gradient over all places."
    )


def _taps(case: Case, input_shape: Shape, weight: Shape) -> Iterator[tuple[Shape, Shape, Shape]]:
    """Every (place in the result, in the input, in the weight) that are multiplied; groups are 1."""
    axes = len(weight) - 2

    def numbers(name: str, default: int) -> Sequence[int]:
        value = case.saved.get(name)
        return value if isinstance(value, list | tuple) else [default] * axes

    stride, padding, dilation = numbers("stride", 1), numbers("padding", 0), numbers("dilation", 1)
    came = case.came()
    for place in places(came):
        for tap in places(weight[1:]):
            spot = [
                place[2 + axis] * stride[axis] - padding[axis] + tap[1 + axis] * dilation[axis] for axis in range(axes)
            ]
            if all(0 <= index < size for index, size in zip(spot, input_shape[2:], strict=True)):
                yield place, (place[0], tap[0], *spot), (place[1], *tap)


def _convolution_shares(case: Case) -> Shares:
    if case.number("groups", 1) != 1 or case.number("transposed", 0):
        raise KeyError("groups")
    incoming, input, weight = case.given(), case.array("input"), case.array("weight")
    to_input = dict.fromkeys(places(input.shape), 0.0)
    to_weight = dict.fromkeys(places(weight.shape), 0.0)
    for place, spot, tap in _taps(case, input.shape, weight.shape):
        gradient = at(incoming, place)
        to_input[spot] += gradient * at(weight, tap)
        to_weight[tap] += gradient * at(input, spot)
    return wanted(
        case,
        lambda: Array(input.shape, list(to_input.values())),
        lambda: Array(weight.shape, list(to_weight.values())),
        lambda: Array(
            case.shape(2),
            [
                sum(g for place, g in zip(places(incoming.shape), incoming.flat, strict=True) if place[1] == channel)
                for channel in range(incoming.shape[1])
            ],
        ),
    )


def _embedding_shares(case: Case) -> Shares:
    incoming, rows, shape = case.given(), case.array("indices"), case.shape()
    width = shape[1]
    flat = [0.0] * size_of(shape)
    for number, row in enumerate(rows.flat):
        for column in range(width):
            flat[int(row) * width + column] += incoming.flat[number * width + column]
    return [Array(shape, flat)]


MATRICES: Final[dict[str, Rule]] = {
    "MmBackward0": _two("self", "mat2"),
    "BmmBackward0": _two("self", "mat2"),
    "AddmmBackward0": _with_bias("mat1", "mat2"),
    "BaddbmmBackward0": _with_bias("batch1", "batch2"),
    "MvBackward0": Told(_mv_words, _mv_shares),
    "DotBackward0": Told(_dot_words, _dot_shares),
    "ConvolutionBackward0": Told(_convolution_words, _convolution_shares),
    "EmbeddingBackward0": Told(
        said(
            "Each row of the table gets the incoming gradient of every place that looked it up, added up; "
            "rows that nobody looked up get 0."
        ),
        _embedding_shares,
    ),
}
"""Nodes of products."""
