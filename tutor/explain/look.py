"""Looking things up in a moment: what to call a tensor or node, where it was made, what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tutor.explain.arrays import Array, array_of
from tutor.explain.say import gradient_text, is_told_whole, named_text, reference_text, short_text
from tutor.plain.format import clipped, harmless
from tutor.recording.format import Change, Kind
from tutor.recording.model import Edge, NodeRecord, Step, TensorRecord
from tutor.recording.moment import Moment

NAME: Final = 40
"""Characters that a name or expression gets inside a sentence."""

_ITEMS: Final = 4
"""Items of a list that are told in a sentence."""


def label(moment: Moment, tensor: int, width: int = NAME) -> str:
    """What to call a tensor: its name, or the expression that made it; what a library made has none of its own."""
    if is_inner(moment, tensor):
        return "a new tensor"
    return clipped(harmless(" ".join(moment.label(tensor).split())), width)


def is_named(moment: Moment, tensor: int) -> bool:
    """Whether a name leads to a tensor."""
    return bool(moment.after.names_of(tensor) or moment.before.names_of(tensor))


def before(moment: Moment, tensor: int) -> TensorRecord | None:
    """A tensor as it was before the step, or as it is where the step made it."""
    return moment.before.tensors.get(tensor) or moment.after.tensors.get(tensor)


def is_inner(moment: Moment, tensor: int) -> bool:
    """Whether a tensor has no name, nor an expression that says what it is.

    A call of a library says nothing of what was made inside it, a step nothing of an input that is first seen in it.
    """
    if is_named(moment, tensor):
        return False
    record = moment.tensor(tensor)
    if record is None or not 0 < record.born <= moment.recording.count:
        return False
    if record.born == moment.number and moment.step is not None and moment.step.detail is not None:
        return tensor not in tensors_in(moment.step.detail[1:2])
    return moment.recording.kind(record.born) is Kind.INNER


def value(moment: Moment, tensor: int) -> str:
    """The value of a tensor after the step."""
    record = moment.tensor(tensor)
    return "a tensor" if record is None else short_text(record.meta, record.content)


def argument(moment: Moment, reference: Any) -> str:
    """``x = 3.0``, ``x of shape (5, 1)``, ``[x, y]``; a plain value as it is."""
    if not isinstance(reference, int):
        inside = items(moment, reference)
        return f"[{', '.join(inside)}]" if inside else reference_text(moment.before, reference)
    record = before(moment, reference)
    name = label(moment, reference)
    if record is None:
        return name
    if is_inner(moment, reference):
        return short_text(record.meta, record.content)
    return named_text(name, record.meta, record.content)


def items(moment: Moment, reference: Any) -> list[str]:
    """What to call the items of a list or tuple that holds tensors; empty for anything else."""
    if not isinstance(reference, list) or len(reference) != 4 or reference[0] not in ("list", "tuple"):
        return []
    if not any(isinstance(item, int) for item in reference[3]):
        return []
    texts = [
        label(moment, item) if isinstance(item, int) and not is_inner(moment, item) else argument(moment, item)
        for item in reference[3][:_ITEMS]
    ]
    return [*texts, "…"] if len(reference[3]) > _ITEMS else texts


def source(moment: Moment) -> str:
    """The expression or statement of the step."""
    return harmless(" ".join(moment.step.site.source.split())) if moment.step is not None else ""


def find_node(moment: Moment, id: int | None) -> NodeRecord | None:
    """A node as it was before the step, or as it is where the step made it."""
    if id is None:
        return None
    return moment.before.nodes.get(id) or moment.after.nodes.get(id)


def made(moment: Moment, node: NodeRecord) -> Step | None:
    """The step that made a node."""
    return moment.recording.step(node.born) if 0 < node.born <= moment.recording.count else None


def result_of(moment: Moment, id: int | None) -> str:
    """What to call the result of a node: its name, its expression, or the node itself."""
    node = find_node(moment, id)
    if node is None:
        return "the next node"
    step = made(moment, node)
    if step is None or step.kind not in (Kind.OPERATION, Kind.INNER) or not isinstance(step.detail[1], int):
        return harmless(node.name)
    result = step.detail[1]
    if not any(change[0] == Change.TENSOR and change[1] == result and change[5] == id for change in step.changes):
        return harmless(node.name)
    record = moment.tensor(result)
    if record is not None and record.node == id and is_named(moment, result):
        return label(moment, result)
    if step.kind is Kind.OPERATION:
        return clipped(harmless(" ".join(step.site.source.split())), NAME)
    return harmless(node.name)


def target(moment: Moment, edge: Edge | None) -> str:
    """What to call the end of an edge."""
    if edge is None:
        return "nobody"
    if edge.leaf is not None:
        return label(moment, edge.leaf)
    return result_of(moment, edge.node)


def gradient_array(moment: Moment, gradient: Any) -> Array | None:
    """A small gradient of a node or accumulate step as numbers."""
    return None if gradient is None else array_of(moment.after.tables.metas[gradient[0]], gradient[1])


def gradient(moment: Moment, gradient: Any) -> str:
    """A gradient of a node or accumulate step as text."""
    return gradient_text(moment.after, gradient)


def is_shown(moment: Moment, gradient: Any) -> bool:
    """Whether the text of a gradient is its value; else it is its shape."""
    return gradient is None or is_told_whole(moment.after.tables.metas[gradient[0]], gradient[1])


def line(moment: Moment) -> int:
    """The line of the step."""
    return moment.step.site.line if moment.step is not None else 0


def where(moment: Moment, node: NodeRecord) -> str:
    """``x**2 in line 15``; nothing where it is not known."""
    if not 0 < node.born <= moment.recording.count:
        return ""
    site = moment.recording.site(node.born)
    return f"{clipped(harmless(' '.join(site.source.split())), 60)} in line {site.line}"


def tensors_in(references: Any) -> Iterator[int]:
    """Every tensor in some references of the format."""
    for reference in references:
        if isinstance(reference, int):
            yield reference
        elif isinstance(reference, list) and len(reference) == 4 and reference[0] in ("list", "tuple", "dict"):
            yield from tensors_in(reference[3])
