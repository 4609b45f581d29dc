"""The graph behind a result as rows with lanes, in the manner of ``git log --graph``: one row per node."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from tutor.recording.model import NodeRecord
from tutor.recording.moment import Moment
from tutor.recording.queries import Lost
from tutor.tui.graph.cuts import Cuts
from tutor.tui.graph.roots import Place, find_node

NODE_LIMIT: Final = 3000
"""Places laid out at most; what is below them is left out."""

COUNT_LIMIT: Final = 20_000
"""Of those left out, the most that are counted."""

LANE_LIMIT: Final = 8
"""Lanes drawn at most."""


class ChainRow(NamedTuple):
    """A row of the graph."""

    lanes: str
    """The lines that lead to the row and on from it; two cells for each lane."""
    place: Place


class Arrival(NamedTuple):
    """A way on which a gradient comes to a place."""

    sender: int
    """The node that sends it."""
    edge: int
    """Which of its edges."""
    input: int
    """Which input of the place."""


@dataclass(eq=False)
class Layout:
    """The graph of some nodes as rows, from the nodes down to the leaves."""

    rows: list[ChainRow]
    nodes: dict[int, NodeRecord]
    """As they were when the graph was laid out."""
    arrivals: dict[Place, list[Arrival]]
    """For each node and leaf, from where gradients come to it."""
    lost: dict[int, Lost]
    """By step, where the graph is cut."""
    left_out: int
    """Nodes and leaves that are not among the rows; from ``COUNT_LIMIT`` on there may be more."""

    @cached_property
    def positions(self) -> dict[Place, int]:
        """The row of each place."""
        return {row.place: number for number, row in enumerate(self.rows)}


def lay_out(moment: Moment, roots: tuple[int, ...], cuts: Cuts) -> Layout:
    """The graph of some nodes. It stays the same for as long as there are these nodes.

    Args:
        moment: One at which they are alive.
        roots: The nodes to begin with.
        cuts: Of the recording.
    """
    nodes = _reachable(moment, roots)
    lost = cuts.below(nodes.values())
    graph: dict[Place, list[Place]] = {}
    arrivals: dict[Place, list[Arrival]] = {}
    for id, node in nodes.items():
        targets = graph[("node", id)] = []
        for number, edge in enumerate(node.edges):
            if edge is None:
                continue
            target = ("node", edge.node) if edge.node is not None else ("leaf", edge.leaf or 0)
            if edge.node is not None and edge.node not in nodes:
                continue
            arrivals.setdefault(target, []).append(Arrival(id, number, edge.input))
            targets.append(target)
        targets += [("cut", item.step) for item in lost.get(id, ())]
        graph[("node", id)] = list(dict.fromkeys(targets))
    for targets in list(graph.values()):
        for target in targets:
            graph.setdefault(target, [])
    order = _ordered(graph)
    rows = _with_lanes(graph, order[:NODE_LIMIT])
    unseen = len(order) - len(rows)
    if len(nodes) >= NODE_LIMIT:
        unseen += _count_more(moment, nodes, graph.keys())
    by_step = {item.step: item for items in lost.values() for item in items}
    return Layout(rows, nodes, arrivals, by_step, unseen)


def _reachable(moment: Moment, roots: tuple[int, ...]) -> dict[int, NodeRecord]:
    """Every node that gradients can reach, the newest first where there are too many."""
    found: dict[int, NodeRecord] = {}
    ready = [-id for id in roots]
    heapify(ready)
    known = set(roots)
    while ready and len(found) < NODE_LIMIT:
        id = -heappop(ready)
        node = find_node(moment, id)
        if node is None:
            continue
        found[id] = node
        for edge in node.edges:
            if edge is not None and edge.node is not None and edge.node not in known:
                known.add(edge.node)
                heappush(ready, -edge.node)
    return found


def _count_more(moment: Moment, nodes: dict[int, NodeRecord], known: Collection[Place]) -> int:
    """How many nodes and leaves there are below those known, up to the limit."""
    seen: set[Place] = set()
    waiting = list(nodes.values())
    while waiting and len(seen) < COUNT_LIMIT:
        for edge in waiting.pop().edges:
            if edge is None:
                continue
            target = ("node", edge.node) if edge.node is not None else ("leaf", edge.leaf or 0)
            if target in seen or target in known:
                continue
            seen.add(target)
            node = find_node(moment, edge.node) if edge.node is not None else None
            if node is not None:
                waiting.append(node)
    return len(seen)


def _ordered(graph: dict[Place, list[Place]]) -> list[Place]:
    """The places in the order in which backward runs them.

    Each comes after all that send it something; of those that are ready a leaf is first, then the newest node.
    """
    senders = dict.fromkeys(graph, 0)
    for leads in graph.values():
        for target in leads:
            senders[target] += 1
    order: list[Place] = []
    ready = [(_rank(place), place) for place, count in senders.items() if count == 0]
    heapify(ready)
    while ready:
        _, place = heappop(ready)
        order.append(place)
        for target in graph[place]:
            senders[target] -= 1
            if senders[target] == 0:
                heappush(ready, (_rank(target), target))
    return order


def _rank(place: Place) -> tuple[int, int]:
    return (1, -place[1]) if place[0] == "node" else (0, place[1])


def _with_lanes(graph: dict[Place, list[Place]], order: list[Place]) -> list[ChainRow]:
    turn = {place: number for number, place in enumerate(order)}
    lanes: list[Place | None] = []
    lane_of: dict[Place, int] = {}
    rows: list[ChainRow] = []
    for place in order:
        from_above = place in lane_of
        here = lane_of.pop(place) if from_above else _free_lane(lanes, -1)
        before = tuple([item is not None for item in lanes[:LANE_LIMIT]])
        lanes[here] = None
        ends: list[int] = []
        targets = [target for target in graph[place] if target in turn]
        fresh = [target for target in targets if target not in lane_of]
        # The way that goes on longest stays in its lane, so that a deep graph does not drift to the right.
        straight = max(fresh, key=lambda target: (target[0] == "node", turn[target]), default=None)
        for target in targets:
            if target == straight:
                lane_of[target] = here
                lanes[here] = target
                continue
            if target not in lane_of:
                lane_of[target] = _free_lane(lanes, here)
                lanes[lane_of[target]] = target
            ends.append(lane_of[target])
        after = tuple([item is not None for item in lanes[:LANE_LIMIT]])
        rows.append(ChainRow(_draw(before, after, here, tuple(ends), place[0] if from_above else "node"), place))
        while lanes and lanes[-1] is None:
            lanes.pop()
    return rows


def _free_lane(lanes: list[Place | None], here: int) -> int:
    """The first lane to the right that nothing uses."""
    try:
        return lanes.index(None, here + 1)
    except ValueError:
        lanes.append(None)
        return len(lanes) - 1


_ENDS: Final = {"leaf": "╰▶", "cut": "╰✂"}


@lru_cache(1024)
def _draw(before: tuple[bool, ...], after: tuple[bool, ...], here: int, ends: tuple[int, ...], kind: str) -> str:
    """One row of lanes: the node, the lanes that pass by, and the lines from the node to lanes beside it.

    Args:
        before: Which of the lanes that can be drawn come from above.
        after: Which of them go on below.
        here: The lane of the node.
        ends: Lanes that it leads to besides its own.
        kind: Of its place; a leaf or a cut that no lane leads to is drawn as a node.
    """
    left, right = min([here, *ends]), max([here, *ends])
    count = max(len(before), right + 1)

    def cell(lane: int) -> str:
        from_above = lane < len(before) and before[lane]
        below = lane < len(after) and after[lane]
        tied = "─" if left <= lane < right else " "
        if lane == here:
            return _ENDS.get(kind, "●" + tied)
        if lane in ends:
            return _corner(from_above, left_side=lane < here, inside=left < lane < right) + tied
        if left < lane < right:
            return ("┼" if from_above and below else "─") + tied
        return ("│" if from_above and below else " ") + tied

    if count <= LANE_LIMIT or here < LANE_LIMIT:
        return "".join(map(cell, range(min(count, LANE_LIMIT))))
    return "".join(map(cell, range(LANE_LIMIT - 2))) + "… " + cell(here)


def _corner(from_above: bool, *, left_side: bool, inside: bool) -> str:
    if inside:
        return "┼" if from_above else "┬"
    if left_side:
        return "├" if from_above else "╭"
    return "┤" if from_above else "╮"
