"""What came into a tensor's ``.grad``, from which backward call, and what put it back."""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum
from typing import Any

import msgspec

from tutor.recording.format import Kind
from tutor.recording.model import Content, Meta
from tutor.recording.recording import Recording
from tutor.recording.state import State
from tutor.recording.values import numbers


class GradientChange(StrEnum):
    """What a step did to a ``.grad``."""

    TAKEN_OVER = "taken over"
    """It was None and became the gradient that arrived."""
    ADDED = "added"
    """The gradient that arrived was added to it."""
    TO_NONE = "set to None"
    TO_ZERO = "set to zero"
    ASSIGNED = "assigned"
    """Another tensor was put in its place."""
    WRITTEN = "written"
    """Its values were changed in place: clipped, scaled."""


RESETS = frozenset((GradientChange.TO_NONE, GradientChange.TO_ZERO))
"""The changes after which nothing of the earlier ones is left."""

Gradient = tuple[Meta, Content] | None
"""A value of a ``.grad``, None where there was none."""


class GradientEvent(msgspec.Struct, frozen=True):
    """A step that changed a ``.grad``."""

    step: int
    change: GradientChange
    before: Gradient
    contribution: Gradient
    """What arrived; None for anything but a backward call."""
    after: Gradient
    backward: int
    """The step of the backward call, 0 for anything else."""


def gradient_events(
    recording: Recording, tensor: int, number: int, *, since_reset: bool = True, limit: int | None = None
) -> list[GradientEvent]:
    """Every step up to a step that changed a tensor's ``.grad``, oldest first.

    Args:
        recording: Where.
        tensor: A leaf, or a tensor that retains its gradient.
        number: The last step that counts.
        since_reset: Begin with the last step that set it to None or zero (if there is one), not at the beginning.
        limit: At most this many, the newest.
    """
    steps = recording.index.gradients.get(tensor)
    events: list[GradientEvent] = []
    if steps is None:
        return events
    for position in range(bisect_right(steps, number) - 1, -1, -1):
        if limit is not None and len(events) >= limit:
            break
        event = _event(recording, tensor, steps[position])
        if event is None:
            continue
        events.append(event)
        if since_reset and event.change in RESETS:
            break
    return events[::-1]


def _event(recording: Recording, tensor: int, number: int) -> GradientEvent | None:
    if recording.kind(number) is Kind.ACCUMULATE:
        step = recording.step(number)
        id, before, contribution, after, taken_over = step.detail
        if id == tensor:
            change = GradientChange.TAKEN_OVER if taken_over else GradientChange.ADDED
            was, arrived, now = (_gradient(recording, value) for value in (before, contribution, after))
            return GradientEvent(number, change, was, arrived, now, step.parent)
    old, before = _held(recording.state(number - 1), tensor)
    new, after = _held(recording.state(number), tensor)
    if old is None and new is None:
        return None
    if new is None:
        change = GradientChange.TO_NONE
    elif _is_zero(after):
        change = GradientChange.TO_ZERO
    else:
        change = GradientChange.WRITTEN if old == new else GradientChange.ASSIGNED
    return GradientEvent(number, change, before, None, after, 0)


def _gradient(recording: Recording, value: Any) -> Gradient:
    return None if value is None else (recording.tables.metas[value[0]], value[1])


def _held(state: State, tensor: int) -> tuple[int | None, Gradient]:
    """Which tensor is in a ``.grad``, and its value."""
    record = state.tensors.get(tensor)
    gradient = state.tensors.get(record.grad) if record is not None and record.grad is not None else None
    return (None, None) if gradient is None else (gradient.id, (gradient.meta, gradient.content))


def _is_zero(gradient: Gradient) -> bool:
    if gradient is None:
        return False
    meta, content = gradient
    if isinstance(content, dict):
        return content.get("min") == content.get("max") == 0 and not content.get("nan") and not content.get("inf")
    try:
        return content is not None and not any(numbers(meta.dtype, content))
    except ValueError:
        return False
