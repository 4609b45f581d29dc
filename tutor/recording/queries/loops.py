"""The loops of the program: which one a step is in, and where each of its turns begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from tutor.recording.index import Turns
from tutor.recording.recording import Recording


class Loop(NamedTuple):
    """One run of a loop, seen from a step in it."""

    line: int
    scope: int
    turn: int
    """The turn that the step is in, from 1."""
    starts: list[int]
    """The first step of each turn, as far as recorded."""


def loop_at(recording: Recording, number: int) -> Loop | None:
    """The innermost loop that is running after a step, with all its turns."""
    found = _entry(recording, number)
    if found is None:
        return None
    turns, position, line = found
    before = [turns.steps[place] for place in _back(turns, position)][::-1]
    after = [turns.steps[place] for place in _forward(turns, position)]
    return Loop(line, turns.scopes[position], turns.turns[position], [*before, turns.steps[position], *after])


def next_turn(recording: Recording, number: int) -> int | None:
    """The first step of the next turn of the innermost loop."""
    found = _entry(recording, number)
    if found is None:
        return None
    turns, position, _ = found
    place = next(_forward(turns, position), None)
    return None if place is None else turns.steps[place]


def previous_turn(recording: Recording, number: int) -> int | None:
    """The first step of the turn before this one, of the innermost loop."""
    found = _entry(recording, number)
    if found is None:
        return None
    turns, position, _ = found
    place = next(_back(turns, position), None)
    return None if place is None else turns.steps[place]


def _entry(recording: Recording, number: int) -> tuple[Turns, int, int] | None:
    """Where the turn that a step is in stands among the turns of its line."""
    for scope in reversed(recording.state(number).scopes.values()):
        if not scope.turns:
            continue
        line = list(scope.turns)[-1]
        turns = recording.index.turns[line]
        position = bisect_right(turns.steps, number) - 1
        while position >= 0 and turns.scopes[position] != scope.id:
            position -= 1
        return (turns, position, line) if position >= 0 else None
    return None


def _forward(turns: Turns, position: int) -> Iterator[int]:
    """Places of the turns of the same run after one. In between may be turns of other calls."""
    scope, turn = turns.scopes[position], turns.turns[position]
    for place in range(position + 1, len(turns.steps)):
        if turns.scopes[place] != scope:
            continue
        if turns.turns[place] <= turn:
            return
        turn = turns.turns[place]
        yield place


def _back(turns: Turns, position: int) -> Iterator[int]:
    scope, turn = turns.scopes[position], turns.turns[position]
    for place in range(position - 1, -1, -1):
        if turns.scopes[place] != scope:
            continue
        if not 0 < turns.turns[place] < turn:
            return
        turn = turns.turns[place]
        yield place
