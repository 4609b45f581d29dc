"""Where a visit of a line ends, for lines whose visits are short."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from tutor.quiz.made.statements import statements_of
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

_LONGEST: Final = 500
"""Steps of a visit that are gone through."""

_INSIDE: Final = (Kind.INNER, Kind.NODE, Kind.ACCUMULATE, Kind.OUTPUT, Kind.WARNING)


def end_of(recording: Recording, number: int) -> int | None:
    """The last step of the statement that a step of it is in: what it calls included. None where that is far off, or
    where the statement raised, or where nothing comes after it yet.

    Args:
        recording: May still be growing.
        number: A step that is not inside another one.
    """
    index, statements = recording.index, statements_of(recording)
    statement = statements.at(recording.site(number).line)
    depth = index.depths[number]
    for candidate in range(number + 1, min(number + _LONGEST, recording.count) + 1):
        kind = recording.kind(candidate)
        if kind is Kind.ERROR:
            return None
        if index.depths[candidate] > depth or kind in _INSIDE:
            continue
        if any(_begins_turn(recording, loop, candidate) for loop in (statement.loops if statement else ())):
            return candidate - 1
        if index.depths[candidate] < depth or statements.at(recording.site(candidate).line) is not statement:
            return candidate - 1
    return recording.count if recording.end is not None and recording.count < number + _LONGEST else None


def _begins_turn(recording: Recording, loop: int, number: int) -> bool:
    """Whether a turn of a loop begins with a step, or the loop is left with it."""
    turns = recording.index.turns.get(loop)
    if turns is None:
        return False
    place = bisect_left(turns.steps, number)
    return place < len(turns.steps) and turns.steps[place] == number
