"""Where the graph that is shown begins, and what can be reached from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tutor.recording.format import Kind
from tutor.recording.model import NodeRecord, Step, TensorRecord
from tutor.recording.moment import Moment, first_tensor, is_backward
from tutor.recording.state import State
from tutor.tui.graph.cuts import Cuts

Place = tuple[str, int]
"""("node", id), ("leaf", id of the tensor), ("cut", step that lost requires_grad), ("fold", last node hidden)."""


class Root(NamedTuple):
    """Where the graph that is shown begins."""

    tensors: tuple[int, ...]
    """One; several where backward was called on several."""
    nodes: tuple[int, ...]
    """Their grad_fn, each once; none where the tensor has no graph."""


def find_root(moment: Moment, cuts: Cuts, followed: int | None = None) -> Root | None:
    """Inside backward what it was called on; else the followed tensor, the result of the step, the last that has a
    graph: the first of these that there is.

    Args:
        moment: The step now.
        cuts: Of its recording.
        followed: A tensor. One without a graph is passed over, unless its graph was lost on the way to it.
    """
    step = moment.step
    if step is None:
        return None
    backward = backward_call(moment)
    if backward is not None:
        root = _backward_root(moment, backward)
        if root is not None:
            return root
    if followed is not None:
        root = _root_of(moment, (followed,))
        if root is not None and (root.nodes or cuts.of(followed, moment.number) is not None):
            return root
    if backward is None and step.kind in (Kind.OPERATION, Kind.INNER):
        result = first_tensor(step.detail[1])
        root = _root_of(moment, (result,)) if result is not None else None
        if root is not None:
            return root
    return last_root(moment.after)


def backward_call(moment: Moment) -> Step | None:
    """The backward call that the step belongs to, is, or reports the error of."""
    step = moment.step
    if step is None or step.kind is not Kind.ERROR or moment.number < 2:
        return moment.backward_step()
    number = moment.number - 1
    while number and moment.recording.site(number).line == step.site.line:
        before = moment.recording.step(number)
        if before.kind in (Kind.OPERATION, Kind.INNER) and is_backward(before.site.name):
            return before
        number = before.parent
    return None


def _backward_root(moment: Moment, backward: Step) -> Root | None:
    """What backward was called on; for ``autograd.grad`` the second argument is where it ends."""
    called_on = list(tensors_in(backward.detail[0][:1]))
    with_graph = [id for id in called_on if (record := moment.tensor(id)) is not None and record.node is not None]
    return _root_of(moment, with_graph or called_on[:1])


def tensors_in(references: Sequence[Any]) -> Iterator[int]:
    """Every tensor in some references of the format."""
    for reference in references:
        if isinstance(reference, int):
            yield reference
        elif isinstance(reference, list) and len(reference) == 4 and reference[0] in ("list", "tuple", "dict"):
            yield from tensors_in(reference[3])


def _root_of(moment: Moment, tensors: Sequence[int]) -> Root | None:
    records = [record for id in tensors if (record := moment.tensor(id)) is not None]
    nodes = dict.fromkeys(record.node for record in records if record.node is not None)
    return Root(tuple(record.id for record in records), tuple(nodes)) if records else None


def last_root(state: State) -> Root | None:
    """The newest tensor that is alive and has a grad_fn."""
    newest: TensorRecord | None = None
    for record in state.tensors.values():
        if record.node is not None and not record.freed and (newest is None or record.born >= newest.born):
            newest = record
    return Root((newest.id,), (newest.node,)) if newest is not None and newest.node is not None else None


def find_node(moment: Moment, id: int) -> NodeRecord | None:
    """A node as it is after the step, or as it was just before."""
    return moment.after.nodes.get(id) or moment.before.nodes.get(id)


def label_of(moment: Moment, tensor: int) -> str:
    """What to call a tensor: unlike elsewhere not by a name that the step has just given to another tensor."""
    record = moment.after.tensors.get(tensor)
    if record is None or moment.after.names_of(tensor) or not 0 < record.born <= moment.recording.count:
        return moment.label(tensor)
    return moment.recording.site(record.born).source or "a tensor"
