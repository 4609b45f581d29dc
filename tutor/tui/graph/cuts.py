"""Where the graph is cut: inputs of its nodes that lost requires_grad on their way, and why they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from tutor.plain.format import harmless
from tutor.recording.format import Change
from tutor.recording.model import Meta, NodeRecord, Step
from tutor.recording.moment import Moment
from tutor.recording.queries import Cause, Lost, inputs_of, where_lost
from tutor.recording.recording import Recording

STEPS_KEPT: Final = 1024
"""Steps kept in memory once they were read."""

_DEEPEST: Final = 40
"""Tensors gone back through one by one; beyond that the recording is asked as a whole."""

_NO_LOSS: Final = (Cause.NEW_TENSOR, Cause.NO_INPUT)
"""With these nothing was lost, where no input required grad."""


class Cuts:
    """Finds where requires_grad was lost; what was found stays true, so it is looked for once.

    Args:
        recording: May still be growing.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.step = lru_cache(STEPS_KEPT)(recording.step)
        """A step by its number, read once."""
        self._found: dict[tuple[int, int], Lost | None] = {}
        self._below: dict[int, tuple[Lost, ...]] = {}
        self._made: set[int] = set()
        """Tensors that nodes made, which therefore require grad."""

    def of(self, tensor: int, number: int) -> Lost | None:
        """Where a tensor lost its graph; None for one that requires grad after a step, and for plain data."""
        lost = self._find(tensor, number, 0)
        return lost if lost is not None and _is_loss(lost) else None

    def below(self, nodes: Iterable[NodeRecord]) -> dict[int, tuple[Lost, ...]]:
        """For each node whose operation had inputs that were cut off, where those were lost."""
        newest: dict[int, int] = {}
        for node in nodes:
            newest[node.born] = max(newest.get(node.born, 0), node.id)
        # Of several nodes of one operation the last made stands for it. Early steps first: later ones build on them.
        missing = sorted(born for born, id in newest.items() if id not in self._below)
        for born in missing:
            self._below[newest[born]] = tuple(self._of_inputs(born)) if 0 < born <= self.recording.count else ()
        return {id: lost for id in newest.values() if (lost := self._below[id])}

    def _of_inputs(self, born: int) -> Iterator[Lost]:
        # Not kept in memory: of a thousand steps hardly any is read again.
        step = self.recording.step(born)
        self._made.update(change[1] for change in step.changes if change[0] == Change.TENSOR and change[5] is not None)
        flips = self.recording.index.flips
        for tensor in dict.fromkeys(inputs_of(step)):
            if tensor in self._made and tensor not in flips:
                continue
            lost = self.of(tensor, born - 1)
            if lost is not None:
                yield lost

    def _find(self, tensor: int, number: int, depth: int) -> Lost | None:
        """As ``where_lost``, but what is known of a tensor's inputs is not looked for again."""
        flips = self.recording.index.flips.get(tensor)
        key = tensor, number if flips else 0
        if key in self._found:
            return self._found[key]
        born = self.recording.index.tensors.get(tensor)
        if not 0 < born <= number:
            return None
        if flips or depth > _DEEPEST:
            lost = where_lost(self.recording, tensor, number)
        else:
            lost = self._by_inputs(tensor, born, number, depth)
        self._found[key] = lost
        return lost

    def _by_inputs(self, tensor: int, born: int, number: int, depth: int) -> Lost | None:
        step = self.recording.step(born)
        meta = _meta(self.recording, step, tensor)
        if meta is not None and meta.requires_grad:
            return None
        inputs = [id for id in dict.fromkeys(inputs_of(step)) if 0 < self.recording.index.tensors.get(id) < born]
        of_inputs = [self._find(id, born - 1, depth + 1) for id in inputs]
        if None in of_inputs or not inputs:
            return where_lost(self.recording, tensor, number)
        losses = [lost for lost in of_inputs if lost is not None and _is_loss(lost)]
        last = max(losses, key=lambda lost: lost.step, default=None)
        return last if last is not None else Lost(born, Cause.NO_INPUT, tensor, None)


def _is_loss(lost: Lost) -> bool:
    return lost.source is not None or lost.cause not in _NO_LOSS


def _meta(recording: Recording, step: Step, tensor: int) -> Meta | None:
    """What a tensor was when a step had made it."""
    found = [change[2] for change in step.changes if change[0] == Change.TENSOR and change[1] == tensor]
    return recording.tables.metas[found[-1]] if found else None


def cut_words(moment: Moment, lost: Lost) -> tuple[str, str]:
    """What was cut off, and where and why: ``y.detach()`` and ``line 12: detach() takes it out of the graph``."""
    site = moment.recording.site(lost.step)
    source = harmless(" ".join(site.source.split()))
    names = moment.after.names_of(lost.tensor) or moment.before.names_of(lost.tensor)
    label = source if lost.cause is Cause.DETACH or not names else harmless(names[0])
    return label, f"line {site.line}: {_why(moment, lost, site.name)}"


def _why(moment: Moment, lost: Lost, name: str) -> str:
    name = harmless(name.rpartition(".")[2].removeprefix("get "))
    if lost.cause is Cause.DETACH:
        return f"{'.data' if name == 'data' else f'{name}()'} takes it out of the graph"
    if lost.cause is Cause.NOT_DIFFERENTIABLE:
        step = moment.recording.step(moment.recording.index.tensors.get(lost.tensor))
        meta = _meta(moment.recording, step, lost.tensor)
        dtype = meta.dtype if meta is not None else ""
        if dtype == "bool":
            return "booleans carry no gradient"
        return "integers carry no gradient" if "int" in dtype else f"{name} has no derivative"
    return _WHY.get(lost.cause, str(lost.cause)).format(name)


_WHY: Final = {
    Cause.NO_GRAD: "made while grad was off",
    Cause.INFERENCE_MODE: "made in inference mode",
    Cause.NEW_TENSOR: "{} copies the numbers only",
    Cause.SWITCHED_OFF: "requires_grad was switched off",
    Cause.CREATE_GRAPH: "a gradient without create_graph",
}
