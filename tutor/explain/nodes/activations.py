"""Activation functions: those that work element by element, and the softmax family."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from tutor.explain.arrays import Array, elementwise, times, total
from tutor.explain.case import Case
from tutor.explain.rule import Elementwise, Rule, Shares, Slope, Told, wanted


def _sigmoid(number: float) -> float:
    if number >= 0:
        return 1 / (1 + math.exp(-number))
    return math.exp(number) / (1 + math.exp(number))


def _gelu_slope(number: float) -> float:
    """Of x·Phi(x): Phi(x) + x·phi(x)."""
    return 0.5 * (1 + math.erf(number / math.sqrt(2))) + number * math.exp(-number * number / 2) / math.sqrt(
        2 * math.pi
    )


def _gelu_tanh_slope(number: float) -> float:
    """Of x/2·(1 + tanh(u)) with u = sqrt(2/pi)·(x + 0.044715·x**3)."""
    scale = math.sqrt(2 / math.pi)
    bent = math.tanh(scale * (number + 0.044715 * number**3))
    return 0.5 * (1 + bent) + 0.5 * number * (1 - bent * bent) * scale * (1 + 3 * 0.044715 * number**2)


def _softplus_slope(number: float, beta: float, threshold: float) -> float:
    return 1.0 if number * beta > threshold else _sigmoid(number * beta)


def _elu_slope(number: float, alpha: float, scale: float, input_scale: float) -> float:
    if number > 0:
        return scale
    return scale * alpha * input_scale * math.exp(number * input_scale)


def _passes(case: Case) -> str:
    """For relu: where the gradient stops."""
    result = case.saved.get("result")
    if not isinstance(result, Array) or len(result.flat) < 2:
        return ""
    stopped = sum(not value > 0 for value in result.flat)
    return f"It is 0 at {stopped} of {len(result.flat)} elements: nothing flows back there." if stopped else ""


def _softmax_shares(case: Case) -> Shares:
    result, incoming = case.array("result"), case.given()
    axis = case.axis("dim", len(result.shape))
    return [times(result, _without_mean(incoming, times(incoming, result), axis))]


def _without_mean(incoming: Array, weighted: Array, axis: int) -> Array:
    if not incoming.shape:
        return Array((), [incoming.item - weighted.item])
    return elementwise(lambda a, b: a - b, incoming, total(weighted, [axis], kept=True))


def _log_softmax_shares(case: Case) -> Shares:
    result, incoming = case.array("result"), case.given()
    axis = case.axis("dim", len(result.shape))
    sums = total(incoming, [axis], kept=True) if incoming.shape else incoming
    return [elementwise(lambda a, logarithm, sum: a - math.exp(logarithm) * sum, incoming, result, sums)]


def _softmax_words(case: Case) -> str:
    return (
        "Every result of softmax depends on every input along the axis. With s for the result and g for the incoming "
        "gradient, s·(g - sum of g·s) goes back: the sum is taken along that axis, so what goes back adds up to 0."
    )


def _log_softmax_words(case: Case) -> str:
    return (
        "With g for the incoming gradient, g - softmax·(sum of g) goes back; softmax is exp of the saved result, "
        "and the sum is taken along the axis."
    )


def _leaky(names: Mapping[str, str]) -> str:
    return f"1 where {names['self']} > 0, else {names.get('negative_slope', 'the negative slope')}"


_GELU_NOTE: Final = "Phi(x) + x·phi(x), with x for {self}, Phi and phi the normal distribution and its density"


class _Gelu:
    """Gelu comes in two forms, and the node saved which."""

    @staticmethod
    def shares(case: Case) -> Shares:
        slope = _gelu_tanh_slope if case.saved.get("approximate") == "tanh" else _gelu_slope
        return wanted(case, lambda: times(case.given(), elementwise(slope, case.array("self"))))

    @staticmethod
    def words(case: Case) -> str:
        if case.saved.get("approximate") == "tanh":
            return "Each element of the incoming gradient is multiplied by the slope of gelu, here in its tanh form."
        slope = _GELU_NOTE.format(self=case.name("self"))
        return f"The slope of gelu is {slope}. Each element of the incoming gradient is multiplied by it."


ACTIVATIONS: Final[dict[str, Rule]] = {
    "ReluBackward0": Elementwise(
        "relu({self})",
        (Slope("self", "1 where {self} > 0, else 0", ("result",), lambda result: float(result > 0)),),
        _passes,
    ),
    "LeakyReluBackward0": Elementwise(
        "leaky_relu({self})",
        (
            Slope(
                "self",
                _leaky,
                ("self", "negative_slope"),
                lambda self, negative_slope: 1.0 if self > 0 else negative_slope,
            ),
        ),
    ),
    "SigmoidBackward0": Elementwise(
        "sigmoid({self})",
        (Slope("self", "{result}·(1 - {result})", ("result",), lambda result: result * (1 - result)),),
    ),
    "TanhBackward0": Elementwise(
        "tanh({self})", (Slope("self", "1 - {result}**2", ("result",), lambda result: 1 - result * result),)
    ),
    "SoftplusBackward0": Elementwise(
        "softplus({self})",
        (Slope("self", "sigmoid(beta·{self})", ("self", "beta", "threshold"), _softplus_slope),),
    ),
    "SiluBackward0": Elementwise(
        "{self}·sigmoid({self})",
        (
            Slope(
                "self",
                "s·(1 + {self}·(1 - s)) with s for sigmoid({self})",
                ("self",),
                lambda self: _sigmoid(self) * (1 + self * (1 - _sigmoid(self))),
            ),
        ),
    ),
    "EluBackward0": Elementwise(
        "elu({self})",
        (
            Slope(
                "self",
                "1 where {self} > 0, else alpha·exp({self})",
                ("self", "alpha", "scale", "input_scale"),
                _elu_slope,
            ),
        ),
    ),
    "GeluBackward0": Told(_Gelu.words, _Gelu.shares),
    "SoftmaxBackward0": Told(_softmax_words, _softmax_shares),
    "SafeSoftmaxBackward0": Told(_softmax_words, _softmax_shares),
    "LogSoftmaxBackward0": Told(_log_softmax_words, _log_softmax_shares),
}
"""Nodes of activation functions."""
