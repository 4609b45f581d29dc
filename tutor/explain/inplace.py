"""Operations that write into a tensor: ``w -= lr * w.grad``, ``zero_``, what optimizers do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tutor.explain.calls import is_initialiser
from tutor.explain.look import argument, is_named, label, source
from tutor.explain.say import listed, reference_text, shape_text, tensor_text
from tutor.explain.sums import arithmetic, first_element
from tutor.explain.unchanged import why_unchanged
from tutor.plain.format import harmless
from tutor.recording.format import Change, Kind
from tutor.recording.model import TensorRecord
from tutor.recording.moment import Moment

_NAMES: Final = 4


_STAYS: Final = "It is still the same tensor."


def written(moment: Moment, detail: Any) -> int | None:
    """The tensor that the operation wrote into, if it did: its first argument, or one named ``out`` or ``tensor``."""
    inputs, result, *_ = detail
    if isinstance(result, int) and (result in inputs or result in _options(detail).values()):
        return result if result in moment.before.tensors or _is_rewritten(moment, result) else None
    for reference in inputs[:1]:
        if isinstance(reference, int) and result is None:
            old, new = moment.before.tensors.get(reference), moment.after.tensors.get(reference)
            if old is None or new is None:
                continue
            if old.content != new.content or old.meta != new.meta or old.version != new.version:
                return reference
    return None


def _is_rewritten(moment: Moment, tensor: int) -> bool:
    """Whether a tensor that is first seen in this step, as an argument, was written to in it."""
    changes = moment.step.changes if moment.step is not None else ()
    return len([change for change in changes if change[0] == Change.TENSOR and change[1] == tensor]) > 1


def _options(detail: Any) -> dict[str, Any]:
    return detail[2] if len(detail) > 2 and isinstance(detail[2], dict) else {}


def in_place(moment: Moment, name: str, tensor: int, detail: Any) -> str:
    """What an operation changed in place: what it held, the rule with this step's numbers, what it holds."""
    old, new = moment.before.tensors.get(tensor), moment.tensor(tensor)
    assert new is not None
    text = label(moment, tensor) if old is not None or is_named(moment, tensor) else "a new tensor"
    now = tensor_text(new.meta, new.content)
    if old is None:
        return " ".join([f"{name} fills {text} in place{_using(moment, tensor, detail)}: {now}.", *_off(moment, new)])
    if name == "set_":
        return _other_memory(moment, tensor, text, old, new, detail)
    if old.content == new.content and old.meta != new.meta:
        return _flags(name, text, old, new)
    own = moment.step is not None and moment.step.kind is Kind.OPERATION
    by = source(moment) if own and name not in source(moment) else name
    sum = arithmetic(moment, name, detail)
    if old.content == new.content and not own and not is_named(moment, tensor):
        return f"{by} changes nothing here: {_lower(why_unchanged(moment, name, detail))}"
    if old.content == new.content:
        told = f"{by} leaves the value of {text} as it is{f': {sum}' if sum else ''}."
        if old.version != new.version or name.endswith("_"):
            told += f" {why_unchanged(moment, name, detail)}"
        return told + _not_none(moment, name, tensor)
    if sum:
        told = f"{by} changes {text} in place: {sum}. {_STAYS}"
    else:
        first = first_element(moment, name, detail)
        using = _using(moment, tensor, detail) if by == name and not first else ""
        example = f" Its first element: {first}." if first else ""
        told = f"{by} changes {text} in place{using}: {tensor_text(old.meta, old.content)} → {now}.{example} {_STAYS}"
    told += _shared(moment, tensor, new) + _not_none(moment, name, tensor)
    node = moment.after.nodes.get(new.node) if new.node is not None and new.node != old.node else None
    if node is not None:
        told += f" Its grad_fn is now {harmless(node.name)}, so backward goes through the change too."
    return " ".join([told, *_off(moment, old)])


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _using(moment: Moment, tensor: int, detail: Any) -> str:
    """`` with x = 3.0, std = 0.1``: the other arguments."""
    more = [argument(moment, item) for item in detail[0] if item != tensor and item is not None]
    more += [
        f"{harmless(key)} = {reference_text(moment.before, item)}"
        for key, item in _options(detail).items()
        if item not in (tensor, None, ["NoneType", None])
    ]
    return f" with {', '.join(more[:_NAMES])}" if more else ""


