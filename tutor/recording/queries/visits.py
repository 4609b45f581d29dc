"""The times a run comes to a statement: each is called a visit, and all the steps of the statement belong to it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

from tutor.recording.format import Change, Kind
from tutor.recording.index import Turns
from tutor.recording.queries.loops import loop_at
from tutor.recording.recording import Recording

_INSIDE = frozenset((Kind.INNER, Kind.NODE, Kind.ACCUMULATE))
"""Steps that never begin a visit: they belong to what runs already."""


class Visit(NamedTuple):
    """One run of a statement."""

    first: int
    """Its first step; a function of the program that it calls may begin before it does anything itself."""
    last: int
    """Its last step: what it calls and what runs inside backward included."""


def last_visit(recording: Recording, lines: range, turn: int | None = None) -> Visit | None:
    """The last visit of a statement, None if the run never comes there.

    Args:
        recording: The recording, as far as it is there.
        lines: The lines of the statement; of a compound one those of its head.
        turn: Only visits in this turn of the innermost loop around it count.
    """
    visits = _own_steps_back(recording, lines)
    if turn is None:
        own = next(visits, None)
        return None if own is None else _whole(recording, lines, own)
    turns: Turns | None = None
    for own in visits:
        if turns is None:
            loop = loop_at(recording, own)
            if loop is None:
                return None
            turns = recording.index.turns[loop.line]
        place = bisect_right(turns.steps, own) - 1
        if place >= 0 and turns.turns[place] == turn:
            return _whole(recording, lines, own)
    return None


def _own_steps_back(recording: Recording, lines: range) -> Iterator[int]:
    """For each visit of a statement the first step that is its own, the last visit first."""
    steps = list(merge(*(recording.index.lines.get(line, ()) for line in lines)))
    for position in range(len(steps) - 1, -1, -1):
        step = steps[position]
        continues = _continues(recording, step, lines) and not _begins_turn(recording, step)
        if not continues and not _is_inside(recording, step):
            yield step


def _continues(recording: Recording, step: int, lines: range) -> bool:
    """Whether the step before, passing over what is deeper or inside, is of the same statement and function."""
    depths = recording.index.depths
    before = step - 1
    while before and (depths[before] > depths[step] or _is_inside(recording, before)):
        before -= 1
    return bool(before) and depths[before] == depths[step] and recording.site(before).line in lines


def _is_inside(recording: Recording, step: int) -> bool:
    """Whether a step is a part of another one. The program's own function that backward calls is not."""
    parent, depths = recording.index.parents[step], recording.index.depths
    return recording.kind(step) in _INSIDE or bool(parent and depths[parent] == depths[step])


def _begins_turn(recording: Recording, step: int) -> bool:
    """Whether a turn of a loop on the line of a step begins with the step."""
    turns = recording.index.turns.get(recording.site(step).line)
    if turns is None:
        return False
    place = bisect_left(turns.steps, step)
    return place < len(turns.steps) and turns.steps[place] == step


def _whole(recording: Recording, lines: range, own: int) -> Visit:
    """The visit whose first own step is given."""
    depths = recording.index.depths
    last = own
    while last < recording.count:
        following = last + 1
        inside = depths[following] > depths[own] or _is_inside(recording, following)
        if not inside and (recording.site(following).line not in lines or _begins_turn(recording, following)):
            break
        last = following
    return Visit(_first_call(recording, lines, own), last)


def _first_call(recording: Recording, lines: range, own: int) -> int:
    """The first step of the first function that a visit calls before its own first step, else that step."""
    depths = recording.index.depths
    deeper = own
    while deeper > 1 and depths[deeper - 1] > depths[own]:
        deeper -= 1
    found = own
    for step in recording.steps(deeper, own - 1) if deeper < own else ():
        opened = [change for change in step.changes if change[0] == Change.OPEN]
        for position, (_, _, _, call_line) in enumerate(opened):
            if depths[step.number] - len(opened) + position == depths[own]:
                # The statement before may have ended with a call as well.
                found = min(found, step.number) if call_line in lines else own
    return found
