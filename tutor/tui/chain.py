"""The graph behind a result as rows with lanes, in the manner of ``git log --graph``: one row per node."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final, NamedTuple

from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord, TensorRecord
from tutor.recording.state import State
from tutor.tui.moment import Moment, first_tensor

NODE_LIMIT: Final = 3000
"""Nodes laid out at most; what is below them is left out."""

LANE_LIMIT: Final = 8
"""Lanes drawn at most."""

Place = tuple[str, int]
"""("node", id) or ("leaf", id of the tensor)."""


class ChainRow(NamedTuple):
    """A row of the graph."""

    lanes: str
    """The lines that lead to the row and on from it; two cells for each lane."""
    place: Place


class Root(NamedTuple):
    """Where the graph that is shown begins."""

    tensor: int | None
    node: int | None
    """None where the tensor has no grad_fn."""


def find_root(moment: Moment) -> Root | None:
    """The result of the step; inside backward what it was called on; else the last result that has a graph."""
    step = moment.step
    if step is None:
        return None
    backward = moment.backward_step()
    if backward is not None:
        root = _root_of(moment, first_tensor_with_node(moment, backward.detail[0]))
        if root is not None:
            return root
    elif step.kind in (Kind.OPERATION, Kind.INNER):
        root = _root_of(moment, first_tensor(step.detail[1]))
        if root is not None:
            return root
    return last_root(moment.after)


def first_tensor_with_node(moment: Moment, inputs: list[object]) -> int | None:
    """The first tensor among the inputs of an operation that has a graph."""
    for reference in inputs:
        tensor = first_tensor(reference)
        if tensor is not None:
            record = moment.before.tensors.get(tensor)
            if record is not None and record.node is not None:
                return tensor
    return None


def last_root(state: State) -> Root | None:
    """The newest tensor that is alive and has a grad_fn."""
    newest: TensorRecord | None = None
    for record in state.tensors.values():
        if record.node is not None and not record.freed and (newest is None or record.born >= newest.born):
            newest = record
    return Root(newest.id, newest.node) if newest is not None else None


def _root_of(moment: Moment, tensor: int | None) -> Root | None:
    record = moment.tensor(tensor) if tensor is not None else None
    return Root(record.id, record.node) if record is not None else None


def find_node(moment: Moment, id: int) -> NodeRecord | None:
    """A node as it is after the step, or as it was just before."""
    return moment.after.nodes.get(id) or moment.before.nodes.get(id)


def targets(node: NodeRecord) -> list[Place]:
    """Where a node sends its gradients, each place once."""
    places: list[Place] = []
    for edge in node.edges:
        if edge is None:
            continue
        if edge.node is not None:
            places.append(("node", edge.node))
        elif edge.leaf is not None:
            places.append(("leaf", edge.leaf))
    return list(dict.fromkeys(places))


def reachable(moment: Moment, root: int) -> dict[Place, list[Place]]:
    """Every place that gradients from a node can reach, with where each sends them."""
    found: dict[Place, list[Place]] = {}
    waiting: list[Place] = [("node", root)]
    while waiting and len(found) < NODE_LIMIT:
        place = waiting.pop()
        if place in found:
            continue
        node = find_node(moment, place[1]) if place[0] == "node" else None
        found[place] = targets(node) if node is not None else []
        waiting.extend(found[place])
    return {place: [target for target in leads if target in found] for place, leads in found.items()}


def ordered(graph: dict[Place, list[Place]], root: Place) -> list[Place]:
    """The places in the order in which backward runs them.

    Each comes after all that send it something; of those that are ready a leaf is first, then the newest node.
    """
    senders = dict.fromkeys(graph, 0)
    for leads in graph.values():
        for target in leads:
            senders[target] += 1
    order: list[Place] = []
    ready = [(_rank(root), root)]
    while ready:
        _, place = heappop(ready)
        order.append(place)
        for target in graph[place]:
            senders[target] -= 1
            if senders[target] == 0:
                heappush(ready, (_rank(target), target))
    return order


def _rank(place: Place) -> tuple[int, int]:
    return (0, place[1]) if place[0] == "leaf" else (1, -place[1])


def lay_out(moment: Moment, root: int) -> list[ChainRow]:
    """The graph of a node as rows, from the node down to the leaves."""
    start: Place = ("node", root)
    graph = reachable(moment, root)
    lanes: list[Place | None] = [start]
    rows: list[ChainRow] = []
    for place in ordered(graph, start):
        here = lanes.index(place)
        before = list(lanes)
        lanes[here] = None
        ends: list[int] = []
        for target in graph[place]:
            if target in lanes:
                ends.append(lanes.index(target))
            elif lanes[here] is None:
                lanes[here] = target
            else:
                ends.append(_free_lane(lanes, here))
                lanes[ends[-1]] = target
        rows.append(ChainRow(_draw(before, lanes, here, ends, leaf=place[0] == "leaf"), place))
        while lanes and lanes[-1] is None:
            lanes.pop()
    return rows


def _free_lane(lanes: list[Place | None], here: int) -> int:
    for lane in range(here + 1, len(lanes)):
        if lanes[lane] is None:
            return lane
    lanes.append(None)
    return len(lanes) - 1


def _draw(before: list[Place | None], after: list[Place | None], here: int, ends: list[int], *, leaf: bool) -> str:
    """One row of lanes: the node, the lanes that pass by, and the lines from the node to lanes beside it."""
    left, right = min([here, *ends]), max([here, *ends])
    cells: list[str] = []
    for lane in range(max(len(before), right + 1)):
        from_above = lane < len(before) and before[lane] is not None
        below = lane < len(after) and after[lane] is not None
        tied = "─" if left <= lane < right else " "
        if lane == here:
            cells.append("╰▶" if leaf and from_above else "●" + tied)
        elif lane in ends:
            cells.append(_corner(from_above, left_side=lane < here, inside=left < lane < right) + tied)
        elif left < lane < right:
            cells.append(("┼" if from_above and below else "─") + tied)
        else:
            cells.append(("│" if from_above and below else " ") + tied)
    if len(cells) > LANE_LIMIT:
        shown = cells[:LANE_LIMIT] if here < LANE_LIMIT else [*cells[: LANE_LIMIT - 2], "… ", cells[here]]
        return "".join(shown)
    return "".join(cells)


def _corner(from_above: bool, *, left_side: bool, inside: bool) -> str:
    if inside:
        return "┼" if from_above else "┬"
    if left_side:
        return "├" if from_above else "╭"
    return "┤" if from_above else "╮"
