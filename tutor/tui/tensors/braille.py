"""A line through points, drawn with braille characters: two dots across and four down in every cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

_DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK: Final = 0x2800


def line_plot(points: Sequence[tuple[float, float]], width: int, height: int) -> list[str]:
    """Points in order of x, joined by straight lines; the lowest y at the bottom, the highest at the top.

    A point whose y is not finite interrupts the line.

    Args:
        points: At least one.
        width: Cells.
        height: Rows.

    Returns:
        The rows, from the top.
    """
    across, down = width * 2 - 1, height * 4 - 1
    cells = [[0] * width for _ in range(height)]
    low, high = limits([y for _, y in points]) or (0.0, 0.0)
    first, last = points[0][0], points[-1][0]

    def place(x: float, y: float) -> tuple[int, int]:
        # Halved first: the distance of two numbers can be larger than the largest number.
        half = high / 2 - low / 2
        share = (y / 2 - low / 2) / half if half else 0.5
        return round((x - first) / (last - first) * across) if last > first else 0, down - round(share * down)

    places = [place(x, y) if math.isfinite(y) else None for x, y in points]
    for at in places:
        if at is not None:
            _dot(cells, *at)
    for start, end in pairwise(places):
        if start is not None and end is not None:
            _join(cells, start, end)
    return ["".join(chr(_BLANK + cell) if cell else " " for cell in row) for row in cells]


def limits(values: Sequence[float]) -> tuple[float, float] | None:
    """The least and the largest finite value, None where there is none."""
    finite = [value for value in values if math.isfinite(value)]
    return (min(finite), max(finite)) if finite else None


def column_of(x: float, first: float, last: float, width: int) -> int:
    """The cell, from the left, above which ``line_plot`` draws an x."""
    return min(max(round((x - first) / (last - first) * (width * 2 - 1)) // 2, 0), width - 1) if last > first else 0


def _join(cells: list[list[int]], start: tuple[int, int], end: tuple[int, int]) -> None:
    (x, y), (to_x, to_y) = start, end
    steps = max(abs(to_x - x), abs(to_y - y))
    for step in range(1, steps):
        _dot(cells, x + round((to_x - x) * step / steps), y + round((to_y - y) * step / steps))


def _dot(cells: list[list[int]], x: int, y: int) -> None:
    cells[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
