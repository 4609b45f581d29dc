"""Numbers as the shortest Python that torch turns into the same bits again."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

_FEWEST_DIGITS: Final = {"float32": 6, "complex64": 6, "float16": 3, "bfloat16": 2}
"""Significant digits that any number of the dtype can tell apart from its neighbours, or fewer."""


def literals(dtype: str, values: Sequence[Any], module: str) -> list[str]:
    """Each element as Python.

    Args:
        dtype: Decides how many digits are needed.
        values: Python numbers, as ``recording.values.numbers`` gives them.
        module: Where nan and inf are found: ``torch`` or ``np``.
    """
    if dtype.startswith("complex"):
        return [_complex(dtype, value, module) for value in values]
    if values and isinstance(values[0], float):
        return [real(dtype, value, module) for value in values]
    return [repr(value) for value in values]


def real(dtype: str, value: float, module: str) -> str:
    """A number that the dtype can hold. A nan keeps its sign; other bits of a nan cannot be written down."""
    if not math.isfinite(value):
        sign = "-" if math.copysign(1.0, value) < 0 else ""
        return f"{sign}{module}.{'nan' if math.isnan(value) else 'inf'}"
    if dtype not in _FEWEST_DIGITS:
        return repr(value)
    rounded = _ROUNDED[dtype]
    for digits in range(_FEWEST_DIGITS[dtype], 17):
        shorter = float(f"{value:.{digits}g}")
        if rounded(shorter) == value:
            return repr(shorter)
    return repr(value)


def _complex(dtype: str, value: complex, module: str) -> str:
    real_part, imaginary = (real(dtype, part, module) for part in (value.real, value.imag))
    plain = math.isfinite(value.real) and math.isfinite(value.imag)
    if not plain or "-0.0" in (real_part, imaginary):
        # Added up, the parts would spoil each other: inf times 0 is nan, and -0.0 + 0.0 is 0.0.
        return f"complex({real_part}, {imaginary})"
    return f"{real_part}{'' if imaginary.startswith('-') else '+'}{imaginary}j"


def _to_float32(value: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _to_float16(value: float) -> float:
    """As torch rounds, by way of float32, provided that numpy, which rounds at once, comes to the same."""
    by_way = _to_half(_to_float32(value))
    return by_way if by_way == _to_half(value) else math.nan


def _to_half(value: float) -> float:
    try:
        return float(struct.unpack("<e", struct.pack("<e", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def _to_bfloat16(value: float) -> float:
    bits = struct.unpack("<I", struct.pack("<f", _to_float32(value)))[0]
    # The lower half goes; ties go to the even neighbour.
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16 << 16
    return float(struct.unpack("<f", struct.pack("<I", bits & 0xFFFFFFFF))[0])


_ROUNDED: Final[dict[str, Callable[[float], float]]] = {
    "float32": _to_float32,
    "complex64": _to_float32,
    "float16": _to_float16,
    "bfloat16": _to_bfloat16,
}
