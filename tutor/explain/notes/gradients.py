"""What becomes of every ``.grad``: filled by backward, used by an update, reset; and what goes wrong between these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tutor.explain.look import tensors_in
from tutor.explain.notes.note import names_text
from tutor.explain.notes.world import Turn, World
from tutor.recording.format import Kind
from tutor.recording.model import Content, Meta
from tutor.recording.values import numbers

_WHY = (
    "Each update then uses the sum of all turns so far. Reset .grad once in each turn, with zero_grad() or by setting "
    "it to None."
)


@dataclass(slots=True)
class Ledger:
    """What happened to the ``.grad`` of a leaf since it was reset. A step is 0 where there was none."""

    ever: bool = False
    """Whether it ever got a gradient."""
    filled: int = 0
    """The last step that filled it, or added to it."""
    call: int = 0
    """The backward call of that step."""
    turn: Turn = ()
    """The turn of that step."""
    read: int = 0
    """The last operation that computed with it."""
    used: int = 0
    """The last update that used it."""
    mixed: int = 0
    """The backward call that added to what an update had used."""
    mixed_with: int = 0
    """That update."""
    lost: int = 0
    """The step that reset it although nothing had used what was in it."""
    lost_call: int = 0
    """The backward call that had filled it."""
    trained: bool = False
    """Whether an update ever used it."""


class Gradients:
    """Follows every ``.grad``; notes what was added to gradients that are used up.

    Args:
        world: The program.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._ledgers: dict[int, Ledger] = {}
        self._found: dict[int, tuple[int, list[int]]] = {}
        """For each backward call that added to gradients used already, that update and the leaves."""

    def of(self, tensor: int) -> Ledger:
        """What happened to the ``.grad`` of a tensor."""
        ledger = self._ledgers.get(tensor)
        if ledger is None:
            ledger = self._ledgers[tensor] = Ledger()
        return ledger

    # What happens

    def arrived(self) -> None:
        """Backward is about to put a gradient into a ``.grad``."""
        world = self._world
        tensor, before, *_ = world.step.detail
        self._filled(tensor, world.step.parent, adds=before is not None)

    def given(self, tensor: int) -> None:
        """A backward call that begins at a leaf fills its ``.grad`` without a step of its own."""
        self._filled(tensor, self._world.step.number, adds=False)

    def _filled(self, tensor: int, call: int, *, adds: bool) -> None:
        ledger = self.of(tensor)
        if not adds or not ledger.filled:
            self._ledgers[tensor] = ledger = Ledger(trained=ledger.trained)
        elif ledger.used > ledger.filled and not ledger.mixed:
            ledger.mixed, ledger.mixed_with = call, ledger.used
        ledger.ever, ledger.filled, ledger.turn = True, self._world.step.number, self._world.turn()
        ledger.call, ledger.lost = call, 0

    def operation(self, inputs: Any) -> None:
        """An operation is about to compute with some tensors."""
        grad_of = self._world.state.grad_of
        for tensor in tensors_in(inputs):
            for owner in grad_of.get(tensor, ()):
                self.of(owner).read = self._world.step.number

    def written(self, tensor: int, content: Content, meta: Meta) -> None:
        """A tensor is about to be written to."""
        world = self._world
        for owner in world.state.grad_of.get(tensor, ()):
            if world.step.kind is not Kind.ACCUMULATE:
                self._grad_written(owner, content, meta)
        record = world.state.tensors[tensor]
        if not record.meta.is_leaf or not record.meta.requires_grad:
            return
        ledger = self._ledgers.get(tensor)
        if ledger is not None and ledger.filled and (ledger.read > ledger.filled or self._is_in_step()):
            self._update(tensor, ledger)

    def _is_in_step(self) -> bool:
        parent = self._world.step.parent
        return bool(parent) and self._world.recording.site(parent).name.rpartition(".")[2] == "step"

    def _update(self, tensor: int, ledger: Ledger) -> None:
        if ledger.mixed:
            self._found.setdefault(ledger.mixed, (ledger.mixed_with, []))[1].append(tensor)
        ledger.used, ledger.mixed = self._world.step.number, 0
        ledger.trained = True

    def _grad_written(self, owner: int, content: Content, meta: Meta) -> None:
        ledger = self.of(owner)
        if is_zero(meta, content):
            self._reset(ledger)
        elif ledger.used > ledger.filled:
            # Scaled down after it was used: part of it is meant to stay.
            ledger.used = 0

    def moved(self, tensor: int, grad: int | None) -> None:
        """Another tensor, or None, is about to be put in the place of a ``.grad``, and not by backward."""
        ledger = self.of(tensor)
        self._reset(ledger)
        if grad is not None:
            ledger.ever, ledger.lost = True, 0

    def _reset(self, ledger: Ledger) -> None:
        if ledger.filled and ledger.used < ledger.filled:
            ledger.lost, ledger.lost_call = self._world.step.number, ledger.call
        ledger.filled = ledger.used = ledger.mixed = 0

    def freed(self, tensor: int) -> None:
        """A tensor is gone."""
        self._ledgers.pop(tensor, None)

    # Notes

    def settled(self) -> None:
        """The program's own statement is over: what was found in it can be told together."""
        if not self._found:
            return
        found, self._found = self._found, {}
        for call, (update, leaves) in found.items():
            names = tuple(map(self._world.label, leaves))
            what = (
                f"{self._world.source(call)} added to {names_text(names, '.grad')}, which still held what "
                f"{self._world.place(update)} had used already."
            )
            self._world.say("added-to-earlier-turn", call, names, what, _WHY, update)


def is_zero(meta: Meta, content: Content) -> bool:
    """Whether a value is nothing but zeros."""
    if isinstance(content, dict):
        return content.get("min") == content.get("max") == 0 and not content.get("nan") and not content.get("inf")
    try:
        return content is not None and not any(numbers(meta.dtype, content))
    except ValueError:
        return False
