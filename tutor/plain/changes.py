"""What a step changed, in a few words for each name: a new value, a value changed in place, a flag, a gradient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tutor.plain.format import content_text, harmless, reference_text
from tutor.plain.names import changed_names, reference_of
from tutor.recording.model import TensorRecord
from tutor.recording.state import Key, State


def change_lines(before: State, after: State, touched: Iterable[Key]) -> Iterator[str]:
    """A line for each thing that changed; a tensor with several names under the first of them only.

    Names that went away with their function are left out.
    """
    told: set[int] = set()
    closed = before.scopes.keys() - after.scopes.keys()
    changed = dict(changed_names(before, after, touched))
    for path, reference in changed.items():
        if isinstance(reference, int):
            if reference not in told:
                told.add(reference)
                first = next((name for name in after.names_of(reference) if name in changed), path)
                yield from _tensor_lines(first, reference, before, after)
        elif reference is not None:
            if reference != reference_of(before, path):
                yield f"{harmless(path)} = {reference_text(after, reference)}"
        elif not closed:
            yield f"{harmless(path)} is gone"


def _tensor_lines(path: str, id: int, before: State, after: State) -> Iterator[str]:
    name = harmless(path)
    new = after.tensors.get(id)
    if new is None:
        yield f"{name} = a tensor"
        return
    old = before.tensors.get(id)
    value = content_text(new.meta, new.content)
    if old is None or reference_of(before, path) != id:
        yield f"{name} = {value}{role(new, after)}"
        return
    if old.content != new.content:
        yield f"{name}: {content_text(old.meta, old.content)} → {value} in place{role(new, after)}"
    elif old.version != new.version:
        yield f"{name}: written in place with the same values"
    elif old.node != new.node:
        yield f"{name} = {value}{role(new, after)}"
    if old.meta.requires_grad != new.meta.requires_grad:
        yield f"{name}.requires_grad = {new.meta.requires_grad}"
    earlier, now = reference_text(before, old.grad), reference_text(after, new.grad)
    if old.grad != new.grad:
        yield f"{name}.grad = {now}"
    elif earlier != now:
        yield f"{name}.grad: {earlier} → {now} in place"


def role(record: TensorRecord, state: State) -> str:
    """Where the tensor stands in the graph: the node that made it, or that it is a leaf."""
    node = state.nodes.get(record.node) if record.node is not None else None
    if node is not None:
        return f" ({harmless(node.name)})"
    return " (leaf)" if record.meta.requires_grad else ""
