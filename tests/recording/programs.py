"""Made-up programs for property tests: any list of orders becomes a valid sequence of changes.

A plain model is kept beside the recording, which works out from scratch what must be there: a node while something
alive leads to it, a tensor while its object lives or such a node still keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tutor.recording.format import Kind
from tutor.recording.state import Key, State

from .build import Builder, bind, closed, freed, grad, opened, released, turn, unbind, whole

PATHS = ("w", "b", "model", "model.weight", "params[0]", "params[0].grad", "ünïcode")

ORDERS = (
    "leaf",
    "operation",
    "write",
    "bind",
    "plain",
    "unbind",
    "free",
    "release",
    "grad",
    "open",
    "close",
    "turn",
    "print",
)

_order = st.tuples(st.sampled_from(ORDERS), st.integers(0, 63), st.integers(0, 63))

orders = st.lists(_order, max_size=8) | st.lists(_order, min_size=40, max_size=120)
"""Short programs, which fail readably, and long ones, since lists are short on the average otherwise."""


@dataclass
class Model:
    """What must be there, in plain sets and dictionaries."""

    names: dict[int, dict[str, Any]] = field(default_factory=lambda: {0: {}})
    alive: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    """Node and ``.grad`` of each tensor whose object lives."""
    edges: dict[int, list[int]] = field(default_factory=dict)
    saved: dict[int, list[int]] = field(default_factory=dict)

    def nodes(self) -> set[int]:
        """The nodes that something alive leads to."""
        found: set[int] = set()
        waiting = [node for node, _ in self.alive.values() if node is not None]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.edges[node]
        return found

    def tensors(self) -> set[int]:
        """Those alive and those that the graph keeps."""
        return set(self.alive).union(*(self.saved[node] for node in self.nodes()))


class Program:
    """Carries out orders; one step each."""

    def __init__(self, build: Builder) -> None:
        self.build = build
        self.model = Model()
        self._tensors = 0
        self._nodes = 0
        self._scopes = [0]

    def run(self, order: str, first: int, second: int) -> None:
        """One order; the numbers choose what it is about."""
        changes = getattr(self, f"_{order}")(first, second)
        scope = self._scopes[-1]
        function = f"f{scope % 3}" if scope else None
        kind = Kind.OUTPUT if order == "print" else Kind.STATEMENT
        detail = ["stdout", f"{first} ü\n"] if order == "print" else None
        now = second % (len(changes) + 1) if second % 4 == 0 else len(changes)
        self.build.step(1 + first % 9, order, *changes[:now], kind=kind, function=function, detail=detail)
        if now < len(changes):
            self.build.amend(*changes[now:])

    def _pick(self, number: int) -> int | None:
        alive = sorted(self.model.alive)
        return alive[number % len(alive)] if alive else None

    def _new(self, node: int | None, value: float) -> tuple[int, list[Any]]:
        self._tensors += 1
        self.model.alive[self._tensors] = (node, None)
        return self._tensors, self.build.tensor(self._tensors, value, node=node, storage=1 + self._tensors % 7)

    def _leaf(self, first: int, second: int) -> list[Any]:
        id, change = self._new(None, first)
        return [change, *self._name(id, second)]

    def _name(self, id: int, number: int) -> list[Any]:
        scope, path = self._scopes[number % len(self._scopes)], PATHS[number % len(PATHS)]
        self.model.names[scope][path] = id
        return [bind(path, id, scope=scope)]

    def _operation(self, first: int, second: int) -> list[Any]:
        inputs = [id for id in {self._pick(first), self._pick(second)} if id is not None]
        self._nodes += 1
        node = self._nodes
        self.model.edges[node] = [n for id in inputs if (n := self.model.alive[id][0]) is not None]
        edges: list[list[int] | None] = []
        for id in inputs:
            made_by = self.model.alive[id][0]
            edges.append([-1, id] if made_by is None else [made_by, 0])
        result, change = self._new(node, first * second)
        kept = [*inputs[:1], result] if first % 2 else inputs
        self.model.saved[node] = kept
        saved = {f"saved{place}": [-1, id, 0] for place, id in enumerate(kept)}
        made = [self.build.node(node, f"Node{len(kept)}", [*edges, None], exponent=whole(2), **saved), change]
        return made if first % 3 else made + self._name(result, second)

    def _write(self, first: int, second: int) -> list[Any]:
        id = self._pick(first)
        if id is None:
            return []
        node, gradient = self.model.alive[id]
        storage = 1 + id % 7
        return [self.build.tensor(id, second, version=second, node=node, grad=gradient, storage=storage)]

    def _bind(self, first: int, second: int) -> list[Any]:
        id = self._pick(first)
        return [] if id is None else self._name(id, second)

    def _plain(self, first: int, second: int) -> list[Any]:
        scope, path = self._scopes[second % len(self._scopes)], PATHS[first % len(PATHS)]
        self.model.names[scope][path] = whole(second)
        return [bind(path, whole(second), scope=scope)]

    def _unbind(self, first: int, second: int) -> list[Any]:
        scope, path = self._scopes[second % len(self._scopes)], PATHS[first % len(PATHS)]
        names = self.model.names[scope]
        for name in [name for name in names if name == path or name.startswith((path + ".", path + "["))]:
            del names[name]
        return [unbind(path, scope=scope)]

    def _free(self, first: int, second: int) -> list[Any]:
        id = self._pick(first)
        if id is None or any(gradient == id for _, gradient in self.model.alive.values()):
            return []
        changes = []
        for scope, names in self.model.names.items():
            for path in [path for path, reference in names.items() if reference == id]:
                changes.append(bind(path, whole(second), scope=scope))
                names[path] = whole(second)
        del self.model.alive[id]
        return [*changes, freed(id)]

    def _release(self, first: int, second: int) -> list[Any]:
        nodes = sorted(self.model.nodes())
        if not nodes:
            return []
        node = nodes[first % len(nodes)]
        self.model.saved[node] = []
        return [released(node)]

    def _grad(self, first: int, second: int) -> list[Any]:
        id = self._pick(first)
        if id is None:
            return []
        node, _ = self.model.alive[id]
        gradient = None if second % 3 == 0 else self._pick(second)
        self.model.alive[id] = (node, gradient)
        return [grad(id, gradient)]

    def _open(self, first: int, second: int) -> list[Any]:
        scope = max(self.model.names) + 1 if len(self._scopes) < 5 else 0
        if not scope:
            return []
        self._scopes.append(scope)
        self.model.names[scope] = {}
        return [opened(scope, f"f{scope % 3}", second)]

    def _close(self, first: int, second: int) -> list[Any]:
        if len(self._scopes) == 1:
            return []
        scope = self._scopes.pop()
        self.model.names[scope] = {}
        return [closed(scope)]

    def _turn(self, first: int, second: int) -> list[Any]:
        return [turn(1 + first % 4, second % 5, scope=self._scopes[-1])]

    def _print(self, first: int, second: int) -> list[Any]:
        return []


def picture(state: State) -> dict[str, Any]:
    """Everything that can be seen of a state, to compare and to keep."""
    return {
        "step": state.step,
        "tensors": dict(state.tensors),
        "nodes": dict(state.nodes),
        "scopes": [(scope.id, scope.function, dict(scope.names), dict(scope.turns)) for scope in state.scopes.values()],
        "visible": [(path, reference, scope.id) for path, reference, scope in state.visible()],
        "names": {id: state.names_of(id) for id in state.tensors},
        "turns": state.turns(),
    }


def check(state: State, model: Model) -> None:
    """Compare a state with the model of the same moment."""
    assert set(state.nodes) == model.nodes()
    assert set(state.tensors) == model.tensors()
    assert {id for id, record in state.tensors.items() if not record.freed} == set(model.alive)
    for id, (node, gradient) in model.alive.items():
        assert (state.tensors[id].node, state.tensors[id].grad) == (node, gradient)
    open_names = {scope.id: scope.names for scope in state.scopes.values()}
    assert all(open_names.get(scope, {}) == names for scope, names in model.names.items())
    holders: dict[int, set[Key]] = {}
    for scope, names in open_names.items():
        for path, reference in names.items():
            if isinstance(reference, int):
                holders.setdefault(reference, set()).add(Key(scope, path))
    assert {id: set(keys) for id, keys in state.holders.items()} == holders
    owners: dict[int, set[int]] = {}
    for id, record in state.tensors.items():
        if record.grad is not None:
            owners.setdefault(record.grad, set()).add(id)
    assert {id: set(found) for id, found in state.grad_of.items()} == owners
