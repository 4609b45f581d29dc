"""Losses. With the reduction "mean" each element counts 1/n, with "sum" or "none" it counts 1."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from tutor.explain.arrays import Array, elementwise, size_of
from tutor.explain.case import Case
from tutor.explain.rule import Rule, Shares, Told
from tutor.explain.say import is_small
from tutor.plain.format import number

_MEAN: Final = 1


def _elements(case: Case) -> int:
    for position, shape in enumerate(case.shapes):
        if shape is not None:
            return case.count(position)
    raise KeyError("shape")


def _share(case: Case) -> float:
    """What one element counts."""
    return 1 / _elements(case) if case.number("reduction", _MEAN) == _MEAN else 1.0


def _elementwise(slope: Callable[..., float], *more: str) -> Callable[[Case], Shares]:
    """A loss of input and target whose slope for the target is minus that for the input."""

    def shares(case: Case) -> Shares:
        parts = [case.array("self"), case.array("target"), case.given()]
        extra = [case.number(name) for name in more]
        share = _share(case)
        there = elementwise(lambda x, t, g: g * share * slope(x, t, *extra), *parts)
        return [
            None if shape is None else there if position == 0 else elementwise(lambda value: -value, there)
            for position, shape in enumerate(case.shapes)
        ]

    return shares


def _divisor(case: Case) -> str:
    """``/3`` for a mean of three."""
    try:
        return f"/{_elements(case)}" if case.number("reduction", _MEAN) == _MEAN else ""
    except KeyError:
        return "/n"


def _why(case: Case) -> str:
    return ", since the loss is a mean of them" if _divisor(case) else ""


def _pair(case: Case) -> tuple[str, str]:
    first, second = case.name("self"), case.name("target", "target")
    return (first if len(first) <= 16 else "input"), (second if len(second) <= 16 else "target")


def _mse_words(case: Case) -> str:
    first, second = _pair(case)
    text = f"The slope of the squared error is 2·({first} - {second}){_divisor(case)} for each element{_why(case)}."
    saved = case.saved.get("self"), case.saved.get("target")
    if all(isinstance(value, Array) and len(value.flat) == 1 and is_small(value) for value in saved) and is_small(
        case.gradient
    ):
        one, other = case.array("self").item, case.array("target").item
        slope = 2 * (one - other) * _share(case)
        divisor = _divisor(case) if _elements(case) > 1 else ""
        text += f" Here that is 2·({number(one)} - {_bracketed(other)}){divisor} = {number(slope)}."
    return text


def _bracketed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _smooth_words(case: Case) -> str:
    first, second = _pair(case)
    edge = case.number("beta", 1.0)
    return (
        f"Where |{first} - {second}| is below {edge:g} the slope is ({first} - {second})/{edge:g}, elsewhere its sign"
        f"{_over(case)}."
    )


def _huber_words(case: Case) -> str:
    first, second = _pair(case)
    edge = case.number("delta", 1.0)
    return (
        f"Where |{first} - {second}| is at most {edge:g} the slope is {first} - {second}, elsewhere {edge:g} times its "
        f"sign{_over(case)}."
    )


def _over(case: Case) -> str:
    divisor = _divisor(case)
    return f"; each element counts 1{divisor}{_why(case)}" if divisor else ""


def _smooth_slope(value: float, target: float, beta: float) -> float:
    away = value - target
    return away / beta if abs(away) < beta else math.copysign(1.0, away)


def _huber_slope(value: float, target: float, delta: float) -> float:
    away = value - target
    return away if abs(away) <= delta else math.copysign(delta, away)


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _weighted(slope: Callable[..., float], target_slope: Callable[..., float]) -> Callable[[Case], Shares]:
    """A binary cross entropy; each element may have a weight."""

    def shares(case: Case) -> Shares:
        one = Array((), [1.0])
        weight = case.array("weight") if case.saved.get("weight") is not None else one
        positive = case.array("pos_weight") if case.saved.get("pos_weight") is not None else one
        parts = [case.array("self"), case.array("target"), case.given(), weight, positive]
        share = _share(case)
        return [
            None if shape is None else elementwise(lambda x, t, g, w, p, of=of: g * share * w * of(x, t, p), *parts)
            for shape, of in zip(case.shapes, (slope, target_slope), strict=False)
        ]

    return shares


def _bce_words(case: Case) -> str:
    first, second = _pair(case)
    return (
        f"The slope of the binary cross entropy is ({first} - {second})/({first}·(1 - {first})) for each element"
        f"{_over(case)}."
    )


def _logits_words(case: Case) -> str:
    first, second = _pair(case)
    return f"The slope is sigmoid({first}) - {second} for each element{_over(case)}: probability minus target."


def _bce_slope(value: float, target: float, _: float) -> float:
    return (value - target) / max(value * (1 - value), 1e-12)


def _bce_target_slope(value: float, target: float, _: float) -> float:
    return _log(1 - value) - _log(value)


def _log(value: float) -> float:
    """torch cuts the logarithm off at -100."""
    return max(math.log(value), -100.0) if value > 0 else -100.0


def _logits_slope(value: float, target: float, positive: float) -> float:
    probability = _sigmoid(value)
    return (1 - target) * probability - target * positive * (1 - probability)


def _logits_target_slope(value: float, target: float, positive: float) -> float:
    return -_log_sigmoid(value) * positive + _log_sigmoid(-value)


def _log_sigmoid(value: float) -> float:
    return -math.log1p(math.exp(-value)) if value > -30 else value


def _nll_words(case: Case) -> str:
    share = ""
    if case.number("reduction", _MEAN) == _MEAN:
        try:
            share = f"/{case.number('total_weight'):g}"
        except KeyError:
            share = "/n"
    return (
        f"The loss takes minus the log-probability of the target class of each row. So that place gets -1{share} times "
        f"the incoming gradient, and every other place 0."
    )


def _nll_shares(case: Case) -> Shares:
    target, incoming, shape = case.array("target"), case.given(), case.shape()
    ignored, mean = int(case.number("ignore_index", -100)), case.number("reduction", _MEAN) == _MEAN
    weight = case.array("weight") if case.saved.get("weight") is not None else None
    classes = shape[-1]
    flat = [0.0] * size_of(shape)
    divisor = case.number("total_weight") if mean else 1.0
    for row, wanted in enumerate(target.flat):
        if int(wanted) == ignored:
            continue
        gradient = incoming.flat[row] if len(incoming.flat) > 1 else incoming.item
        factor = weight.flat[int(wanted)] if weight is not None else 1.0
        flat[row * classes + int(wanted)] = -gradient * factor / divisor
    return [Array(shape, flat)]


LOSSES: Final[dict[str, Rule]] = {
    "MseLossBackward0": Told(_mse_words, _elementwise(lambda x, t: 2 * (x - t))),
    "SmoothL1LossBackward0": Told(_smooth_words, _elementwise(_smooth_slope, "beta")),
    "HuberLossBackward0": Told(_huber_words, _elementwise(_huber_slope, "delta")),
    "BinaryCrossEntropyBackward0": Told(_bce_words, _weighted(_bce_slope, _bce_target_slope)),
    "BinaryCrossEntropyWithLogitsBackward0": Told(_logits_words, _weighted(_logits_slope, _logits_target_slope)),
    "NllLossBackward0": Told(_nll_words, _nll_shares),
}
"""Nodes of losses. The l1 loss is made of sub, abs and mean; the cross entropy of log_softmax and nll_loss."""
