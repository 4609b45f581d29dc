"""Sums, products, powers and the elementary functions. Each works element by element."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from tutor.explain.case import Case
from tutor.explain.rule import Elementwise, Rule, Slope


def _power(names: Mapping[str, str]) -> str:
    """``2·x``, ``3·x**2``, ``p·x**(p - 1)``."""
    exponent, base = names["exponent"], names["self"]
    try:
        less = float(exponent) - 1
    except ValueError:
        return f"{exponent}·{base}**({exponent} - 1)"
    if less == 0:
        return "1"
    return f"{exponent}·{base}" if less == 1 else f"{exponent}·{base}**{less:g}"


def _power_slope(base: float, exponent: float) -> float:
    if exponent == 0:
        return 0.0
    try:
        slope = exponent * base ** (exponent - 1)
    except ZeroDivisionError:
        return math.copysign(math.inf, exponent)
    except OverflowError:
        return math.inf
    return slope if isinstance(slope, float) else math.nan


def _exponent_slope(base: float, exponent: float, result: float) -> float:
    if base == 0:
        return 0.0 if exponent >= 0 else -math.inf
    return result * math.log(base) if base > 0 else math.nan


def _over(number: float) -> float:
    return 1 / number if number else math.copysign(math.inf, number)


def _divisor_slope(self: float, other: float) -> float:
    return -self / other / other if other else math.nan if not self else -math.copysign(math.inf, self)


def _sign(number: float) -> float:
    return float((number > 0) - (number < 0))


def _scaled(sign: str) -> Slope:
    """The slope of something that is added (or taken away) ``alpha`` times."""

    def formula(names: Mapping[str, str]) -> str:
        alpha = names.get("alpha", "1")
        return sign + (alpha if alpha not in ("1", "1.0") else "1")

    factor = -1.0 if sign else 1.0
    return Slope("other", formula, ("alpha",), lambda alpha: factor * alpha)


_ONE: Final = Slope("self", "1", (), lambda: 1.0)
_TIMES: Final = Slope("self", "{other}", ("other",), lambda other: other)
_PARTS: Final = Slope("self", "1/{other}", ("other",), _over)


def _dropped(case: Case) -> str:
    """Dropout on a CPU is a product with a mask."""
    if "dropout" not in case.made_by:
        return ""
    return (
        "That factor is the mask of dropout: 0 for an element that was dropped, 1/(1 - p) for one that was kept. "
        "So nothing flows back where an element was dropped."
    )


ARITHMETIC: Final[dict[str, Rule]] = {
    "AddBackward0": Elementwise("{self} + {other}", (_ONE, _scaled(""))),
    "AddBackward1": Elementwise("{self} + {other}", (_ONE,)),
    "SubBackward0": Elementwise("{self} - {other}", (_ONE, _scaled("-"))),
    "SubBackward1": Elementwise("{self} - {other}", (_ONE,)),
    "RsubBackward0": Elementwise(
        "{other} - {self}",
        (Slope("self", "-1", ("alpha",), lambda alpha: -alpha), Slope("other", "1", (), lambda: 1.0)),
    ),
    "RsubBackward1": Elementwise(
        "{other} - {self}",
        (Slope("self", "-1", ("alpha",), lambda alpha: -alpha),),
    ),
    "MulBackward0": Elementwise(
        "{self}·{other}", (_TIMES, Slope("other", "{self}", ("self",), lambda self: self)), _dropped
    ),
    "MulBackward1": Elementwise("{self}·{other}", (_TIMES,)),
    "DivBackward0": Elementwise(
        "{self}/{other}", (_PARTS, Slope("other", "-{self}/{other}**2", ("self", "other"), _divisor_slope))
    ),
    "DivBackward1": Elementwise("{self}/{other}", (_PARTS,)),
    "NegBackward0": Elementwise("-{self}", (Slope("self", "-1", (), lambda: -1.0),)),
    "PowBackward0": Elementwise("{self}**{exponent}", (Slope("self", _power, ("self", "exponent"), _power_slope),)),
    "PowBackward1": Elementwise(
        "{self}**{exponent}",
        (
            Slope("self", _power, ("self", "exponent"), _power_slope),
            Slope(
                "exponent",
                "{self}**{exponent}·ln({self})",
                ("self", "exponent", "result"),
                _exponent_slope,
            ),
        ),
    ),
    "PowBackward2": Elementwise(
        "{self}**{exponent}",
        (Slope("exponent", "{self}**{exponent}·ln({self})", ("self", "exponent", "result"), _exponent_slope),),
    ),
    "ExpBackward0": Elementwise(
        "exp({self})", (Slope("self", "exp({self}) again, its own result", ("result",), lambda result: result),)
    ),
    "LogBackward0": Elementwise("ln({self})", (Slope("self", "1/{self}", ("self",), _over),)),
    "Log2Backward0": Elementwise(
        "log2({self})", (Slope("self", "1/({self}·ln(2))", ("self",), lambda self: _over(self * math.log(2))),)
    ),
    "Log10Backward0": Elementwise(
        "log10({self})", (Slope("self", "1/({self}·ln(10))", ("self",), lambda self: _over(self * math.log(10))),)
    ),
    "Log1PBackward0": Elementwise(
        "ln(1 + {self})", (Slope("self", "1/(1 + {self})", ("self",), lambda self: _over(1 + self)),)
    ),
    "SqrtBackward0": Elementwise(
        "sqrt({self})",
        (Slope("self", "1/(2·{result})", ("result",), lambda result: _over(2 * result)),),
    ),
    "RsqrtBackward0": Elementwise(
        "1/sqrt({self})", (Slope("self", "-{result}**3/2", ("result",), lambda result: -(result**3) / 2),)
    ),
    "ReciprocalBackward0": Elementwise(
        "1/{self}", (Slope("self", "-{result}**2", ("result",), lambda result: -(result**2)),)
    ),
    "AbsBackward0": Elementwise("|{self}|", (Slope("self", "the sign of {self} (0 at 0)", ("self",), _sign),)),
    "SinBackward0": Elementwise("sin({self})", (Slope("self", "cos({self})", ("self",), math.cos),)),
    "CosBackward0": Elementwise(
        "cos({self})", (Slope("self", "-sin({self})", ("self",), lambda self: -math.sin(self)),)
    ),
}
"""Nodes of arithmetic."""
