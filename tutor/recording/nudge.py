"""What has to be known to run a program again with one element of a leaf changed a little.

One room finds it out from a recording, another carries it out.
"""

from __future__ import annotations

import msgspec


class NudgePlan(msgspec.Struct, frozen=True):
    """Where to nudge a leaf, where to look, and what backward says."""

    name: str
    """The leaf, as the learner calls it."""
    paths: list[str]
    """Every name of it where it is used."""
    shape: list[int]
    dtype: str
    values: list[float]
    """Its elements, row by row, as they are used."""
    use_line: int
    """The line whose statement is the first to use it on the way to the result."""
    use_calls: int
    """How many backward calls came before that."""
    call: int
    """Which backward call of the program is meant, from 1."""
    call_line: int
    """Its line."""
    roots: list[list[float]]
    """The elements of each tensor that it begins at, as they were recorded."""
    gradient: list[float]
    """What it brought to the leaf, row by row."""
    was_added: bool
    """Whether that was added to a gradient that was there before."""
    elements: list[int]
    """The elements to nudge, counted row by row."""


class Slope(msgspec.Struct, frozen=True):
    """One element, nudged both ways."""

    element: int
    value: float
    nudge: float
    """How far it was moved, up and down."""
    slope: float
    """(result above - result below) / (value above - value below)."""
    gradient: float
    """What backward says."""

    @property
    def difference(self) -> float:
        """How far the two are apart."""
        return self.slope - self.gradient


class Slopes(msgspec.Struct, frozen=True):
    """What came of it."""

    runs: int
    seconds: float
    dtype: str = ""
    """What was computed in: ``float64`` where the whole program could be run in it, else that of the leaf."""
    rows: list[Slope] = []
    problem: str = ""
    """Why there are none, empty where there are."""
