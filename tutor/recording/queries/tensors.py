"""Tensors by where they come from: the step that made one, the steps that wrote to its memory, those without a name."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from tutor.recording.format import Change
from tutor.recording.model import TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.state import State


class Write(NamedTuple):
    """A step that changed the values in a storage."""

    step: int
    before: int | None
    """Version of the tensors there before it; None for the step that made the storage."""
    after: int
    """Version after it. The same as before where the write went past the version counter (``.data``, numpy)."""


class Nameless(NamedTuple):
    """A tensor that is alive although no name leads to it."""

    tensor: TensorRecord
    expression: str
    """The one whose result it is."""


def born(recording: Recording, tensor: int) -> int | None:
    """The step whose result a tensor is, or in which it was first seen; None if it never was."""
    return recording.index.tensors.get(tensor) or None


def expression(recording: Recording, tensor: int) -> str | None:
    """The source of the step whose result a tensor is."""
    step = born(recording, tensor)
    return recording.site(step).source if step is not None and step <= recording.count else None


def nameless(recording: Recording, state: State) -> list[Nameless]:
    """Results without a name that the program still holds, oldest first; not what only the graph keeps."""
    holders, gradients = state.holders, state.grad_of
    return [
        Nameless(record, expression(recording, id) or "")
        for id, record in state.tensors.items()
        if not record.freed and id not in holders and id not in gradients
    ]


def writes(recording: Recording, storage: int, number: int) -> list[Write]:
    """Every step up to a step that wrote to a storage, the one that made it first.

    A storage is the number in ``TensorRecord.storage``; 0 (memory that is not known) has none.
    """
    made = recording.index.storages.get(storage)
    if not storage or not 0 < made <= number:
        return []
    found = []
    for change in recording.step(made).changes:
        if change[0] == Change.TENSOR and change[4] == storage:
            found = [Write(made, None, change[3])]
            break
    written = recording.index.writes.get(storage)
    if written is not None:
        last = bisect_right(written.steps, number)
        found += map(Write, written.steps[:last], written.before[:last], written.after[:last])
    return found
