"""Graphs that are kept, or made, for nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from tutor.explain.look import tensors_in
from tutor.explain.notes.world import Turn, World, is_later_turn
from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.index import NameKey
from tutor.recording.state import Key

_ENOUGH: Final = 3
"""Turns after which it is clear that something grows."""

_SUMS: Final = frozenset(("add", "add_", "__add__", "__iadd__", "__radd__"))


@dataclass(slots=True)
class _Total:
    """A name that something is added to in each turn."""

    turn: Turn
    parts: list[int] = field(default_factory=list)
    """The nodes of what was added, the last ones."""
    sums: list[int] = field(default_factory=list)
    """The nodes of the sums."""


@dataclass(slots=True)
class _Forward:
    """A forward pass in eval mode, of which it is not known whether backward comes."""

    step: int
    model: str
    evaluated: int
    result: int
    is_used: bool = False
    """Whether the result got a name, or something was computed from it."""


class Graphs:
    """Looks for running totals with a graph, and for eval() in the place of no_grad().

    Args:
        world: The program.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._totals: dict[Key, _Total] = {}
        self._evaluated: dict[NameKey, int] = {}
        """Where ``eval()`` was called of a model."""
        self._forwards: dict[int, _Forward] = {}
        """By the node that the result hangs on, the last ones."""

    # Totals

    def operated(self, detail: Any) -> None:
        """An operation has run."""
        if self._evaluated:
            self._forward(detail)
        if self._world.step.site.name in _SUMS and isinstance(detail[1], int) and len(detail[0]) >= 2:
            self._added(detail[0], detail[1])

    def _added(self, inputs: Any, result: int) -> None:
        state = self._world.state
        record = state.tensors.get(result)
        keys = state.holders.get(result, ())
        if record is None or record.node is None or not keys:
            return
        node = state.nodes.get(record.node)
        parts = [edge.node for edge in node.edges if edge is not None and edge.node is not None] if node else []
        key = keys[0]
        turn = self._world.turn()
        total = self._totals.get(key)
        if total is None or not total.sums or total.sums[-1] not in parts:
            # The first sum begins with a plain number, or with what another turn left.
            self._totals[key] = _Total(turn, parts[-1:], [record.node])
            return
        if not is_later_turn(total.turn, turn):
            del self._totals[key]
            return
        total.turn = turn
        new = [part for part in parts if part != total.sums[-1]]
        earlier = total.parts[-_ENOUGH + 1 :]
        if len(earlier) == _ENOUGH - 1 and all(map(self._ran, earlier)) and not any(map(self._ran, total.sums)):
            self._grows(harmless(key.path))
        total.parts = [*total.parts, *new][-_ENOUGH:]
        total.sums = [*total.sums, record.node][-_ENOUGH:]

    def _ran(self, node: int) -> bool:
        record = self._world.state.nodes.get(node)
        return record is not None and bool(record.ran)

    def _grows(self, name: str) -> None:
        what = f"{name} requires grad, so it keeps the graphs of all the turns that were added to it."
        why = (
            f"Memory grows with each turn, although backward is done with these graphs. Add the number alone: "
            f"{name} += loss.item(), or loss.detach()."
        )
        self._world.say("graph-grows", self._world.step.number, (name,), what, why)

    # eval()

    def evaluated(self) -> None:
        """The program has called ``eval()`` of something."""
        path = self._world.said.owner
        training = self._world.reference(f"{path}.training")
        if training == ["bool", False]:
            self._evaluated[self._key(path)] = self._world.step.number

    def _key(self, path: str) -> NameKey:
        return NameKey(self._world.step.site.function, path)

    def _forward(self, detail: Any) -> None:
        world = self._world
        step, result = world.step, detail[1]
        record = world.state.tensors.get(result) if isinstance(result, int) else None
        if not step.parent or not step.grad_enabled or record is None or record.node is None:
            return
        call = world.recording.step(step.parent)
        if call.kind is not Kind.CALL:
            return
        evaluated = self._evaluated.get(self._key(call.site.name))
        if evaluated is None or world.reference(f"{call.site.name}.training") != ["bool", False]:
            return
        for node, forward in list(self._forwards.items()):
            if forward.step == call.number:
                del self._forwards[node]
        self._forwards[record.node] = _Forward(call.number, harmless(call.site.name), evaluated, record.id)
        self._forwards[record.node].is_used = bool(world.state.holders.get(record.id))

    def operation(self, inputs: Any) -> None:
        """An operation is about to run."""
        if self._forwards:
            for tensor in tensors_in(inputs):
                self.named(tensor)

    def named(self, tensor: int) -> None:
        """A tensor is about to get a name, or to be computed with."""
        for forward in self._forwards.values():
            if forward.result == tensor:
                forward.is_used = True

    def ran(self) -> None:
        """A node is about to run."""
        if self._forwards:
            self._forwards.pop(self._world.step.detail[0], None)

    def end(self) -> None:
        """The program is over."""
        for forward in self._forwards.values():
            if not forward.is_used:
                continue
            what = (
                f"{self._world.source(forward.step)} recorded a graph that backward never used; {forward.model}.eval() "
                f"does not switch that off."
            )
            why = (
                "eval() changes dropout and batch norm only. Where no gradient is wanted, with torch.no_grad() saves "
                "the time and the memory of the graph."
            )
            self._world.say("eval-for-no-grad", forward.step, (forward.model,), what, why, forward.evaluated)
