"""Where on the way to a tensor ``requires_grad`` was lost, so that backward cannot get past that point."""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum
from heapq import heappop, heappush
from typing import Any, NamedTuple

from tutor.recording.format import Change, Flag, Kind
from tutor.recording.model import Step
from tutor.recording.recording import Recording


class Cause(StrEnum):
    """Why the result of a step does not require grad."""

    DETACH = "detach"
    """It was cut off on purpose: ``detach()``, ``.data``."""
    NO_GRAD = "no_grad"
    """The operation ran where nothing is recorded for backward."""
    INFERENCE_MODE = "inference_mode"
    NOT_DIFFERENTIABLE = "not differentiable"
    """The operation has no derivative: an integer or boolean result, ``argmax``, a comparison."""
    NEW_TENSOR = "new tensor"
    """It was made from plain numbers, or copied by ``torch.tensor``."""
    SWITCHED_OFF = "switched off"
    """``requires_grad`` was set to False later."""
    CREATE_GRAPH = "create_graph"
    """It is a gradient, computed without ``create_graph=True``."""
    NO_INPUT = "no input requires grad"
    """Nothing it was computed from ever required grad."""


class Lost(NamedTuple):
    """The point where it was lost."""

    step: int
    cause: Cause
    tensor: int
    """The first tensor on the way that does not require grad."""
    source: int | None
    """The input of that step that did, if any."""


LONGEST_WAY = 300
"""Tensors to go back through at most; if it was not lost in these, none of them required grad."""

_BY_NAME = {
    "detach": Cause.DETACH,
    "detach_": Cause.DETACH,
    "data": Cause.DETACH,
    "tensor": Cause.NEW_TENSOR,
    "as_tensor": Cause.NEW_TENSOR,
    "asarray": Cause.NEW_TENSOR,
    "new_tensor": Cause.NEW_TENSOR,
    "grad": Cause.CREATE_GRAPH,
    "backward": Cause.CREATE_GRAPH,
}


def where_lost(recording: Recording, tensor: int, number: int) -> Lost | None:
    """The last step on the way to a tensor that made something without requires_grad out of something with it.

    Args:
        recording: Where.
        tensor: A tensor that does not require grad after ``number``.
        number: The step.

    Returns:
        None where the tensor was not there yet at that step, or does require grad.
    """
    born = recording.index.tensors.get(tensor)
    if not 0 < born <= number or _requires_grad(recording, tensor, number):
        return None
    ready = [(*_newest_first(recording, tensor), number)]
    seen = {tensor}
    while ready and len(seen) < LONGEST_WAY:
        _, made, id, used = heappop(ready)
        flip = _last_flip(recording, id, used)
        if flip is not None:
            named = _BY_NAME.get(recording.site(flip).name.rpartition(".")[2])
            return Lost(flip, Cause.DETACH if named is Cause.DETACH else Cause.SWITCHED_OFF, id, id)
        step = recording.step(made)
        if step.kind in (Kind.NODE, Kind.ACCUMULATE):
            return Lost(step.number, Cause.CREATE_GRAPH, id, None)
        inputs = [source for source in inputs_of(step) if 0 < recording.index.tensors.get(source) < step.number]
        for source in inputs:
            if _requires_grad(recording, source, step.number - 1):
                return Lost(step.number, _cause(step), id, source)
        for source in inputs:
            if source not in seen:
                seen.add(source)
                heappush(ready, (*_newest_first(recording, source), step.number - 1))
    first = recording.step(born)
    return Lost(born, Cause.NO_INPUT if inputs_of(first) else Cause.NEW_TENSOR, tensor, None)


def _newest_first(recording: Recording, tensor: int) -> tuple[int, int, int]:
    """What sorts tensors by the step of the program that made them, the newest first; those of one step, as weight
    and bias of a layer, in the order in which they were made. With the step in which a tensor was first seen."""
    born = call = recording.index.tensors.get(tensor)
    while recording.index.parents[call]:
        call = recording.index.parents[call]
    return -call, born, tensor


def _requires_grad(recording: Recording, tensor: int, number: int) -> bool:
    """Whether a tensor required grad after a step."""
    step = recording.step(recording.index.tensors.get(tensor))
    metas = [change[2] for change in step.changes if change[0] == Change.TENSOR and change[1] == tensor]
    flips = bisect_right(recording.index.flips.get(tensor, ()), number)
    return recording.tables.metas[metas[-1]].requires_grad != bool(flips % 2)


def _last_flip(recording: Recording, tensor: int, number: int) -> int | None:
    """The last step up to a number that switched requires_grad."""
    flips = recording.index.flips.get(tensor, ())
    position = bisect_right(flips, number)
    return flips[position - 1] if position else None


def inputs_of(step: Step) -> list[int]:
    """The tensors among the arguments of an operation, in their order."""
    if step.kind not in (Kind.OPERATION, Kind.INNER) or step.detail is None:
        return []
    found: list[int] = []
    inputs, _, options = [*step.detail, None, None][:3]
    waiting: list[Any] = [*inputs, *(options or {}).values()][::-1]
    while waiting:
        reference = waiting.pop()
        if isinstance(reference, int):
            found.append(reference)
        elif isinstance(reference, list) and len(reference) == 4 and reference[0] != "ndarray":
            waiting += reversed(reference[3])
    return found


def _cause(step: Step) -> Cause:
    named = _BY_NAME.get(step.site.name.rpartition(".")[2])
    if named is not None:
        return named
    if step.flags & Flag.INFERENCE:
        return Cause.INFERENCE_MODE
    return Cause.NOT_DIFFERENTIABLE if step.grad_enabled else Cause.NO_GRAD
