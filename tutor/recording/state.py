"""What the program held at one moment: its names, its tensors, the graph. Built by applying steps in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from tutor.recording.format import Change, Kind
from tutor.recording.model import Edge, Meta, NodeRecord, Saved, Site, Step, TensorRecord

TOP_LEVEL = 0
"""Scope id of the program's top level."""


class Key(NamedTuple):
    """A name in one scope."""

    scope: int
    path: str
    """``w``, ``model.weight``, ``params[0]``."""


class Scope(msgspec.Struct, array_like=True):
    """An open frame of the program."""

    id: int
    function: str | None
    call_line: int
    names: dict[str, Any] = {}
    """What each name refers to, as a reference of the format, in order of appearance."""
    turns: dict[int, int] = {}
    """Line of each loop that is running, outermost first, and its turn from 1."""

    def copy(self) -> Scope:
        """An independent copy."""
        return Scope(self.id, self.function, self.call_line, dict(self.names), dict(self.turns))


class Tables:
    """What is defined once in a recording and referred to by number."""

    def __init__(self) -> None:
        self.sites: dict[int, Site] = {}
        self.metas: dict[int, Meta] = {}
        self.node_kinds: dict[int, tuple[str, tuple[str, ...]]] = {}


class State:
    """Every name of the open frames, every tensor that is alive, every node that can still be reached.

    A tensor stays until its Python object is gone and no node needs it;
    a node stays while an alive tensor or another node leads to it, exactly as in torch.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.step = 0
        """Number of the last step applied."""
        self.tensors: dict[int, TensorRecord] = {}
        self.nodes: dict[int, NodeRecord] = {}
        self.scopes: dict[int, Scope] = {TOP_LEVEL: Scope(TOP_LEVEL, None, 0)}
        """Open frames, outermost first."""
        self.holders: dict[int, list[Key]] = {}
        """The names of each tensor."""
        self.grad_of: dict[int, list[int]] = {}
        """For a tensor that is some ``.grad``: whose; several, where the program assigned it to several."""
        self._node_uses: dict[int, int] = {}
        self._saved_uses: dict[int, int] = {}

    def copy(self) -> State:
        """An independent copy; the records are shared, since they never change."""
        twin = State(self.tables)
        twin.step = self.step
        twin.tensors = dict(self.tensors)
        twin.nodes = dict(self.nodes)
        twin.scopes = {id: scope.copy() for id, scope in self.scopes.items()}
        twin.holders = {id: list(keys) for id, keys in self.holders.items()}
        twin.grad_of = {id: list(owners) for id, owners in self.grad_of.items()}
        twin._node_uses = dict(self._node_uses)
        twin._saved_uses = dict(self._saved_uses)
        return twin

    def packed(self) -> bytes:
        """Everything in it, as bytes."""
        return _packer.encode(
            _Packed(
                self.step,
                list(self.tensors.values()),
                list(self.nodes.values()),
                list(self.scopes.values()),
                self.holders,
                self.grad_of,
                self._node_uses,
                self._saved_uses,
            )
        )

    @staticmethod
    def unpacked(tables: Tables, data: bytes) -> State:
        """The state that was packed."""
        packed = _unpacker.decode(data)
        state = State(tables)
        state.step = packed.step
        state.tensors = {record.id: record for record in packed.tensors}
        state.nodes = {node.id: node for node in packed.nodes}
        state.scopes = {scope.id: scope for scope in packed.scopes}
        state.holders = packed.holders
        state.grad_of = packed.grad_of
        state._node_uses = packed.node_uses
        state._saved_uses = packed.saved_uses
        return state

    def __len__(self) -> int:
        """How many entries a copy of this state holds."""
        names = sum(len(scope.names) for scope in self.scopes.values())
        return names + len(self.tensors) + len(self.nodes)

    # Reading

    def visible(self) -> Iterator[tuple[str, Any, Scope]]:
        """Names as the program would see them now: innermost scope first, each name once.

        A member (``model.weight``) is hidden together with the name that it belongs to.
        """
        seen: set[str] = set()
        for scope in reversed(self.scopes.values()):
            here: set[str] = set()
            for path, reference in scope.names.items():
                root = root_of(path)
                if root not in seen:
                    here.add(root)
                    yield path, reference, scope
            seen |= here

    def lookup(self, name: str) -> Any:
        """The reference that a name or path has now, innermost scope first.

        Raises:
            KeyError: no open frame has such a name.
        """
        for path, reference, _ in self.visible():
            if path == name:
                return reference
        raise KeyError(name)

    def names_of(self, tensor: int) -> list[str]:
        """The names of a tensor, in order of appearance; for a gradient ``w.grad``."""
        names = [key.path for key in self.holders.get(tensor, ())]
        suffix, seen, gradients = ".grad", {tensor}, [tensor]
        while gradients:
            owners = [owner for id in gradients for owner in self.grad_of.get(id, ()) if owner not in seen]
            names += [key.path + suffix for owner in owners for key in self.holders.get(owner, ())]
            seen.update(owners)
            suffix += ".grad"
            gradients = owners
        return list(dict.fromkeys(names))

    def turns(self) -> list[tuple[int, int]]:
        """Line and turn of every running loop of the open frames, outermost first."""
        return [item for scope in self.scopes.values() for item in scope.turns.items()]

    # Applying

    def apply(self, step: Step, touched: set[Key] | None = None) -> None:
        """Go from the state before a step to the state after it.

        Args:
            step: The next step; its number must be ``self.step + 1``.
            touched: Gets the names whose value, flags or ``.grad`` changed, if given.
        """
        self.step = step.number
        for change in step.changes:
            self._appliers[change[0]](self, change, touched)
        if step.kind is Kind.NODE:
            node = self.nodes.get(step.detail[0])
            if node is not None:
                self.nodes[node.id] = node.at(ran=step.number)

    def _tensor(self, change: list[Any], touched: set[Key] | None) -> None:
        _, id, meta, version, storage, node, grad, content = change
        old = self.tensors.get(id)
        if old is None:
            born = self.step
            old_node = old_grad = None
        else:
            born, old_node, old_grad = old.born, old.node, old.grad
        self.tensors[id] = TensorRecord(
            id, self.tables.metas[meta], version, storage, node, grad, content, born, self.step
        )
        if node != old_node:
            if node is not None:
                self._node_uses[node] = self._node_uses.get(node, 0) + 1
            if old_node is not None:
                self._drop_node(old_node)
        if grad != old_grad:
            self._move_grad(id, old_grad, grad)
        if touched is not None:
            self._touch(id, touched)

    def _grad(self, change: list[Any], touched: set[Key] | None) -> None:
        _, id, grad = change
        old = self.tensors.get(id)
        if old is None:
            return
        self._move_grad(id, old.grad, grad)
        self.tensors[id] = TensorRecord(
            id,
            old.meta,
            old.version,
            old.storage,
            old.node,
            grad,
            old.content,
            old.born,
            self.step,
            old.freed,
        )
        if touched is not None:
            self._touch(id, touched)

    def _move_grad(self, id: int, old: int | None, new: int | None) -> None:
        if old is not None:
            owners = self.grad_of.get(old, [])
            if id in owners:
                owners.remove(id)
                if not owners:
                    del self.grad_of[old]
        if new is not None:
            self.grad_of.setdefault(new, []).append(id)

    def _touch(self, id: int, touched: set[Key]) -> None:
        touched.update(self.holders.get(id, ()))
        for owner in self.grad_of.get(id, ()):
            touched.update(self.holders.get(owner, ()))

    def _bind(self, change: list[Any], touched: set[Key] | None) -> None:
        _, id, path, reference = change
        scope = self.scopes.get(id)
        if scope is None:
            return
        old = scope.names.get(path)
        scope.names[path] = reference
        if type(old) is int:
            self._unhold(old, Key(id, path))
        if type(reference) is int:
            self.holders.setdefault(reference, []).append(Key(id, path))
        if touched is not None:
            touched.add(Key(id, path))

    def _unbind(self, change: list[Any], touched: set[Key] | None) -> None:
        _, id, path = change
        scope = self.scopes.get(id)
        if scope is None:
            return
        below = (path + ".", path + "[")
        for name in [n for n in scope.names if n == path or n.startswith(below)]:
            self._forget(scope, name, touched)

    def _forget(self, scope: Scope, path: str, touched: set[Key] | None) -> None:
        reference = scope.names.pop(path)
        key = Key(scope.id, path)
        if type(reference) is int:
            self._unhold(reference, key)
        if touched is not None:
            touched.add(key)

    def _unhold(self, tensor: int, key: Key) -> None:
        keys = self.holders.get(tensor)
        if keys is not None and key in keys:
            keys.remove(key)
            if not keys:
                del self.holders[tensor]

    def _freed(self, change: list[Any], touched: set[Key] | None) -> None:
        for id in change[1]:
            record = self.tensors.get(id)
            if record is None or record.freed:
                continue
            for key in list(self.holders.get(id, ())):
                # A name cannot hold what is gone: it is about to be seen bound to something else, or to nothing.
                scope = self.scopes.get(key.scope)
                if scope is not None and key.path in scope.names:
                    self._forget(scope, key.path, touched)
            if self._saved_uses.get(id):
                self.tensors[id] = TensorRecord(
                    id, record.meta, record.version, record.storage, None, None, record.content,
                    record.born, record.changed, True,
                )  # fmt: skip
            else:
                del self.tensors[id]
            self._move_grad(id, record.grad, None)
            if record.node is not None:
                self._drop_node(record.node)

    def _node(self, change: list[Any], touched: set[Key] | None) -> None:
        _, id, kind, edges, saved = change
        if id in self.nodes:
            return
        name, attributes = self.tables.node_kinds[kind]
        record = NodeRecord(
            id,
            name,
            tuple(map(Edge.of, edges)),
            tuple(Saved.of(attribute, value) for attribute, value in zip(attributes, saved, strict=True)),
            self.step,
        )
        self.nodes[id] = record
        for edge in record.edges:
            if edge is not None and edge.node is not None:
                self._node_uses[edge.node] = self._node_uses.get(edge.node, 0) + 1
        for item in record.saved:
            if item.tensor is not None:
                self._saved_uses[item.tensor] = self._saved_uses.get(item.tensor, 0) + 1

    def _released(self, change: list[Any], touched: set[Key] | None) -> None:
        for id in change[1]:
            node = self.nodes.get(id)
            if node is not None and not node.released:
                self.nodes[id] = node.at(released=self.step)
                self._drop_saved(node)

    def _drop_saved(self, node: NodeRecord) -> None:
        for item in node.saved:
            if item.tensor is None:
                continue
            left = self._saved_uses[item.tensor] = self._saved_uses.get(item.tensor, 1) - 1
            if left <= 0:
                del self._saved_uses[item.tensor]
                record = self.tensors.get(item.tensor)
                if record is not None and record.freed:
                    del self.tensors[item.tensor]

    def _drop_node(self, id: int) -> None:
        waiting = [id]
        while waiting:
            id = waiting.pop()
            left = self._node_uses.get(id, 1) - 1
            if left > 0:
                self._node_uses[id] = left
                continue
            self._node_uses.pop(id, None)
            node = self.nodes.pop(id, None)
            if node is None:
                continue
            if not node.released:
                self._drop_saved(node)
            waiting.extend(edge.node for edge in node.edges if edge is not None and edge.node is not None)

    def _open(self, change: list[Any], touched: set[Key] | None) -> None:
        _, id, function, call_line = change
        self.scopes[id] = Scope(id, function, call_line)

    def _close(self, change: list[Any], touched: set[Key] | None) -> None:
        scope = self.scopes.get(change[1])
        if scope is not None:
            for path in list(scope.names):
                self._forget(scope, path, touched)
            del self.scopes[scope.id]

    def _turn(self, change: list[Any], touched: set[Key] | None) -> None:
        _, id, line, turn = change
        scope = self.scopes.get(id)
        if scope is None:
            return
        if turn:
            scope.turns[line] = turn
        else:
            scope.turns.pop(line, None)

    _appliers = {  # noqa: RUF012
        Change.TENSOR: _tensor,
        Change.BIND: _bind,
        Change.UNBIND: _unbind,
        Change.FREED: _freed,
        Change.NODE: _node,
        Change.RELEASED: _released,
        Change.OPEN: _open,
        Change.CLOSE: _close,
        Change.TURN: _turn,
        Change.GRAD: _grad,
    }


class _Packed(msgspec.Struct, array_like=True):
    step: int
    tensors: list[TensorRecord]
    nodes: list[NodeRecord]
    scopes: list[Scope]
    holders: dict[int, list[Key]]
    grad_of: dict[int, list[int]]
    node_uses: dict[int, int]
    saved_uses: dict[int, int]


_packer = msgspec.msgpack.Encoder()
_unpacker = msgspec.msgpack.Decoder(_Packed)


def root_of(path: str) -> str:
    """The name that a path starts with: ``model`` for ``model.layers[0].weight``."""
    return path.partition("[")[0].partition(".")[0]
