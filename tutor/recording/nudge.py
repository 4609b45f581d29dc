"""What has to be known to run a program again with one element of a leaf changed a little.

One room finds it out from a recording, another carries it out.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

CLOSE: Final = {"float32": 1e-2, "float64": 1e-5}
"""How far slope and gradient may be apart beyond rounding, relative to the largest gradient, and still agree."""

COARSE: Final = 0.1
"""From where on rounding is too much to tell, relative to the largest gradient."""

_LEAST: Final = 1e-6
"""What counts as the largest gradient where that is smaller."""


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
    held: list[float]
    """What ``.grad`` held after it, row by row: more, where the gradient was added to another one."""
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
    noise: float
    """How far apart rounding alone can put the two."""

    @property
    def difference(self) -> float:
        """How far the two are apart."""
        return self.slope - self.gradient


class Verdict(Enum):
    """What slopes and gradients say together."""

    AGREE = "agree"
    APART = "apart"
    UNCLEAR = "unclear"
    """Rounding is as large as what is to be seen."""


class Slopes(msgspec.Struct, frozen=True):
    """What came of it."""

    runs: int
    seconds: float
    dtype: str = ""
    """What was computed in: ``float64`` where the whole program could be run in it, else that of the leaf."""
    rows: list[Slope] = []
    problem: str = ""
    """Why there are none, empty where there are."""

    @property
    def size(self) -> float:
        """The largest gradient."""
        return max(abs(row.gradient) for row in self.rows)

    @property
    def noise(self) -> float:
        """How far apart rounding alone can put a slope and its gradient, at most."""
        return max(row.noise for row in self.rows)

    @property
    def verdict(self) -> Verdict:
        """What the rows say; there are some."""
        if any(is_apart(row, self.size, self.dtype) for row in self.rows):
            return Verdict.APART
        coarse = COARSE * max(self.size, _LEAST)
        return Verdict.UNCLEAR if any(row.difference and row.noise > coarse for row in self.rows) else Verdict.AGREE


def is_apart(row: Slope, size: float, dtype: str) -> bool:
    """Whether a slope is farther from its gradient than nudging and rounding can put it.

    Args:
        row: The two.
        size: The largest gradient of the leaf.
        dtype: What the slope was computed in.
    """
    return not abs(row.difference) <= CLOSE[dtype] * max(size, _LEAST) + row.noise