def _off(moment: Moment, record: TensorRecord) -> Iterator[str]:
    """That a change to a leaf is not recorded, because grad is off."""
    step = moment.step
    if step is None or not (record.meta.requires_grad and record.meta.is_leaf):
        return
    if step.kind is Kind.INNER and (is_initialiser(step.site.name) or _in_initialiser(moment, step.parent)):
        yield "Grad is off inside, so this is not recorded."
    elif step.kind is Kind.OPERATION and not step.grad_enabled:
        yield "Grad is off, so the update itself is not recorded."


def _in_initialiser(moment: Moment, parent: int) -> bool:
    return bool(parent) and is_initialiser(moment.recording.site(parent).name)


def _other_memory(moment: Moment, tensor: int, text: str, old: TensorRecord, new: TensorRecord, detail: Any) -> str:
    """``set_``: the tensor looks at other memory from now on."""
    given = next((item for item in (*detail[0][1:2], _options(detail).get("source")) if isinstance(item, int)), None)
    of = f"the memory of {label(moment, given)}" if given is not None else "other memory"
    told = f"set_ lets {text} look at {of}: {tensor_text(old.meta, old.content)} → "
    told += f"{tensor_text(new.meta, new.content)}."
    if old.meta.shape != new.meta.shape:
        told += f" Its shape was {shape_text(old.meta.shape)} and is {shape_text(new.meta.shape)} now."
    told += f" {_STAYS}"
    shares = _named_on(moment, tensor, new.storage)
    if shares:
        told += f" It shares its memory with {listed(shares)} now; writing into one changes {_both(shares)}."
    left = _named_on(moment, tensor, old.storage) if old.storage != new.storage else []
    if left:
        told += f" It no longer shares memory with {listed(left)}."
    return " ".join([told, *_off(moment, old)])


def _both(names: list[str]) -> str:
    return "both" if len(names) == 1 else "all"


def _named_on(moment: Moment, tensor: int, storage: int) -> list[str]:
    """The names of the other tensors that look at some memory."""
    state = moment.after
    found = [
        harmless(keys[0].path)
        for id, keys in state.holders.items()
        if id != tensor and keys and storage and (record := state.tensors.get(id)) and record.storage == storage
    ]
    return found[:_NAMES]


def _not_none(moment: Moment, name: str, tensor: int) -> str:
    """What a ``.grad`` of zeros is to backward and to optimizers."""
    if name != "zero_" or not moment.before.grad_of.get(tensor):
        return ""
    return " It is 0, not None: the next backward adds to it, and an optimizer does not skip it."


def _shared(moment: Moment, tensor: int, record: TensorRecord) -> str:
    """Other names on the same memory, which changed with it."""
    names: list[str] = []
    for key in sorted(moment.touched):
        scope = moment.after.scopes.get(key.scope)
        reference = scope.names.get(key.path) if scope is not None else None
        if not isinstance(reference, int) or reference == tensor or not record.storage:
            continue
        other = moment.after.tensors.get(reference)
        if other is not None and other.storage == record.storage:
            names.append(harmless(key.path))
    if not names:
        return ""
    if len(names) == 1:
        return f" {names[0]} shares its memory, so it changed too."
    return f" {listed(names[:_NAMES])} share its memory, so they changed too."


def _flags(name: str, text: str, old: TensorRecord, new: TensorRecord) -> str:
    if name == "retain_grad" or (new.meta.retains_grad and not old.meta.retains_grad):
        return f"{name}: {text} is not a leaf, so its .grad would stay None. Now backward keeps its gradient there."
    if old.meta.requires_grad == new.meta.requires_grad:
        return f"{name} leaves the value of {text} as it is."
    if new.meta.requires_grad:
        return f"{name}: {text} requires grad now. What is computed from it is recorded, and backward fills its .grad."
    if name == "detach_":
        return f"{name}: {text} no longer requires grad. It is a leaf now, cut off from what it was computed from."
    return f"{name}: {text} no longer requires grad. Backward leaves its .grad as it is."
