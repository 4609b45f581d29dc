"""How often values occur, as bars made of block characters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from tutor.plain.format import number

BINS: Final = 10
"""Ranges that the values are sorted into."""

DISTINCT: Final = 10
"""Whole numbers with no more different values than this get a bar each."""

_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


class Bar(NamedTuple):
    """A range of values and how many there are in it."""

    label: str
    amount: int


def bars(values: Sequence[Any]) -> list[Bar]:
    """Finite values sorted into ranges of equal width, or by value where there are only a few whole ones.

    The lower end belongs to a range, the upper one to the next, except for the last. Complex numbers have no order
    and get no bars; nan and the infinities have bars of their own at the end.
    """
    if not values or isinstance(values[0], complex):
        return []
    finite = [value for value in values if math.isfinite(value)]
    found = _by_value(finite) or _by_range(finite)
    strange = Counter(number(value) for value in values if not math.isfinite(value))
    return found + [Bar(label, strange[label]) for label in ("-inf", "inf", "nan") if strange[label]]


def summary_bars(summary: Mapping[str, Any]) -> list[Bar]:
    """The bars of a large tensor, of which a recording keeps the counts only; none where it keeps none."""
    counts = summary.get("histogram")
    if not counts:
        return []
    low, high = float(summary["min"]), float(summary["max"])
    span = high / len(counts) - low / len(counts)
    edges = [low + span * place for place in range(len(counts))] + [high]
    return _ranges(edges, counts) + [Bar(label, summary[label]) for label in ("inf", "nan") if summary.get(label)]


def bar_text(bar: Bar, most: int, width: int) -> str:
    """A bar as long as its share of the longest, in at most ``width`` cells; any count but 0 can be seen."""
    eighths = min(-(-bar.amount * width * 8 // max(most, 1)), width * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _by_value(values: Sequence[Any]) -> list[Bar]:
    if not values or isinstance(values[0], float):
        return []
    counts = Counter(values)
    return [Bar(str(value), counts[value]) for value in sorted(counts)] if len(counts) <= DISTINCT else []


def _by_range(values: Sequence[Any]) -> list[Bar]:
    if not values:
        return []
    low, high = min(values), max(values)
    if low == high:
        return [Bar(number(low), len(values))]
    counts = [0] * BINS
    # Divided before they are subtracted: the distance of two numbers can be larger than the largest number.
    span = high / BINS - low / BINS
    for value in values:
        place = (value / BINS - low / BINS) / span * BINS if span else 0
        counts[min(max(int(place), 0), BINS - 1)] += 1
    edges = [low + span * place for place in range(BINS)] + [high]
    return _ranges(edges, counts)


def _ranges(edges: Sequence[float], counts: Sequence[int]) -> list[Bar]:
    """A bar for each range between two edges."""
    return [Bar(f"{number(a)} … {number(b)}", count) for a, b, count in zip(edges, edges[1:], counts, strict=False)]
