"""How the value of a name and its ``.grad`` went over the steps."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from tutor.recording.model import TensorRecord
from tutor.recording.recording import NameKey, Recording
from tutor.recording.state import State


class Point(NamedTuple):
    """What a name was from a step on."""

    step: int
    line: int
    turn: int | None
    """Of the innermost loop that was running, None outside of loops."""
    reference: Any
    """What the name referred to, as a reference of the format."""
    value: TensorRecord | None
    """The tensor, None where the name referred to something else."""
    gradient: TensorRecord | None
    """What was in its ``.grad``."""
    value_changed: bool
    """Whether the value differs from that of the point before."""
    gradient_changed: bool


def change_steps(
    recording: Recording, of: NameKey | int, limit: int | None = None, until: int | None = None
) -> array[int]:
    """Numbers of the steps at which a history looks, in order, without reading any of them.

    Args:
        recording: Where.
        of: A name in a function, whichever call and whatever it was bound to; or the id of a tensor.
        limit: At most this many: the first, the last, and others evenly in between.
        until: The last step that counts, None for all.
    """
    steps = _steps_of_tensor(recording, of) if isinstance(of, int) else recording.changes_of(of)
    if until is not None:
        steps = steps[: bisect_right(steps, until)]
    if limit is None or len(steps) <= limit:
        return array("I", steps)
    last = len(steps) - 1
    return array("I", (steps[last * place // max(limit - 1, 1)] for place in range(limit)))


def history(
    recording: Recording, of: NameKey | int, limit: int | None = 2000, until: int | None = None
) -> Iterator[Point]:
    """The steps that changed a value or its ``.grad``, oldest first, each read when it is asked for.

    A name is followed over rebinding: ``w = w - g`` goes on with the history of ``w``. A name that did not exist
    after a step has no point there, and neither has a change of flags alone. Where there are more changes than the
    limit, those in between are passed over, and a point tells the difference to the one before it in the history.
    A point costs as much as a state: a few milliseconds at most, however long the recording is.

    Args:
        recording: Where; its states are asked for in between, so keep none across two points.
        of: A name in a function, whichever call; or the id of a tensor, for a result without a name.
        limit: Steps looked at, at most; None for all of them.
        until: The last step that counts, None for all.

    Raises:
        DamagedError: a step cannot be read.
    """
    before: Point | None = None
    for number in change_steps(recording, of, limit, until):
        state = recording.state(number)
        reference = of if isinstance(of, int) else _reference(state, of)
        value = state.tensors.get(reference) if isinstance(reference, int) else None
        if reference is None or (isinstance(reference, int) and (value is None or value.freed)):
            before = None if not isinstance(of, int) else before
            continue
        gradient = state.tensors.get(value.grad) if value is not None and value.grad is not None else None
        value_changed = before is None or not _same_value(before, reference, value)
        gradient_changed = not _same(before.gradient if before is not None else None, gradient)
        if not (value_changed or gradient_changed):
            continue
        turns = state.turns()
        turn = turns[-1][1] if turns else None
        line = recording.site(number).line
        point = Point(number, line, turn, reference, value, gradient, value_changed, gradient_changed)
        yield point
        before = point


def _steps_of_tensor(recording: Recording, tensor: int) -> list[int]:
    """The step in which a tensor was first seen, those that wrote to its memory, those that changed its ``.grad``."""
    index = recording.index
    born = index.tensors.get(tensor)
    if not 0 < born <= recording.count:
        return []
    record = recording.state(born).tensors.get(tensor)
    written = index.writes.get(record.storage) if record is not None else None
    steps = [born, *(written.steps if written is not None else ()), *index.gradients.get(tensor, ())]
    return sorted({step for step in steps if step >= born})


def _reference(state: State, name: NameKey) -> Any:
    """What a name refers to, in the innermost of the calls that have it."""
    for scope in reversed(state.scopes.values()):
        if scope.function == name.function and name.path in scope.names:
            return scope.names[name.path]
    return None


def _same_value(before: Point, reference: Any, value: TensorRecord | None) -> bool:
    """Whether a name still holds what it held; another tensor is another value, even with the same numbers."""
    return before.reference == reference and _same(before.value, value)


def _same(old: TensorRecord | None, new: TensorRecord | None) -> bool:
    if old is None or new is None:
        return old is new
    return old is new or (old.content == new.content and old.meta.shape == new.meta.shape)


def place_in(points: list[Point], number: int) -> int | None:
    """Which point was the last up to a step, None before the first."""
    place = bisect_right(points, number, key=lambda point: point.step) - 1
    return place if place >= 0 else None


def place_near(points: list[Point], number: int) -> int | None:
    """Which point is nearest to a step, None where there are none."""
    if not points:
        return None
    after = bisect_left(points, number, key=lambda point: point.step)
    near = [place for place in (after - 1, after) if 0 <= place < len(points)]
    return min(near, key=lambda place: abs(points[place].step - number))
