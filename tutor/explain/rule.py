"""How a kind of node is told: its derivative as words, and the same as a function that tests can run.

Formulas follow ``derivatives.yaml`` of torch (torchgen/packaged/autograd) and are checked in the tests against finite
differences in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tutor.explain.arrays import Array, elementwise, stretched_axes, summed, times
from tutor.explain.case import Case

Shares = list[Array | None]
"""The outgoing gradient of each edge; None where none goes."""

Formula = str | Callable[[Mapping[str, str]], str]
"""A slope as text: a template with the arguments in braces, or a function of what to call each argument."""


class Slope(msgspec.Struct, frozen=True):
    """The derivative of an elementwise operation with respect to one of its inputs."""

    to: str
    """The input: ``self``."""
    formula: Formula
    takes: tuple[str, ...]
    """Saved values that the slope depends on, in the order of the function's arguments."""
    value: Callable[..., float]

    def at(self, case: Case) -> Array:
        """The slope in numbers.

        Raises:
            KeyError: something that it depends on is not known.
        """
        if not self.takes:
            return Array((), [self.value()])
        return elementwise(self.value, *(case.array(name) for name in self.takes))


class Elementwise(msgspec.Struct, frozen=True):
    """A node whose outgoing gradients are the incoming one times a slope, element by element."""

    of: Formula
    """The operation as text."""
    slopes: tuple[Slope, ...]
    """One for each edge."""
    note: Callable[[Case], str] | None = None
    """A further sentence, where there is something to say."""

    def shares(self, case: Case) -> Shares:
        """The outgoing gradients, summed over the axes that were stretched.

        Raises:
            KeyError: something that they depend on is not known.
        """
        shares: Shares = []
        for position, slope in enumerate(self.slopes):
            goes = position < len(case.shapes) and case.shapes[position] is not None
            shares.append(self.share(case, position, slope) if goes else None)
        return shares

    def share(self, case: Case, position: int, slope: Slope) -> Array:
        """One outgoing gradient.

        Raises:
            KeyError: something that it depends on is not known.
        """
        return summed(times(case.given(), slope.at(case)), case.shape(position))


class Told(msgspec.Struct, frozen=True):
    """A node whose rule is told in a sentence."""

    words: Callable[[Case], str]
    shares: Callable[[Case], Shares]


Rule = Elementwise | Told


def filled(formula: Formula, names: Mapping[str, str]) -> str:
    """A formula with its arguments put in."""
    return formula(names) if callable(formula) else formula.format_map(names)


def stretched_from(case: Case, position: int) -> list[int]:
    """The axes along which broadcasting stretched an input; none where it was not stretched."""
    shape = case.shapes[position] if position < len(case.shapes) else None
    if shape is None:
        return []
    try:
        return stretched_axes(shape, case.came()) or []
    except KeyError:
        return []


def said(text: str) -> Callable[[Case], str]:
    """The same words for every case."""
    return lambda case: text


def wanted(case: Case, *shares: Callable[[], Any]) -> Shares:
    """Those outgoing gradients that go somewhere, each computed only then."""
    return [
        share() if position < len(case.shapes) and case.shapes[position] is not None else None
        for position, share in enumerate(shares)
    ]
