"""The autograd graph that hangs on a tensor, as rows in the order in which backward would run it."""

from __future__ import annotations

from enum import StrEnum
from heapq import heappop, heappush
from typing import NamedTuple

import msgspec

from tutor.recording.model import NodeRecord, Saved, TensorRecord
from tutor.recording.queries.tensors import expression
from tutor.recording.recording import Recording
from tutor.recording.state import State

# Nodes run in the reverse of the order in which they were made, but a leaf takes its gradient at once.
_LEAF, _NODE = 0, 1


class SavedStatus(StrEnum):
    """Whether backward can still use what a node saved."""

    KEPT = "kept"
    FREED = "freed"
    """By an earlier backward call."""
    CHANGED = "changed"
    """Written to in place since; backward would raise."""


class SavedRow(msgspec.Struct, frozen=True):
    """Something that a node saved."""

    saved: Saved
    status: SavedStatus
    tensor: TensorRecord | None
    """The tensor as it is now, None for a plain value or where it is gone."""
    names: list[str]
    version: int
    """The present version of the tensor."""


class Row(msgspec.Struct, frozen=True):
    """A node of the graph, or a leaf that it ends in."""

    node: NodeRecord | None
    """None for a leaf."""
    tensor: TensorRecord | None
    """The node's result while it is alive; the leaf."""
    names: list[str]
    expression: str
    """The source of the step that made it."""
    level: int
    """Edges from the root, along the longest way."""
    edges: list[int | None]
    """For each edge the row it leads to; None where no gradient goes. Beyond the limit there are no rows."""
    fan_in: int
    """How many edges lead here from other rows; the gradients that arrive along them are added."""
    saved: list[SavedRow]

    @property
    def broken(self) -> bool:
        """Whether backward would fail here."""
        return any(item.status is not SavedStatus.KEPT for item in self.saved)


def graph(recording: Recording, state: State, tensor: int, limit: int = 1000) -> list[Row]:
    """The nodes and leaves that can be reached from a tensor, the root first, each after all that lead to it.

    Args:
        recording: Where the state is from.
        state: The moment.
        tensor: The root; one that does not require grad has no graph.
        limit: At most this many rows.
    """
    record = state.tensors.get(tensor)
    if record is None or not record.meta.requires_grad:
        return []
    root = _Place(record.node, None) if record.node is not None else _Place(None, tensor)
    order, levels, fan_in = _ordered(state, root)
    rows = {place: row for row, place in enumerate(order)}
    builder = _Builder(recording, state)
    return [
        builder.row(place, levels[place], fan_in[place], [rows.get(to) if to else None for to in _edges(state, place)])
        for place in order[:limit]
    ]


class _Place(NamedTuple):
    node: int | None
    leaf: int | None


def _edges(state: State, place: _Place) -> list[_Place | None]:
    node = state.nodes.get(place.node) if place.node is not None else None
    if node is None:
        return []
    return [None if edge is None else _Place(edge.node, edge.leaf) for edge in node.edges]


def _ordered(state: State, root: _Place) -> tuple[list[_Place], dict[_Place, int], dict[_Place, int]]:
    """All places in order, the level of each, and how many edges lead to each."""
    fan_in, waiting = {root: 0}, [root]
    while waiting:
        for to in _edges(state, waiting.pop()):
            if to is not None:
                if to not in fan_in:
                    fan_in[to] = 0
                    waiting.append(to)
                fan_in[to] += 1
    left, levels = dict(fan_in), {root: 0}
    order: list[_Place] = []
    ready = [((0, 0), root)]
    while ready:
        _, place = heappop(ready)
        order.append(place)
        for to in _edges(state, place):
            if to is None:
                continue
            levels[to] = max(levels.get(to, 0), levels[place] + 1)
            left[to] -= 1
            if not left[to]:
                heappush(ready, ((_LEAF, to.leaf or 0) if to.node is None else (_NODE, -to.node), to))
    return order, levels, fan_in


class _Builder:
    """Looks up what a row says besides its place."""

    def __init__(self, recording: Recording, state: State) -> None:
        self._recording = recording
        self._state = state
        self._results: dict[int, TensorRecord] = {}
        self._versions: dict[int, int] = {}
        for record in state.tensors.values():
            if record.node is not None:
                self._results.setdefault(record.node, record)
            if not record.freed:
                self._versions[record.storage] = max(self._versions.get(record.storage, 0), record.version)

    def row(self, place: _Place, level: int, fan_in: int, edges: list[int | None]) -> Row:
        state, (id, leaf) = self._state, place
        node = state.nodes.get(id) if id is not None else None
        tensor = self._results.get(id) if id is not None else state.tensors.get(leaf or 0)
        names = state.names_of(tensor.id) if tensor is not None else []
        if node is not None and node.born <= self._recording.count:
            source = self._recording.site(node.born).source
        else:
            source = expression(self._recording, leaf) or "" if leaf is not None else ""
        saved = [self._saved(item, node) for item in node.saved] if node is not None else []
        return Row(node, tensor, names, source, level, edges, fan_in, saved)

    def _saved(self, item: Saved, node: NodeRecord) -> SavedRow:
        if item.tensor is None:
            return SavedRow(item, SavedStatus.KEPT, None, [], 0)
        record = self._state.tensors.get(item.tensor)
        version = item.version
        if record is not None:
            # Nobody sees the version of a tensor whose Python object is gone; who shares its memory shares that.
            version = self._versions.get(record.storage, item.version) if record.freed else record.version
        if node.released:
            status = SavedStatus.FREED
        else:
            status = SavedStatus.CHANGED if version > item.version else SavedStatus.KEPT
        names = self._state.names_of(item.tensor)
        return SavedRow(item, status, record, names, version)
