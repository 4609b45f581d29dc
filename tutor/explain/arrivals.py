"""What arrived at a node or a leaf during a backward call, and from which nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from tutor.explain.arrays import Array, agrees, elementwise
from tutor.explain.look import gradient_array, tensors_in
from tutor.explain.say import listed, times_text
from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord, TensorRecord
from tutor.recording.moment import Moment

NODES: Final = 3000
"""In graphs of more nodes nobody looks for senders: that would be felt at every key press."""

TOLD: Final = 6
"""Senders that are named in a sentence."""

ADDED: Final = 10
"""Gradients that are written out as a sum."""


class Arrival(NamedTuple):
    """A gradient that one node sent to another, or to a leaf."""

    node: NodeRecord
    gradient: Any
    """As in a node step."""
    array: Array | None


def arrivals_at(moment: Moment, tensor: int) -> list[Arrival] | None:
    """Everything that the running backward call has sent to a leaf, or to the node that made any other tensor.

    None where that is not known.
    """
    record = moment.tensor(tensor)
    if record is None or record.meta.is_leaf:
        return arrivals(moment, leaf=tensor)
    return arrivals(moment, node=record.node, output=_output(moment, record))


def _output(moment: Moment, record: TensorRecord) -> int:
    """Which of the results of its operation a tensor is."""
    step = moment.recording.step(record.born) if 0 < record.born <= moment.recording.count else None
    result = step.detail[1] if step is not None and step.kind in (Kind.OPERATION, Kind.INNER) else None
    results = list(tensors_in([result])) if isinstance(result, list) else []
    return results.index(record.id) if record.id in results else 0


def arrivals(
    moment: Moment, *, node: int | None = None, leaf: int | None = None, output: int = 0
) -> list[Arrival] | None:
    """Everything that the running backward call has sent to an output of a node or to a leaf, in order.

    None where the graph is too large to look.
    """
    step = moment.step
    if step is None or len(moment.before.nodes) > NODES:
        return None
    found: list[tuple[int, NodeRecord, int]] = []
    for record in moment.before.nodes.values():
        if not step.parent < record.ran < step.number:
            continue
        for position, edge in enumerate(record.edges):
            if edge is None:
                continue
            if (
                edge.leaf == leaf
                if leaf is not None
                else node is not None and (edge.node, edge.input) == (node, output)
            ):
                found.append((record.ran, record, position))
    sent: list[Arrival] = []
    for ran, record, position in sorted(found, key=lambda item: item[0]):
        sender = moment.recording.step(ran)
        if sender.kind is not Kind.NODE or position >= len(sender.detail[2]):
            return None
        gradient = sender.detail[2][position]
        if gradient is not None:
            sent.append(Arrival(record, gradient, gradient_array(moment, gradient)))
    return sent


def senders(sent: Sequence[Arrival], called: Callable[[NodeRecord], str]) -> tuple[str, int]:
    """``AddBackward0 and MulBackward0 (twice)``: what sent something, in order, and how many of the gradients that are.

    All of them, or the first few where too many different ones sent something.

    Args:
        sent: What they sent.
        called: What to call a node.
    """
    names = [called(arrival.node) for arrival in sent]
    if len(set(names)) > TOLD:
        names = names[:TOLD]
    texts = [f"{name} ({times_text(count)})" if count > 1 else name for name, count in Counter(names).items()]
    return listed(texts), len(names)


def replaced(moment: Moment, sent: list[Arrival] | None, arrived: Any) -> Array | None:
    """What was sent, where something else arrived: a hook put that in its place. None where nothing did, or where
    that is not known."""
    whole = summed(sent)
    array = gradient_array(moment, arrived)
    if whole is None or array is None or whole.shape != array.shape:
        return None
    dtype = moment.after.tables.metas[arrived[0]].dtype
    return None if agrees(whole, array, dtype) else whole


def summed(sent: list[Arrival] | None) -> Array | None:
    """Everything that was sent, added up; None where that is not known."""
    if not sent:
        return None
    whole: Array | None = None
    for arrival in sent:
        if arrival.array is None:
            return None
        if whole is None:
            whole = arrival.array
        elif whole.shape != arrival.array.shape:
            return None
        else:
            whole = elementwise(lambda a, b: a + b, whole, arrival.array)
    return whole
