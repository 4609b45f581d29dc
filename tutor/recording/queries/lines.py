"""Steps by where they are in the program: the steps of a line, and from step to step line by line.

*Inside* a step are those that name it as parent, directly or not. *Deeper* is a step in a function of the program
that was called later.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache

from tutor.recording.format import Kind
from tutor.recording.recording import Recording

_CHUNK = 4096
_NO_LINE_OF_THEIR_OWN = frozenset((Kind.INNER, Kind.NODE, Kind.ACCUMULATE))


def steps_of_line(recording: Recording, line: int) -> array[int]:
    """All steps that begin on a line; for a later line of an expression those of the expression. May be empty."""
    steps = recording.index.lines.get(line)
    if steps is not None:
        return steps
    around = [site for site in recording.tables.sites.values() if site.line < line <= site.end_line]
    if not around:
        return array("I")
    return recording.index.lines.get(max(site.line for site in around), array("I"))


def next_of_line(recording: Recording, line: int, number: int) -> int | None:
    """The first step of a line after a step."""
    steps = steps_of_line(recording, line)
    position = bisect_right(steps, number)
    return steps[position] if position < len(steps) else None


def previous_of_line(recording: Recording, line: int, number: int) -> int | None:
    """The last step of a line before a step."""
    steps = steps_of_line(recording, line)
    position = bisect_left(steps, number)
    return steps[position - 1] if position else None


def next_line(recording: Recording, number: int) -> int | None:
    """The next step on another line, deeper or not. What library code and backward did has no line of its own."""
    kinds, line = recording.index.kinds, _line(recording, number)
    for candidate in range(number + 1, recording.count + 1):
        if kinds[candidate] not in _NO_LINE_OF_THEIR_OWN and _line(recording, candidate) != line:
            return candidate
    return None


def previous_line(recording: Recording, number: int) -> int | None:
    """The first of the steps on the line that ran before this one's line."""
    kinds, line, found = recording.index.kinds, _line(recording, number), None
    for candidate in range(number - 1, 0, -1):
        if kinds[candidate] in _NO_LINE_OF_THEIR_OWN:
            continue
        here = _line(recording, candidate)
        if found is None:
            if here == line:
                continue
            line = here
        elif here != line:
            break
        found = candidate
    return found


def step_over(recording: Recording, number: int) -> int | None:
    """The next step on another line that is neither inside this step nor deeper."""
    parents, line = recording.index.parents, _line(recording, number)
    for candidate in _not_deeper(recording, number + 1, recording.index.depths[number]):
        if parents[candidate] < max(number, 1) and _line(recording, candidate) != line:
            return candidate
    return None


def step_back(recording: Recording, number: int) -> int | None:
    """The first of the steps on the line before this one's, passing over what is inside other steps or deeper."""
    parents, depths = recording.index.parents, recording.index.depths
    outer = {0}
    parent = parents[number]
    while parent not in outer:
        outer.add(parent)
        parent = parents[parent]
    line, depth, found = _line(recording, number), depths[number], None
    for candidate in _not_deeper_before(recording, number - 1, depth):
        if parents[candidate] not in outer:
            continue
        here = _line(recording, candidate)
        if found is None:
            if here == line:
                continue
            line, depth = here, depths[candidate]
        elif here != line or depths[candidate] != depth:
            break
        found = candidate
    return found


def step_out(recording: Recording, number: int) -> int | None:
    """The next step after the one that holds this step; else after the function that this step is in."""
    parents = recording.index.parents
    parent = parents[number]
    if parent:
        for candidate in range(number + 1, recording.count + 1):
            if parents[candidate] < parent:
                return candidate
        return None
    depth = recording.index.depths[number]
    return next(_not_deeper(recording, number + 1, depth - 1), None) if depth else None


def _line(recording: Recording, number: int) -> int:
    return recording.site(number).line if number else 0


def _not_deeper(recording: Recording, start: int, depth: int) -> Iterator[int]:
    depths, pattern = recording.index.depths, _up_to(depth)
    for begin in range(start, recording.count + 1, _CHUNK):
        for match in pattern.finditer(bytes(depths[begin : begin + _CHUNK])):
            yield begin + match.start()


def _not_deeper_before(recording: Recording, start: int, depth: int) -> Iterator[int]:
    depths, pattern = recording.index.depths, _up_to(depth)
    for end in range(start, 0, -_CHUNK):
        for match in pattern.finditer(bytes(depths[max(end - _CHUNK, 0) + 1 : end + 1][::-1])):
            yield end - match.start()


@cache
def _up_to(depth: int) -> re.Pattern[bytes]:
    return re.compile(rb"[\x00-\x%02x]" % depth)
