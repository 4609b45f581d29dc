"""Operations that only move numbers: other shapes, parts, several put together, copies.

Each number of the result is one number of the input, so the derivative is 0 or 1 everywhere and the gradient goes the
way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from tutor.explain.arrays import Array, Shape, at, built, permuted, places, size_of, summed, total
from tutor.explain.case import Case
from tutor.explain.rule import Rule, Shares, Told, said, wanted
from tutor.explain.say import shape_text


def _reshaped_words(case: Case) -> str:
    try:
        return (
            f"The numbers only got another shape, so the gradient gets the old one back: "
            f"{shape_text(case.came())} becomes {shape_text(case.shape())}."
        )
    except KeyError:
        return "The numbers only got another shape, so the gradient gets the old one back."


def _reshaped(case: Case) -> Shares:
    return [Array(case.shape(), case.given().flat)]


def _swapped(case: Case) -> Shares:
    count = len(case.shape())
    order = list(range(count))
    first, second = case.axis("dim0", count, -2), case.axis("dim1", count, -1)
    order[first], order[second] = order[second], order[first]
    return [permuted(case.given(), order)]


def _turned(case: Case) -> Shares:
    axes: Any = case.saved["dims"]
    order = [axis % len(axes) for axis in axes]
    return [permuted(case.given(), [order.index(axis) for axis in range(len(order))])]


def _expanded(case: Case) -> Shares:
    return [summed(case.given(), case.shape())]


def _expand_words(case: Case) -> str:
    return "expand showed the same numbers several times. Each got a gradient for each time, and these are added up."


def _joined_shares(case: Case) -> Shares:
    incoming = case.given()
    axis = case.axis("dim", len(incoming.shape), 0)
    shares: Shares = []
    start = 0
    for shape in case.shapes:
        if shape is None:
            # How long this part was is not known, unless it is the last one.
            shares.append(None)
            start = -1
            continue
        if start < 0:
            raise KeyError("sizes")
        shares.append(_part(incoming, shape, axis, start))
        start += shape[axis]
    return shares


def _part(array: Array, shape: Shape, axis: int, start: int) -> Array:
    return built(shape, lambda place: at(array, [i + start if a == axis else i for a, i in enumerate(place)]))


def _stacked_shares(case: Case) -> Shares:
    incoming = case.given()
    axis = case.axis("dim", len(incoming.shape), 0)

    def layer(number: int, shape: Shape) -> Array:
        return built(shape, lambda place: at(incoming, (*place[:axis], number, *place[axis:])))

    return [None if shape is None else layer(number, shape) for number, shape in enumerate(case.shapes)]


def _placed(case: Case, place_of: Callable[[Shape], Sequence[int]]) -> Shares:
    """Zeros, with each element of the incoming gradient added where it came from."""
    shape = case.shape()
    cells = dict.fromkeys(places(shape), 0.0)
    incoming = case.given()
    for place, value in zip(places(incoming.shape), incoming.flat, strict=True):
        cells[tuple(place_of(place))] += value
    return [Array(shape, list(cells.values()))]


def _select_shares(case: Case) -> Shares:
    count = len(case.shape())
    axis = case.axis("dim", count, 0)
    index = int(case.number("index")) % case.shape()[axis]
    return _placed(case, lambda place: (*place[:axis], index, *place[axis:]))


def _slice_shares(case: Case) -> Shares:
    axis = case.axis("dim", len(case.shape()), 0)
    start, step = int(case.number("start", 0)), int(case.number("step", 1))
    start += case.shape()[axis] if start < 0 else 0
    return _placed(case, lambda place: [start + i * step if a == axis else i for a, i in enumerate(place)])


def _gather_shares(case: Case) -> Shares:
    index = case.array("index")
    axis = case.axis("dim", len(case.shape()), 0)
    return _placed(case, lambda place: [int(at(index, place)) if a == axis else i for a, i in enumerate(place)])


def _index_select_shares(case: Case) -> Shares:
    index = case.array("index")
    axis = case.axis("dim", len(case.shape()), 0)
    return _placed(case, lambda place: [int(index.flat[i]) if a == axis else i for a, i in enumerate(place)])


def _index_shares(case: Case) -> Shares:
    """One mask of the whole shape, or one list of rows."""
    index = case.array("indices[0]")
    if "indices[1]" in case.saved:
        raise KeyError("indices[1]")
    incoming, shape = case.given(), case.shape()
    if index.shape == shape and len(incoming.shape) == 1:
        values = iter(incoming.flat)
        return [Array(shape, [next(values) if chosen else 0.0 for chosen in index.flat])]
    axes = len(index.shape)
    size = shape[0]
    return _placed(case, lambda place: (int(at(index, place[:axes])) % size, *place[axes:]))


def _repeat_shares(case: Case) -> Shares:
    incoming, shape = case.given(), case.shape()
    missing = len(incoming.shape) - len(shape)
    summed_front = total(incoming, list(range(missing)), kept=False)
    cells = dict.fromkeys(places(shape), 0.0)
    for place, value in zip(places(summed_front.shape), summed_front.flat, strict=True):
        cells[tuple(index % size for index, size in zip(place, shape, strict=True))] += value
    return [Array(shape, list(cells.values()))]


def _parts_shares(case: Case) -> Shares:
    """Of chunk, split and unbind: the gradients of the parts put together, 0 for a part without one."""
    shape = case.shape()
    axis = case.axis("dim", len(shape), 0)
    known = [(part, size) for part, size in zip(case.incoming, case.incoming_shapes, strict=False)]
    if any(part is None for part, _ in known):
        raise KeyError("incoming")
    flat = dict.fromkeys(places(shape), 0.0)
    start = 0
    for part, _ in known:
        assert part is not None
        bound = len(part.shape) < len(shape)
        for place, value in zip(places(part.shape), part.flat, strict=True):
            there = (*place[:axis], start, *place[axis:]) if bound else (
                *place[:axis], place[axis] + start, *place[axis + 1 :]
            )  # fmt: skip
            flat[there] += value
        start += 1 if bound else part.shape[axis]
    return [Array(shape, list(flat.values()))]


def _same(case: Case) -> Shares:
    return wanted(case, *[case.given] * len(case.shapes))


def _copied_into(case: Case) -> Shares:
    """``a.copy_(b)``: what was in ``a`` is gone, so its gradient is 0."""
    incoming = case.given()
    shares: Shares = []
    for position, shape in enumerate(case.shapes):
        if shape is None:
            shares.append(None)
        elif position == 0 and len(case.shapes) > 1:
            shares.append(Array(shape, [0.0] * size_of(shape)))
        else:
            shares.append(summed(incoming, shape))
    return shares


_RESHAPED: Final = Told(_reshaped_words, _reshaped)
_SWAPPED: Final = Told(said("Two axes were exchanged, so they are exchanged back in the gradient."), _swapped)
_TURNED: Final = Told(said("The axes were put in another order, so the gradient gets the old order back."), _turned)
_PART: Final = "Only these numbers were taken, so the gradient goes to their places, and 0 to all others."
_PICKED: Final = (
    "Each number that was taken gets its gradient back, added up where one was taken several times; all others get 0."
)
_APART: Final = "The tensor was cut into parts, so the gradients of the parts are put together again."

SHAPES: Final[dict[str, Rule]] = {
    "ViewBackward0": _RESHAPED,
    "UnsafeViewBackward0": _RESHAPED,
    "ReshapeAliasBackward0": _RESHAPED,
    "SqueezeBackward0": _RESHAPED,
    "SqueezeBackward1": _RESHAPED,
    "SqueezeBackward2": _RESHAPED,
    "UnsqueezeBackward0": _RESHAPED,
    "TransposeBackward0": _SWAPPED,
    "TBackward0": _SWAPPED,
    "PermuteBackward0": _TURNED,
    "ExpandBackward0": Told(_expand_words, _expanded),
    "RepeatBackward0": Told(
        said("The numbers were repeated. Each got a gradient for each copy, and these are added up."), _repeat_shares
    ),
    "CatBackward0": Told(said("Each part gets its own stretch of the incoming gradient."), _joined_shares),
    "StackBackward0": Told(said("Each part gets its own layer of the incoming gradient."), _stacked_shares),
    "SelectBackward0": Told(said(_PART), _select_shares),
    "SliceBackward0": Told(said(_PART), _slice_shares),
    "GatherBackward0": Told(said(_PICKED), _gather_shares),
    "IndexSelectBackward0": Told(said(_PICKED), _index_select_shares),
    "IndexBackward0": Told(said(_PICKED), _index_shares),
    "UnbindBackward0": Told(said(_APART), _parts_shares),
    "SplitBackward0": Told(said(_APART), _parts_shares),
    "CloneBackward0": Told(said("A copy has the slope 1: the gradient goes on as it is."), _same),
    "AliasBackward0": Told(said("It is the same tensor again: the gradient goes on as it is."), _same),
    "ToCopyBackward0": Told(
        said("A copy to another dtype or device has the slope 1: the gradient is only converted back."), _same
    ),
    "CopyBackwards": Told(
        said("The old values were overwritten, so they get 0. What was copied in has the slope 1."), _copied_into
    ),
}
"""Nodes that move numbers."""
