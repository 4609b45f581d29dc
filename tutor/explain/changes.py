"""What else a step changed: turns of loops, functions entered, names bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.explain.say import reference_text, tensor_text
from tutor.plain.format import harmless
from tutor.plain.names import changed_names, reference_of
from tutor.recording.format import Change
from tutor.recording.model import TensorRecord
from tutor.recording.moment import Moment
from tutor.recording.state import root_of

NAMES_LIMIT: Final = 4
"""Names told in one sentence."""


def others(moment: Moment, known: int | None) -> list[str]:
    """What else the step changed, besides the names of a tensor that was told of already."""
    owners = moment.before.grad_of.get(known, ()) if known is not None else ()
    told = [*loops(moment), *bindings(moment, (known, *owners) if known is not None else ())]
    return [" ".join(told)] if told else []


def loops(moment: Moment) -> Iterator[str]:
    """Functions entered and turns begun or ended."""
    for change in moment.step.changes if moment.step is not None else ():
        if change[0] == Change.TURN:
            yield (
                f"Turn {change[3]} of the loop in line {change[2]}."
                if change[3]
                else f"The loop in line {change[2]} is over."
            )
        elif change[0] == Change.OPEN:
            yield f"Enters {harmless(change[2] or 'a function')}, called in line {change[3]}."


def bindings(moment: Moment, known: tuple[int, ...]) -> Iterator[str]:
    """``turn is now 1.``: names that got another value, except those of tensors that were told of already."""
    earlier, after = moment.before, moment.after
    told = 0
    gone = earlier.scopes.keys() - after.scopes.keys()
    changed = changed_names(earlier, after, moment.touched)
    # The members of a new object say no more than that it is new.
    new = {path for path, reference in changed if reference != reference_of(earlier, path)}
    for path, reference in changed:
        if root_of(path) != path and root_of(path) in new:
            continue
        if gone and _is_back(moment, path):
            continue
        if reference is None:
            sentence = None if gone else f"{harmless(path)} is gone."
        elif isinstance(reference, int):
            sentence = _tensor_change(moment, path, reference) if reference not in known else None
        elif reference != reference_of(earlier, path):
            sentence = f"{harmless(path)} is now {reference_text(after, reference)}."
        else:
            sentence = None
        if sentence is None:
            continue
        if told == NAMES_LIMIT:
            yield "…"
            return
        told += 1
        yield sentence


def _is_back(moment: Moment, path: str) -> bool:
    """Whether a name that a function had hidden is only seen again, with what it referred to all the time."""
    earlier, after, root = moment.before, moment.after, root_of(path)
    owner = next((scope for scope in reversed(after.scopes.values()) if root in scope.names), None)
    hidden = earlier.scopes.get(owner.id) if owner is not None else None
    if owner is None or hidden is None:
        return False
    reference = owner.names.get(path)
    same = not isinstance(reference, int) or earlier.tensors.get(reference) is after.tensors.get(reference)
    return same and hidden.names.get(path) == reference


def _tensor_change(moment: Moment, path: str, tensor: int) -> str | None:
    name = harmless(path)
    new, old = moment.after.tensors.get(tensor), moment.before.tensors.get(tensor)
    if new is None:
        return None
    text = tensor_text(new.meta, new.content)
    if old is None or reference_of(moment.before, path) != tensor:
        return f"{name} is now {text}."
    if old.content != new.content:
        return f"{name}: {tensor_text(old.meta, old.content)} → {text}."
    if old.meta.requires_grad != new.meta.requires_grad:
        return f"{name}.requires_grad is now {new.meta.requires_grad}."
    return _grad_change(moment, name, old, new)


def _grad_change(moment: Moment, name: str, old: TensorRecord, new: TensorRecord) -> str | None:
    was = reference_text(moment.before, old.grad)
    now = reference_text(moment.after, new.grad)
    return f"{name}.grad: {was} → {now}." if was != now else None
