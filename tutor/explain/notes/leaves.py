"""Names that mean a result where a leaf is meant, and gradients that are asked of results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tutor.explain.forecast import call_of
from tutor.explain.look import tensors_in
from tutor.explain.notes.note import names_text
from tutor.explain.notes.optimizers import Optimizers
from tutor.explain.notes.world import World
from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord


@dataclass(slots=True)
class _Copy:
    """What an update made instead of changing the leaf."""

    step: int
    name: str
    leaf: int


class Leaves:
    """Looks at what names mean.

    Args:
        world: The program.
        optimizers: What holds a leaf besides names.
    """

    def __init__(self, world: World, optimizers: Optimizers) -> None:
        self._world = world
        self._optimizers = optimizers
        self._was: dict[int, tuple[int, int]] = {}
        """For a result that took the name of a leaf: the leaf, and the step."""
        self._given: set[int] = set()
        """Results that a backward call named as inputs."""
        self._renamed: list[tuple[int, int, str]] = []
        """Tensors that took the name of a leaf in this step, that leaf, and the name."""
        self._copies: dict[int, _Copy] = {}
        """What is to be looked at again, since nothing was done with it yet."""
        self._retained: dict[int, int] = {}
        """Results whose gradient is to be kept, after a backward call went through them: the step that asked."""

    # Names

    def bound(self, scope: int, path: str, reference: Any) -> None:
        """A name is about to be bound to something."""
        world = self._world
        copy = self._copies.get(reference) if self._copies and isinstance(reference, int) else None
        if copy is not None:
            del self._copies[reference]
        holder = world.state.scopes.get(scope)
        old = holder.names.get(path) if holder is not None else None
        if not isinstance(old, int) or not isinstance(reference, int) or old == reference or not world.is_leaf(old):
            return
        self._renamed.append((reference, old, path))

    def renamed(self) -> None:
        """Names were bound in this step: look at what took the name of a leaf."""
        world, renamed = self._world, self._renamed
        self._renamed = []
        for tensor, leaf, path in renamed:
            record = world.state.tensors.get(tensor)
            if record is None:
                continue
            if record.node is not None:
                self._was[tensor] = (leaf, world.step.number)
            elif record.meta.requires_grad or record.born != world.step.number or path not in world.said.reads:
                continue
            elif world.state.names_of(leaf) and len(world.state.names_of(tensor)) == 1:
                self._copies[tensor] = _Copy(record.born, harmless(path), leaf)

    def operation(self, inputs: Any) -> None:
        """An operation is about to run: what it computes with is used."""
        if self._copies:
            for tensor in tensors_in(inputs):
                self._copies.pop(tensor, None)
        name = self._world.step.site.name
        if name == "retain_grad":
            self._retain(inputs)
        elif name.endswith("_") and not self._world.step.grad_enabled and self._world.step.kind is Kind.OPERATION:
            first = inputs[0] if inputs else None
            record = self._world.state.tensors.get(first) if isinstance(first, int) else None
            if record is not None and self._is_result(record):
                self._leaf_no_more(record)

    def freed(self, tensor: int) -> None:
        """A tensor is about to be gone."""
        self._was.pop(tensor, None)
        copy = self._copies.pop(tensor, None)
        if copy is not None:
            self._thrown_away(copy)
        step = self._retained.pop(tensor, None)
        if step is not None:
            self._too_late(tensor, step)

    def _thrown_away(self, copy: _Copy) -> None:
        names = tuple(self._world.names(copy.leaf)) or (copy.name,)
        others = tuple(name for name in names if name != copy.name)
        if not others:
            return
        what = (
            f"{self._world.source(copy.step)} makes a new tensor and calls it {copy.name}; {names_text(others[:1])} "
            f"stays as it was."
        )
        why = (
            f"The update is lost. Write into the tensor itself, under no_grad: {copy.name} -= ..., or "
            f"{copy.name}.sub_(...)."
        )
        self._world.say("leaf-became-non-leaf", copy.step, (copy.name, others[0]), what, why)

    # The .grad of a result

    def called(self) -> None:
        """A backward call is about to begin: those that it names keep what they get."""
        self._given.update(call_of(self._world.step).inputs or ())

    def read(self) -> None:
        """The step is about to use the ``.grad`` of some paths."""
        world = self._world
        said = world.said
        for path in said.reads:
            record = world.tensor(path)
            if record is not None and self._is_result(record) and not self._leaf_no_more(record):
                self._asked(record, harmless(path))
        for path in said.checks:
            record = world.tensor(path)
            if record is not None and self._is_result(record):
                self._leaf_no_more(record)

    def _is_result(self, record: TensorRecord) -> bool:
        """Whether a tensor is a result that backward went through without keeping its gradient."""
        if record.node is None or record.meta.is_leaf or record.meta.retains_grad or record.id in self._given:
            return False
        node = self._world.state.nodes.get(record.node)
        return node is not None and bool(node.ran)

    def _asked(self, record: TensorRecord, path: str) -> None:
        what = f"{path} is the result of {self._world.place(record.born)}, so {path}.grad is None."
        why = f"backward keeps gradients only for leaves. Call {path}.retain_grad() before backward() to keep this one."
        self._world.say("grad-of-non-leaf", self._world.step.number, (path,), what, why, record.born)

    def _leaf_no_more(self, record: TensorRecord) -> bool:
        """Whether the name of a result belonged to a leaf that no name leads to any more; if so, it is noted."""
        world = self._world
        leaf, step = self._was.get(record.id, (0, record.born))
        source = world.recording.site(record.born).source
        if not leaf and "requires_grad=True" in source.replace(" ", ""):
            leaf = self._nameless_leaf(record)
        if not leaf or world.state.names_of(leaf) or self._optimizers.holds(leaf):
            return False
        name = world.label(record.id)
        what = (
            f"{world.source(step, 60)} makes a result of a leaf and calls that result {name}; no name is left for the "
            f"leaf itself."
        )
        why = (
            f"{name}.grad stays None, and an update of {name} trains nothing. Make {name} first and call "
            f"{name}.requires_grad_() last, or write into it in place under no_grad."
        )
        world.say("leaf-became-non-leaf", step, (name,), what, why, world.step.number)
        return True

    def _nameless_leaf(self, record: TensorRecord) -> int:
        """The leaf that was made in the same line as a result, and is one of the things that it was computed from."""
        world = self._world
        node = world.state.nodes.get(record.node) if record.node is not None else None
        line = world.recording.site(record.born).line
        for edge in node.edges if node is not None else ():
            born = world.recording.index.tensors.get(edge.leaf) if edge is not None and edge.leaf is not None else 0
            if edge is not None and edge.leaf is not None and born and world.recording.site(born).line == line:
                return edge.leaf
        return 0

    # retain_grad()

    def _retain(self, inputs: Any) -> None:
        world = self._world
        tensor = inputs[0] if inputs else None
        record = world.state.tensors.get(tensor) if isinstance(tensor, int) else None
        if record is not None and self._is_result(record):
            self._retained[record.id] = world.step.number

    def arrived(self) -> None:
        """Backward is about to put a gradient into a ``.grad``."""
        self._retained.pop(self._world.step.detail[0], None)

    def _too_late(self, tensor: int, step: int) -> None:
        name = self._world.label(tensor)
        what = f"{self._world.source(step)} comes after the backward call that went through {name}."
        why = f"{name}.grad stays None: what backward did not keep is gone. Call retain_grad() before backward()."
        self._world.say("retain-grad-after-backward", step, (name,), what, why)

    def end(self) -> None:
        """The program is over."""
        for tensor, step in self._retained.items():
            self._too_late(tensor, step)
        for copy in self._copies.values():
            self._thrown_away(copy)
