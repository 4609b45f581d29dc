"""What can be said of a value besides its elements, as labels and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tutor.plain.format import harmless, number
from tutor.recording.format import Kind
from tutor.recording.model import Content, Meta, TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.values import numbers
from tutor.tui.tensors.subject import Subject
from tutor.tui.text import reference_text, tensor_text

NAMES_LIMIT: Final = 8
"""Names listed at most."""

VALUE_WIDTH: Final = 40
"""Cells for a value within a line."""

_SUMMARY: Final = ("min", "max", "mean", "std", "nan", "inf")

Fact = tuple[str, str]
"""What it is about, and what is so; neither can steer a terminal."""


def facts_of(subject: Subject) -> list[Fact]:
    """Everything known of a name or a result, what matters most first."""
    if subject.reference is None:
        return [("name", subject.name), ("value", "There is nothing of this name here.")]
    facts = _tensor_facts(subject) if subject.record is not None else _plain_facts(subject)
    gone = [("gone", "It is not there any more after this step; this is how it was.")] if subject.gone else []
    return gone + facts


def _tensor_facts(subject: Subject) -> list[Fact]:
    record = subject.record
    assert record is not None
    names = [harmless(name) for name in subject.state.names_of(record.id)]
    facts = [("name", _listed(names) if names else f"none; the result of {subject.name}")]
    facts.append(("type", _type_text(record.meta)))
    if record.meta.elements == 1:
        facts.append(("value", tensor_text(record.meta, record.content, VALUE_WIDTH)))
    facts.append(("requires_grad", _autograd_text(subject, record)))
    facts.append((".grad", grad_text(record, subject.gradient)))
    facts.append(("made", _made_text(subject.moment.recording, record.id)))
    facts += _changed_fact(subject, record)
    facts.append(("version", _version_text(record.version)))
    facts.append(("memory", _memory_text(subject, record)))
    return facts


def _plain_facts(subject: Subject) -> list[Fact]:
    facts = [("name", subject.name)]
    array = subject.value
    if array is not None:
        facts.append(("type", _type_text(array[0])))
        if array[0].elements == 1:
            facts.append(("value", tensor_text(*array, VALUE_WIDTH)))
    elif isinstance(subject.reference, int):
        facts.append(("value", "not known any more"))
    else:
        facts.append(("type", harmless(str(subject.reference[0]))))
        facts.append(("value", reference_text(subject.state, subject.reference, 2000)))
        inside = len(subject.members())
        if inside:
            facts.append(("members", f"{inside:,}"))
    return facts + _set_fact(subject)


def _type_text(meta: Meta) -> str:
    """``Parameter (2, 3), float32, 6 elements, cpu``."""
    kind = "numpy array" if meta.type == "ndarray" else harmless(meta.type)
    count = meta.elements
    return f"{kind} {meta.shape}, {meta.dtype}, {count:,} element{'' if count == 1 else 's'}, {meta.device}"


def _autograd_text(subject: Subject, record: TensorRecord) -> str:
    """Whether it requires grad, what made it, whether it keeps its gradient."""
    meta, node = record.meta, subject.state.nodes.get(record.node) if record.node is not None else None
    parts = [str(meta.requires_grad)]
    if node is not None:
        parts.append(f"grad_fn is {harmless(node.name)}")
    elif record.node is not None:
        parts.append("its grad_fn is gone")
    else:
        parts.append("a leaf" if meta.is_leaf else "not a leaf")
    if meta.retains_grad:
        parts.append("retains_grad")
    return ", ".join(parts)


def grad_text(record: TensorRecord, gradient: TensorRecord | None) -> str:
    """``.grad``: a value, zero, None, or why there never is one."""
    if gradient is not None:
        text = tensor_text(gradient.meta, gradient.content, VALUE_WIDTH)
        return f"zero, not None: {text}" if _is_zero(gradient.meta, gradient.content) else text
    if record.grad is not None:
        return "not known any more"
    if not record.meta.requires_grad:
        return "None; it does not require grad"
    if record.meta.is_leaf or record.meta.retains_grad:
        return "None"
    return "not kept; it is not a leaf, and retain_grad() was not called"


def _is_zero(meta: Meta, content: Content) -> bool:
    if isinstance(content, dict):
        return content.get("min") == content.get("max") == 0 and not content.get("nan") and not content.get("inf")
    if not content:
        return False
    try:
        return not any(numbers(meta.dtype, content))
    except ValueError:
        return False


def _made_text(recording: Recording, tensor: int) -> str:
    """In which step it was made, or first seen."""
    born = recording.index.tensors.get(tensor)
    if not 0 < born <= recording.count:
        return "not known"
    step = recording.step(born)
    made = step.kind in (Kind.OPERATION, Kind.INNER) and step.detail and tensor in _tensors_in(step.detail[1:2])
    return f"{'' if made else 'first seen '}in {place_text(recording, born)}"


def _tensors_in(references: Any) -> Iterator[int]:
    for reference in references:
        if isinstance(reference, int):
            yield reference
        elif isinstance(reference, list) and len(reference) == 4 and reference[0] != "ndarray":
            yield from _tensors_in(reference[3])


def place_text(recording: Recording, number: int) -> str:
    """``step 3, line 5: x * 2``."""
    site = recording.site(number)
    return f"step {number:,}, line {site.line:,}: {harmless(' '.join(site.source.split()))}"


def _changed_fact(subject: Subject, record: TensorRecord) -> list[Fact]:
    recording = subject.moment.recording
    if record.changed == record.born or not 0 < record.changed <= recording.count:
        return []
    return [("changed", f"last in {place_text(recording, record.changed)}")]


def _set_fact(subject: Subject) -> list[Fact]:
    name, recording = subject.followed, subject.moment.recording
    if name is None or isinstance(name, int):
        return []
    step = recording.previous_change(name, subject.moment.number + 1)
    return [("given", f"in {place_text(recording, step)}")] if step is not None else []


def _version_text(version: int) -> str:
    if version < 0:
        return "none; an inference tensor has no version counter"
    if version == 0:
        return "0, never changed in place"
    return f"{version:,}, changed in place {'once' if version == 1 else f'{version:,} times'}"


def _memory_text(subject: Subject, record: TensorRecord) -> str:
    """Who else looks at the same memory."""
    if not record.storage:
        return "not known"
    others: list[str] = []
    for other in subject.state.tensors.values():
        if other.storage == record.storage and other.id != record.id and not other.freed:
            names = subject.state.names_of(other.id)
            others += names or [" ".join(subject.moment.label(other.id).split())]
    return f"shares memory with {_listed([harmless(name) for name in dict.fromkeys(others)])}" if others else "its own"


def _listed(names: list[str]) -> str:
    more = len(names) - NAMES_LIMIT
    return ", ".join(names[:NAMES_LIMIT]) + (f" and {more:,} more" if more > 0 else "")


def summary_facts(meta: Meta, content: Content) -> list[Fact]:
    """What was recorded of a value that was not recorded whole."""
    if not isinstance(content, dict):
        return [("value", "cannot be read")]
    facts = [("elements", f"{meta.elements:,}, too many to be recorded whole; this is what was kept of them")]
    for label, key in (("first", "first"), ("last", "last")):
        if content.get(key):
            values = [complex(*item) if isinstance(item, list) else item for item in content[key]]
            facts.append((label, ", ".join(map(number, values))))
    facts += [(name, number(content[name])) for name in _SUMMARY if content.get(name) is not None]
    if "sampled_every" in content:
        facts.append(("counted", f"over one element in {content['sampled_every']:,}"))
    return facts
