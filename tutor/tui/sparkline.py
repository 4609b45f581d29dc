"""How the loss went, as a few blocks: the values that the program called backward on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import isfinite
from typing import Final, NamedTuple

from tutor.plain.format import harmless
from tutor.recording.format import Change
from tutor.recording.moment import first_tensor
from tutor.recording.recording import Recording
from tutor.tui.text import scalar

BLOCKS: Final = "▁▂▃▄▅▆▇█"

NOT_FINITE: Final = "×"
"""Stands for nan and inf."""


class Point(NamedTuple):
    """The value of one backward call."""

    step: int
    """Of the call."""
    value: float


class Losses(NamedTuple):
    """The values of the backward calls on one expression."""

    label: str
    """``loss``, empty where there are none."""
    points: list[Point]

    def until(self, number: int) -> int:
        """How many of the points had come up to a step."""
        return bisect_right(self.points, number, key=lambda point: point.step)


def losses_of(recording: Recording, calls: Sequence[int], limit: int) -> Losses:
    """The scalars that backward was called on, of the expression that the last call was made on.

    Args:
        recording: May still be growing.
        calls: The steps of its backward calls.
        limit: Points at most; where there are more calls they are taken evenly, the first and the last included.
    """
    count = min(len(calls), limit)
    chosen = [calls[round(place * (len(calls) - 1) / max(count - 1, 1))] for place in range(count)]
    found = [
        (root_text(recording, step), Point(step, value))
        for step in chosen
        if (value := _value(recording, step)) is not None
    ]
    label = found[-1][0] if found else ""
    return Losses(label, [point for text, point in found if text == label])


def root_text(recording: Recording, call: int) -> str:
    """What backward was called on, as the program writes it: ``loss`` of ``loss.backward()``."""
    source = recording.site(call).source
    return harmless(" ".join(source.partition(".backward(")[0].split()))


def _value(recording: Recording, call: int) -> float | None:
    """The number that backward started from, None where it was no number."""
    detail = recording.step(call).detail
    tensor = first_tensor(["list", None, "", detail[0]]) if detail is not None else None
    born = recording.index.tensors.get(tensor) if tensor is not None else 0
    if not born:
        return None
    for change in recording.step(born).changes:
        if change[0] == Change.TENSOR and change[1] == tensor:
            value = scalar(recording.tables.metas[change[2]], change[7])
            return float(value) if isinstance(value, int | float) else None
    return None


def blocks(values: Sequence[float]) -> str:
    """One block for each value, the lowest ``▁``, the highest ``█``; all ``▄`` where they are equal."""
    finite = [value for value in values if isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if high == low:
        return "".join("▄" if isfinite(value) else NOT_FINITE for value in values)
    top = len(BLOCKS) - 1
    # Divided first: the difference of two large numbers may be infinite.
    span = high / 2 - low / 2
    return "".join(
        BLOCKS[round(top * ((value / 2 - low / 2) / span))] if isfinite(value) else NOT_FINITE for value in values
    )
