"""What a backward call would trip over: saved tensors that were written to since, or freed by an earlier call.

torch finds out when the node runs, and speaks of the first only. The recording knows all of them before the call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from tutor.explain.look import is_inner, is_named, label, tensors_in, where
from tutor.plain.format import clipped, harmless
from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord, Saved, Step, TensorRecord
from tutor.recording.moment import Moment, is_backward
from tutor.recording.queries.tensors import writes
from tutor.recording.recording import Recording
from tutor.recording.state import State

NODES: Final = 20_000
"""In graphs of more nodes nothing is foretold in words: looking would be felt when a key is pressed."""

TOLD: Final = 3
"""Stale tensors that are told in words."""


_POSITIONAL: Final = 4
"""Arguments that ``backward`` can be given by position before the last of them is ``inputs``."""


class Stale(NamedTuple):
    """A saved tensor that backward cannot use any more."""

    node: NodeRecord
    """The node that saved it."""
    saved: str
    """What torch calls it in that node: ``self``, ``result``."""
    tensor: int
    name: str
    """What the learner calls it; empty where it has no name, nor an expression of its own."""
    saved_version: int
    """Its version when it was saved."""
    version: int
    """Its version now; the same where it was freed."""
    freed: bool
    """Whether an earlier backward call freed it. If not, it was written to in place."""
    step: int
    """The step that changed it first, or the backward call that freed it; 0 where that is not known."""


class Call(NamedTuple):
    """What a backward call asks for."""

    roots: list[int]
    """The tensors that it starts at."""
    inputs: list[int] | None
    """The tensors whose gradients are wanted; None for all leaves."""
    accumulates: bool
    """Whether it writes into ``.grad``: ``backward``, not ``autograd.grad``."""


def call_of(step: Step) -> Call:
    """What a step that is a backward call asks for."""
    inputs, _, *rest = step.detail
    options = rest[0] if rest and isinstance(rest[0], dict) else {}
    accumulates = step.site.name.rpartition(".")[2] != "grad"
    wanted: Any = options.get("inputs")
    if not accumulates and len(inputs) > 1:
        wanted = inputs[1]
    elif accumulates and len(inputs) > _POSITIONAL:
        wanted = inputs[-1]
    found = list(tensors_in([wanted]))
    return Call(list(tensors_in(inputs[:1])), found or (None if accumulates else []), accumulates)


def coming_call(moment: Moment) -> Step | None:
    """The backward call that the next step is, or the one that this step is: none of its nodes has run yet."""
    step, recording = moment.step, moment.recording
    if step is not None and _is_call(step):
        return step
    if moment.number < recording.count:
        following = moment.number + 1
        if recording.kind(following) in (Kind.OPERATION, Kind.INNER) and is_backward(recording.site(following).name):
            return recording.step(following)
    return None


def forecast(moment: Moment, tensor: int | None = None) -> list[Stale]:
    """Everything that backward cannot use any more, in the order in which it would run into it.

    Where a backward call comes next (or is this step), only the nodes that it runs count. Anywhere else those of the
    whole graph of a tensor.

    Args:
        moment: The step now.
        tensor: The root of the graph where no call comes; None for the newest tensor that has a graph.
    """
    call = coming_call(moment)
    if call is not None:
        return stale(moment, call_of(call))
    if tensor is None:
        tensor = _newest(moment.after)
    return stale(moment, Call([tensor], None, accumulates=True)) if tensor is not None else []


def forecast_paragraphs(moment: Moment) -> list[str]:
    """That the backward call which comes next will fail, and why; nothing where it will not."""
    call = coming_call(moment)
    if call is None or len(moment.after.nodes) > NODES:
        return []
    versions = _versions(moment.after)
    found = _different(moment, _pairs(moment, versions, call_of(call)))
    if not found:
        return []
    source = clipped(harmless(" ".join(call.site.source.split())), 60)
    which = "This call" if moment.step is not None and call.number == moment.number else f"The next step, {source},"
    told = [sentence(moment, _told(moment, versions, *pair)) for pair in found[:TOLD]]
    more = len(found) - TOLD
    rest = [f"{more} more saved tensor{'s' if more > 1 else ''} cannot be used any more."] if more > 0 else []
    return [" ".join([f"{which} will fail.", *told, *rest])]


def _different(moment: Moment, pairs: Iterable[_Pair]) -> list[_Pair]:
    """One for each tensor that was written to, and one for all that a backward call freed."""
    found: dict[tuple[str, int], _Pair] = {}
    for node, item in pairs:
        key = ("freed", freed_by(moment.recording, node)) if node.released else ("changed", item.tensor or 0)
        found.setdefault(key, (node, item))
    return list(found.values())


def sentence(moment: Moment, item: Stale) -> str:
    """Why one saved tensor cannot be used any more."""
    place = where(moment, item.node)
    node = harmless(item.node.name) + (f" of {place}" if place else "")
    by = done_by(moment.recording, item.step)
    if item.freed:
        what = item.name or "what it needs"
        return f"{node} had saved {what}, and {by or 'an earlier backward call'} freed that."
    name = item.name or "a tensor"
    versions = f"it is at version {item.version} now"
    changed = f"{by} changed it since" if by else "it was changed since"
    return f"{node} saved {name} at version {item.saved_version}, and {changed}: {versions}."


def done_by(recording: Recording, number: int) -> str:
    """``y += 1 in line 12 (step 13)``: what a step is to the learner; empty for step 0."""
    if not number:
        return ""
    site = recording.site(outermost(recording, number))
    source = clipped(harmless(" ".join(site.source.split())), 50)
    return f"{source} in line {site.line} (step {number})"


def outermost(recording: Recording, number: int) -> int:
    """The step of the program that a step is part of: the call of a library for what happened inside it."""
    while recording.index.parents[number]:
        number = recording.index.parents[number]
    return number


# Looking


_Pair = tuple[NodeRecord, Saved]


def stale(moment: Moment, call: Call) -> list[Stale]:
    """What the nodes that a call runs cannot use any more, after the step of a moment."""
    versions = _versions(moment.after)
    return [_told(moment, versions, node, item) for node, item in _pairs(moment, versions, call)]


def first_stale(moment: Moment, call: Call) -> Stale | None:
    """What a call runs into first."""
    versions = _versions(moment.after)
    pair = next(_pairs(moment, versions, call), None)
    return None if pair is None else _told(moment, versions, *pair)


def _pairs(moment: Moment, versions: dict[int, int], call: Call) -> Iterator[_Pair]:
    """Each node that runs and something that it saved and cannot use, in the order in which nodes run."""
    state = moment.after
    suspects = {node.id for node in state.nodes.values() if any(_is_stale(state, versions, node))}
    if not suspects:
        return
    # Nodes run in the reverse of the order in which they were made.
    for id in sorted(running(state, call) & suspects, reverse=True):
        for item in _is_stale(state, versions, state.nodes[id]):
            yield state.nodes[id], item


def running(state: State, call: Call) -> set[int]:
    """The nodes that a backward call runs: with ``inputs`` only those on a way to one of them."""
    roots = [record.node for id in call.roots if (record := state.tensors.get(id)) is not None]
    reached = _reached(state, [node for node in roots if node is not None])
    if call.inputs is None:
        return reached
    leaves = set(call.inputs)
    ends = {record.node for id in call.inputs if (record := state.tensors.get(id)) is not None} - {None}
    # backward(inputs=...) also runs the node of a tensor that is no leaf; autograd.grad stops before it.
    needed = {id for id in reached if id in ends} if call.accumulates else set[int]()
    leading = set(needed)
    for id in sorted(reached):
        for edge in state.nodes[id].edges:
            if edge is not None and (edge.leaf in leaves or edge.node in ends or edge.node in leading):
                leading.add(id)
    return leading


def _reached(state: State, roots: Iterable[int]) -> set[int]:
    reached = {id for id in roots if id in state.nodes}
    waiting = list(reached)
    while waiting:
        for edge in state.nodes[waiting.pop()].edges:
            if edge is not None and edge.node is not None and edge.node not in reached and edge.node in state.nodes:
                reached.add(edge.node)
                waiting.append(edge.node)
    return reached


def _versions(state: State) -> dict[int, int]:
    """The version of each storage, as those tell that are alive."""
    versions: dict[int, int] = {}
    for record in state.tensors.values():
        if not record.freed and record.version > versions.get(record.storage, -1):
            versions[record.storage] = record.version
    return versions


def _version(record: TensorRecord, versions: dict[int, int], saved: int) -> int:
    # Nobody sees the version of a tensor whose Python object is gone; who shares its memory shares that.
    return versions.get(record.storage, saved) if record.freed else record.version


def _is_stale(state: State, versions: dict[int, int], node: NodeRecord) -> Iterator[Saved]:
    """What a node saved and cannot use any more."""
    for item in node.saved:
        if item.tensor is None:
            continue
        if node.released:
            yield item
            continue
        record = state.tensors.get(item.tensor)
        if record is not None and _version(record, versions, item.version) > item.version:
            yield item


def _told(moment: Moment, versions: dict[int, int], node: NodeRecord, item: Saved) -> Stale:
    assert item.tensor is not None
    recording = moment.recording
    record = moment.tensor(item.tensor)
    name = saved_name(moment, node, item)
    if node.released:
        return Stale(
            node, item.name, item.tensor, name, item.version, item.version, True, freed_by(recording, node)
        )  # fmt: skip
    assert record is not None
    version = _version(record, versions, item.version)
    step = next(
        (
            write.step
            for write in writes(recording, record.storage, moment.number)
            if write.before is not None and write.step >= node.born and write.after > item.version
        ),
        0,
    )
    return Stale(node, item.name, item.tensor, name, item.version, version, False, step)


def freed_by(recording: Recording, node: NodeRecord) -> int:
    """The backward call that freed what a node had saved, 0 where that is not known."""
    number = node.ran or node.released
    while number:
        if is_backward(recording.site(number).name):
            return number
        number = recording.index.parents[number]
    return 0


def saved_name(moment: Moment, node: NodeRecord, item: Saved) -> str:
    """What the learner calls something saved; empty for what has neither a name nor an expression of its own.

    A view that torch made, as of a layer's weight, has the name of what it is a view of.
    """
    assert item.tensor is not None
    if is_named(moment, item.tensor):
        return label(moment, item.tensor)
    record = moment.tensor(item.tensor)
    if record is None:
        return ""
    if record.storage:
        for other in moment.after.tensors.values():
            if other.storage == record.storage and not other.freed and is_named(moment, other.id):
                return label(moment, other.id)
    if item.name.startswith("result"):
        return "its result"
    if record.born == node.born or is_inner(moment, item.tensor):
        return ""
    return label(moment, item.tensor)


def _is_call(step: Step) -> bool:
    return step.kind in (Kind.OPERATION, Kind.INNER) and is_backward(step.site.name)


def _newest(state: State) -> int | None:
    """The newest tensor that has a graph."""
    found = [record for record in state.tensors.values() if record.node is not None and not record.freed]
    return max(found, key=lambda record: (record.born, record.id)).id if found else None
