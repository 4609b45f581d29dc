"""What a backward call, or any other step with steps inside, did to a ``.grad``. Found by the index, not by reading."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

from tutor.lesson.value import Value
from tutor.quiz.made.spot import Spot
from tutor.quiz.made.values import gradient_value, value_of
from tutor.recording.format import Kind
from tutor.recording.recording import Recording
from tutor.recording.state import State

_DEEPEST: Final = 50
"""Steps around a step that are looked through."""


class Changed(NamedTuple):
    """The last change of a ``.grad`` inside a step."""

    step: int
    value: Value | None
    """None where it is not known or too large to be asked for."""


def inside(recording: Recording, number: int, call: int) -> bool:
    """Whether a step is part of another one."""
    parents = recording.index.parents
    for _ in range(_DEEPEST):
        if number <= call:
            return number == call
        number = parents[number]
    return False


def outermost(recording: Recording, number: int) -> int:
    """The step that holds a step and is held by none in the same function."""
    parents, depths = recording.index.parents, recording.index.depths
    while parents[number] and depths[parents[number]] == depths[number]:
        number = parents[number]
    return number


def last_change(recording: Recording, tensor: int, call: int) -> Changed | None:
    """What was in a tensor's ``.grad`` after the last of the steps inside a call that changed it, None if none did."""
    steps = recording.index.gradients.get(tensor)
    if steps is None:
        return None
    position, last = bisect_right(steps, call), 0
    while position < len(steps) and inside(recording, steps[position], call):
        last = steps[position]
        position += 1
    return Changed(last, gradient_after(recording, tensor, last)) if last else None


def gradient_after(recording: Recording, tensor: int, number: int) -> Value | None:
    """What was in a tensor's ``.grad`` after a step that changed it."""
    if recording.kind(number) is Kind.ACCUMULATE:
        detail = recording.step(number).detail
        if detail[0] == tensor:
            return gradient_value(recording, detail[3])
    return gradient_in(recording.state(number), tensor)


def gradient_in(state: State, tensor: int) -> Value | None:
    """What is in a tensor's ``.grad``; ``NONE`` where there is nothing, None where it is not known."""
    record = state.tensors.get(tensor)
    if record is None:
        return None
    if record.grad is None:
        return Value("NoneType")
    held = state.tensors.get(record.grad)
    return None if held is None else value_of(held)


def contributions_before(recording: Recording, tensor: int, number: int, spot: Spot) -> int:
    """How often a gradient arrived at a tensor at the same place in the program and in the same turn, before a step."""
    steps = recording.index.gradients.get(tensor, ())
    begin, rounds = 0, (*spot.outer, *spot.rounds)
    if rounds:
        turns = recording.index.turns[rounds[-1].line].steps
        begin = turns[max(bisect_right(turns, number) - 1, 0)]
    count = 0
    for position in range(bisect_left(steps, number) - 1, -1, -1):
        step = steps[position]
        if step < begin or count > _DEEPEST:
            break
        if recording.index.sites[step] == recording.index.sites[number]:
            count += 1
    return count


def is_last_turn(recording: Recording, line: int, scope: int, number: int) -> bool | None:
    """Whether a step is in the last turn of the loop on a line, None where that is not recorded yet."""
    turns = recording.index.turns.get(line)
    if turns is None:
        return None
    position = bisect_right(turns.steps, number)
    for place in range(position, min(position + _DEEPEST, len(turns.steps))):
        if turns.scopes[place] == scope:
            return turns.turns[place] <= 1
    return True if recording.end is not None and position + _DEEPEST >= len(turns.steps) else None


def is_telling_turn(recording: Recording, spot: Spot, number: int) -> bool:
    """Whether each loop around a spot is in its first or second turn, or in its last."""
    return all(
        round.turn <= 2 or is_last_turn(recording, round.line, round.scope, number)
        for round in (*spot.outer, *spot.rounds)
    )
