"""Optimizers that update nothing, or something else than what is meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tutor.explain.notes.gradients import Gradients, is_zero
from tutor.explain.notes.note import names_text
from tutor.explain.notes.world import Turn, World, is_later_turn
from tutor.plain.format import harmless
from tutor.recording.model import TensorRecord
from tutor.recording.state import Key


@dataclass(slots=True)
class _Optimizer:
    """What is known of an optimizer."""

    held: tuple[int, ...]
    names: dict[Key, int] = field(default_factory=dict)
    """The names that what it holds had when it was made."""
    first: int = 0
    """Its first step(), after some backward call."""
    empty: int = 0
    """Its first step(), if none of what it holds had a gradient then."""
    empty_line: int = 0
    empty_turn: Turn = ()
    told: bool = False
    """Whether it was said already why it does not do what is meant."""


class Optimizers:
    """Follows every optimizer that has a name.

    Args:
        world: The program.
        gradients: What happened to every ``.grad``.
    """

    def __init__(self, world: World, gradients: Gradients) -> None:
        self._world = world
        self._gradients = gradients
        self._known: dict[tuple[int, ...], _Optimizer] = {}
        self.excused = False
        """Whether another note tells already why gradients do not arrive."""

    def bound(self, reference: Any) -> None:
        """A name was bound to an optimizer."""
        held = _held(reference)
        if not held:
            return
        optimizer = self._known.get(held)
        if optimizer is None:
            optimizer = self._known[held] = _Optimizer(held)
        holders = self._world.state.holders
        for tensor in held:
            for key in holders.get(tensor, ()):
                optimizer.names.setdefault(key, tensor)

    def holds(self, tensor: int) -> bool:
        """Whether any optimizer holds a tensor."""
        return any(tensor in optimizer.held for optimizer in self._known.values())

    # step()

    def stepped(self) -> None:
        """The program is about to call ``step()`` of something."""
        said = self._world.said
        held = _held(self._world.reference(said.owner)) if not said.arguments else ()
        optimizer = self._known.get(held)
        if optimizer is None:
            return
        self._moved_names(optimizer, said.owner)
        self._reset_too_early(optimizer, said.owner)
        self._one_turn_late(optimizer, said.owner)
        if not optimizer.first and self._world.call:
            optimizer.first = self._world.step.number

    def _grads(self, optimizer: _Optimizer) -> list[TensorRecord]:
        """The gradients of what it holds, None and zero left out."""
        tensors = self._world.state.tensors
        records = [tensors[tensor] for tensor in optimizer.held if tensor in tensors]
        grads = [tensors.get(record.grad) for record in records if record.grad is not None]
        return [grad for grad in grads if grad is not None and not is_zero(grad.meta, grad.content)]

    def _reset_too_early(self, optimizer: _Optimizer, path: str) -> None:
        world = self._world
        ledgers = [self._gradients.of(tensor) for tensor in optimizer.held]
        lost = [(ledger, tensor) for ledger, tensor in zip(ledgers, optimizer.held, strict=True) if ledger.lost]
        if not lost or self._grads(optimizer):
            return
        ledger = max((ledger for ledger, _ in lost), key=lambda ledger: ledger.lost)
        names = tuple(world.label(tensor) for _, tensor in lost)
        what = (
            f"{world.source(world.outer(ledger.lost))} reset {names_text(names, '.grad')} before {harmless(path)}"
            f".step() in line {world.step.site.line} had used what backward put there."
        )
        why = "That step() finds no gradient and changes nothing. Reset them before backward(), or after step()."
        optimizer.told = True
        world.say("zero-grad-between-backward-and-step", world.outer(ledger.lost), names, what, why, ledger.lost_call)

    def _one_turn_late(self, optimizer: _Optimizer, path: str) -> None:
        world = self._world
        ledgers = [self._gradients.of(tensor) for tensor in optimizer.held]
        turn = world.turn()
        if not optimizer.empty:
            if not any(ledger.ever for ledger in ledgers):
                optimizer.empty, optimizer.empty_turn = world.step.number, turn
                optimizer.empty_line = world.step.site.line
            else:
                optimizer.empty = -1
            return
        if optimizer.empty < 0:
            return
        first, since, optimizer.empty = optimizer.empty, optimizer.empty_turn, -1
        filled = [ledger for ledger in ledgers if ledger.filled]
        if not filled or optimizer.empty_line != world.step.site.line or not is_later_turn(since, turn):
            return
        if any(ledger.turn != since for ledger in filled):
            return
        call = min(ledger.call for ledger in filled)
        names = tuple(
            world.label(tensor) for tensor, ledger in zip(optimizer.held, ledgers, strict=True) if ledger.filled
        )
        what = (
            f"{harmless(path)}.step() comes before {world.place(call)}, so the first step() finds no gradient, and "
            f"each later one uses the gradients of the turn before."
        )
        why = (
            "The update is a turn late, computed with values that are gone, and the last gradients are never used. The "
            "order is zero_grad(), backward(), step()."
        )
        optimizer.told = True
        world.say("step-before-backward", first, names, what, why, call)

    # Names

    def _moved_names(self, optimizer: _Optimizer, path: str) -> None:
        world = self._world
        others: list[tuple[str, TensorRecord]] = []
        for key, tensor in optimizer.names.items():
            scope = world.state.scopes.get(key.scope)
            now = scope.names.get(key.path) if scope is not None else None
            record = world.state.tensors.get(now) if isinstance(now, int) else None
            if record is None or record.id == tensor or self.holds(record.id) or not record.meta.requires_grad:
                continue
            name = harmless(key.path)
            if not record.meta.is_leaf:
                self._result(optimizer, path, name, tensor, record)
            elif self._is_trained_instead(tensor, record):
                others.append((name, record))
        if others:
            self._another(optimizer, path, others)

    def _is_trained_instead(self, tensor: int, record: TensorRecord) -> bool:
        """Whether a new leaf gets the gradients, and nothing updates it."""
        old, new = self._gradients.of(tensor), self._gradients.of(record.id)
        return record.grad is not None and bool(new.filled) and not new.trained and old.filled <= record.born

    def _another(self, optimizer: _Optimizer, path: str, others: list[tuple[str, TensorRecord]]) -> None:
        """Names mean new leaves."""
        names = tuple(name for name, _ in others)
        several = len(names) > 1
        told, born = names_text(names), others[0][1].born
        what = (
            f"{harmless(path)}.step() updates what {told} {'were' if several else 'was'} when the optimizer was made, "
            f"and {'these names mean others' if several else f'{told} means another tensor'} since "
            f"{self._world.place(born)}."
        )
        why = (
            f"The gradients go to the new {told}, and no step() ever changes {'them' if several else 'it'}. Make the "
            f"optimizer after that line, or write into the old tensor with copy_() under no_grad."
        )
        optimizer.told = True
        self._world.say("optimizer-holds-another", self._world.step.number, names, what, why, born)

    def _result(self, optimizer: _Optimizer, path: str, name: str, tensor: int, record: TensorRecord) -> None:
        """The name means a result of the leaf, which is updated and never looked at again."""
        if self._gradients.of(tensor).filled <= record.born or self._world.names(tensor):
            return
        what = (
            f"{self._world.place(record.born)} makes a result of the leaf that {name} was, and {name} means that "
            f"result now; {harmless(path)} still updates the leaf."
        )
        why = f"{name} itself never changes. Make the optimizer after that line, with a {name} that is a leaf again."
        self._world.say("leaf-became-non-leaf", record.born, (name,), what, why, self._world.step.number)

    # The end

    def end(self) -> None:
        """The program is over."""
        for optimizer in self._known.values():
            if optimizer.first and not optimizer.told and not self.excused:
                self._never(optimizer)

    def _never(self, optimizer: _Optimizer) -> None:
        world = self._world
        bare = [tensor for tensor in optimizer.held if world.is_leaf(tensor) and not self._gradients.of(tensor).ever]
        if not bare:
            return
        names = tuple(map(world.label, bare))
        if len(bare) == 1:
            what = f"{names[0]} belongs to the optimizer, and no backward call ever reached it."
        else:
            what = f"{names_text(names)} belong to the optimizer, and no backward call ever reached them."
        why = (
            "step() skips a parameter whose .grad is None, so it is never trained. Either the loss does not depend on "
            "it, or the graph is cut on the way."
        )
        world.say("never-got-a-gradient", optimizer.first, names, what, why)


def _held(reference: Any) -> tuple[int, ...]:
    """The ids of the tensors that an optimizer updates; nothing where a reference is none."""
    if not isinstance(reference, list) or len(reference) != 3 or not isinstance(reference[1], list):
        return ()
    groups = [group for group in reference[1] if isinstance(group, list)]
    return tuple(tensor for group in groups for tensor in group if isinstance(tensor, int))
