"""Losses that measure something else, or that no gradient comes out of."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Final, NamedTuple

from tutor.explain.forecast import call_of
from tutor.explain.look import tensors_in
from tutor.explain.notes.optimizers import Optimizers
from tutor.explain.notes.world import World
from tutor.explain.say import is_simple, shape_text
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.queries.lost import where_lost

_MEASURES: Final = frozenset(
    ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
)
_DIFFERENCES: Final = frozenset(("sub", "rsub", "__rsub__"))
_ELEMENTWISE: Final = frozenset(("pow", "square", "abs", "mul", "__pow__", "__mul__", "__rmul__"))
_REDUCTIONS: Final = frozenset(("mean", "sum"))


class _Wide(NamedTuple):
    """A difference that was stretched in both directions."""

    step: int
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], tuple[int, ...]]


class Losses:
    """Looks at losses.

    Args:
        world: The program.
        optimizers: They can wait in vain for gradients of a loss that is cut off.
    """

    def __init__(self, world: World, optimizers: Optimizers) -> None:
        self._world = world
        self._optimizers = optimizers
        self._wide: dict[int, _Wide] = {}

    # Cut off

    def called(self) -> None:
        """A backward call is about to begin."""
        world = self._world
        call = call_of(world.step)
        for root in call.roots if call.accumulates else ():
            record = world.state.tensors.get(root)
            flips = world.recording.index.flips.get(root, ())
            place = bisect_left(flips, world.step.number)
            if record is None or record.node is not None or not record.meta.requires_grad or not place:
                continue
            self._cut(record, flips[place - 1])

    def _cut(self, record: TensorRecord, flip: int) -> None:
        world, recording = self._world, self._world.recording
        born = recording.step(record.born)
        if record.meta.elements != 1 or born.kind not in (Kind.OPERATION, Kind.INNER):
            return
        inputs = list(tensors_in((born.detail or [[]])[0]))
        if not inputs or born.site.name in ("clone", "tensor", "to"):
            return
        lost = where_lost(recording, record.id, flip - 1)
        source = lost.source if lost is not None else None
        name = world.label(record.id)
        told = (
            f"{world.source(flip)} only switches a flag: {name} has no graph, so backward() ends at {name} and reaches "
            f"nothing that it was computed from."
        )
        if lost is not None and source is not None:
            cut = f"The graph was cut at {world.place(lost.step)}; leave that out instead."
        else:
            cut = f"Nothing that {name} was computed from requires grad; ask for requires_grad=True there instead."
        world.say("cut-loss-requires-grad", flip, (name,), told, cut, lost.step if lost is not None else None)
        self._optimizers.excused = True

    # Broadcasting

    def operation(self, detail: Any) -> None:
        """An operation is about to run."""
        name = self._world.step.site.name
        if name in _MEASURES or name in _DIFFERENCES:
            self._look(name, detail)

    def operated(self, detail: Any) -> None:
        """An operation has run."""
        name = self._world.step.site.name
        if self._wide and (name in _ELEMENTWISE or name in _REDUCTIONS):
            self._follow(name, detail)

    def _look(self, name: str, detail: Any) -> None:
        world = self._world
        options = detail[2] if len(detail) > 2 and isinstance(detail[2], dict) else {}
        pair = [*detail[0], *(options[key] for key in ("input", "target", "other") if key in options)][:2]
        tensors = world.state.tensors
        records = [tensors.get(item) for item in pair if isinstance(item, int)]
        if len(records) != 2 or records[0] is None or records[1] is None:
            return
        one, other = records[0], records[1]
        shapes = tuple(one.meta.shape), tuple(other.meta.shape)
        if not _are_crossed(*shapes) or one.meta.requires_grad == other.meta.requires_grad:
            return
        wide = _Wide(world.step.number, (world.label(one.id), world.label(other.id)), shapes)
        if name in _MEASURES:
            self._tell(wide)
        elif isinstance(detail[1], int):
            self._wide[detail[1]] = wide

    def _follow(self, name: str, detail: Any) -> None:
        result = detail[1]
        wide = next((self._wide[item] for item in tensors_in(detail[0]) if item in self._wide), None)
        record = self._world.state.tensors.get(result) if isinstance(result, int) else None
        if wide is None or record is None:
            return
        if name in _ELEMENTWISE:
            self._wide[record.id] = wide
        elif record.meta.elements == 1:
            self._tell(wide)

    def freed(self, tensors: list[int]) -> None:
        """Tensors are gone."""
        for tensor in tensors if self._wide else ():
            self._wide.pop(tensor, None)

    def _tell(self, wide: _Wide) -> None:
        (one, other), (first, second) = wide.names, wide.shapes
        count = max(first[0], second[0])
        what = (
            f"{one} has the shape {shape_text(first)} and {other} has {shape_text(second)}, so the loss compares every "
            f"number of one with every number of the other: {count * count} differences, not {count}."
        )
        column, row = (one, other) if len(first) == 2 else (other, one)
        why = (
            f"The smallest loss is then at the mean of all targets, whatever the input. Give both the same shape: "
            f"{_whole(row)}.unsqueeze(1), or {_whole(column)}.squeeze(1)."
        )
        self._world.say("broadcast-loss", self._world.outer(wide.step), wide.names, what, why)


def _whole(text: str) -> str:
    """An expression as something that a method can be called on."""
    return text if is_simple(text) else f"({text})"


def _are_crossed(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether one is a column of n numbers and the other a row of as many."""
    column, row = (one, other) if len(one) == 2 else (other, one)
    return len(column) == 2 and len(row) == 1 and column[1] == 1 and column[0] == row[0] > 1
