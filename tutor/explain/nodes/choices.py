"""Operations that take one of several numbers: clamp, where, maximum, masked_fill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tutor.explain.arrays import elementwise, summed, times
from tutor.explain.case import Case
from tutor.explain.rule import Elementwise, Rule, Shares, Slope, Told, said, wanted


def _bounds(case: Case) -> tuple[float, float]:
    return case.number("min", float("-inf")), case.number("max", float("inf"))


def _clamp_words(case: Case) -> str:
    low, high = _bounds(case)
    name = case.name("self")
    limits = [f"{name} >= {low:g}" if low > float("-inf") else "", f"{name} <= {high:g}" if high < float("inf") else ""]
    inside = " and ".join(filter(None, limits)) or "it lies between the limits"
    return f"The slope of clamp is 1 where {inside}, and 0 where a limit took its place. So nothing flows back there."


def _clamp_shares(case: Case) -> Shares:
    low, high = _bounds(case)
    mask = elementwise(lambda value: float(low <= value <= high), case.array("self"))
    return wanted(case, lambda: times(case.given(), mask))


def _clamp_tensors(case: Case) -> Shares:
    self, incoming = case.array("self"), case.given()
    low = case.array("min") if case.saved.get("min") is not None else None
    high = case.array("max") if case.saved.get("max") is not None else None
    infinity = float("inf")
    parts = (
        self,
        low if low is not None else elementwise(lambda _: -infinity, self),
        high if high is not None else elementwise(lambda _: infinity, self),
    )
    return wanted(
        case,
        lambda: summed(times(incoming, elementwise(lambda x, a, b: float(a <= x <= b), *parts)), case.shape(0)),
        lambda: summed(times(incoming, elementwise(lambda x, a, b: float(x < a < b), *parts)), case.shape(1)),
        lambda: summed(times(incoming, elementwise(lambda x, a, b: float(x > b or b < a), *parts)), case.shape(2)),
    )


def _larger(sign: float, to_self: bool) -> Slope:
    """The slope of ``maximum`` (or, with -1, ``minimum``): 1 for the one that was taken, 1/2 each for equal ones."""
    word = "larger" if sign > 0 else "smaller"

    def formula(names: Mapping[str, str]) -> str:
        mine = names["self"] if to_self else names["other"]
        return f"1 where {mine} is the {word} one, 1/2 where both are equal, else 0"

    def value(self: float, other: float) -> float:
        mine, theirs = (self, other) if to_self else (other, self)
        return 0.5 if mine == theirs else float((mine - theirs) * sign > 0)

    return Slope("self" if to_self else "other", formula, ("self", "other"), value)


CHOICES: Final[dict[str, Rule]] = {
    "ClampBackward0": Told(
        said("Each element of the incoming gradient goes to the number that was taken there: the input or a limit."),
        _clamp_tensors,
    ),
    "ClampBackward1": Told(_clamp_words, _clamp_shares),
    "ClampMinBackward0": Told(_clamp_words, _clamp_shares),
    "ClampMaxBackward0": Told(_clamp_words, _clamp_shares),
    "WhereBackward0": Elementwise(
        "where(condition, {self}, {other})",
        (
            Slope("self", "1 where the condition is true, else 0", ("condition",), lambda condition: float(condition)),
            Slope("other", "1 where the condition is false, else 0", ("condition",), lambda condition: 1.0 - condition),
        ),
    ),
    "MaximumBackward0": Elementwise("maximum({self}, {other})", (_larger(1.0, True), _larger(1.0, False))),
    "MinimumBackward0": Elementwise("minimum({self}, {other})", (_larger(-1.0, True), _larger(-1.0, False))),
    "MaskedFillBackward0": Elementwise(
        "masked_fill({self})",
        (Slope("self", "0 where the mask is true, else 1", ("mask",), lambda mask: 1.0 - mask),),
    ),
}
"""Nodes that choose."""
