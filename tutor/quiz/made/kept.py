"""Whether there is anything in a ``.grad``: after it was emptied, of a tensor that is no leaf, of a frozen leaf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.lesson.value import Value
from tutor.quiz.made.calls import gradient_in, last_change
from tutor.quiz.made.draft import Ask, Made, distinct, drafted, right, wrong
from tutor.quiz.made.names import Name, name_of, named_tensors
from tutor.quiz.made.nodes import has_inputs
from tutor.quiz.made.spot import Spot, spot_at
from tutor.quiz.made.values import NONE, gradient_value, value_of, zeros_like
from tutor.quiz.made.visits import end_of
from tutor.quiz.made.words import brief, code
from tutor.quiz.question import PICKED, Choice
from tutor.recording.format import Kind
from tutor.recording.model import Step, TensorRecord
from tutor.recording.moment import is_backward
from tutor.recording.recording import Recording
from tutor.recording.state import State

_STEPS: Final = 400
"""Steps of a backward call that are gone through."""

_LOOKED_AT: Final = 6
"""Tensors that are looked at, at most."""

_VISITS: Final = 40
"""Steps of a line that are looked at, at its beginning and its end."""


def kept_steps(recording: Recording) -> list[int]:
    """Where gradients are emptied, the first time on each line and the last; and the first backward call of each."""
    found: set[int] = set()
    for site in list(recording.tables.sites.values()):
        if not (_empties(site.name) or is_backward(site.name)):
            continue
        steps = recording.index.lines.get(site.line, ())
        numbers = [
            step
            for step in dict.fromkeys((*steps[:_VISITS], *steps[-_VISITS:]))
            if recording.kind(step) in (Kind.CALL, Kind.OPERATION) and recording.site(step).name == site.name
        ]
        found.update(numbers[:1] if is_backward(site.name) else (*numbers[:2], *numbers[-1:]))
    return sorted(found)


def kept_questions(recording: Recording, number: int) -> Iterator[Made]:
    """The questions that a call answers which empties gradients or runs backward."""
    name = recording.site(number).name
    if _empties(name):
        made = _emptied(recording, number)
        if made is not None:
            yield made
    elif name.rpartition(".")[2] == "backward":
        yield from _after_backward(recording, number)


def _empties(name: str) -> bool:
    return name.rpartition(".")[2] in ("zero_grad", "zero_")


# Emptied


def _emptied(recording: Recording, number: int) -> Made | None:
    state = recording.state(number - 1)
    spot = spot_at(recording, number, state)
    found = _first_emptied(recording, number, state, spot) if spot is not None else None
    if spot is None or found is None or spot.statement is None:
        return None
    name, held, after = found
    gradient = f"{name.text}.grad"
    is_none = after.type == "NoneType"
    candidates = [
        wrong(held, f"That is what {gradient} was before this line."),
        wrong(zeros_like(held), "zero_grad() does not write zeros: it sets .grad to None, unless it is told not to."),
    ]
    if not is_none:
        candidates[1:] = [wrong(NONE, "The zeros are written into the tensor that is there. It is not taken away.")]
    choices = [right(after), *distinct(after, candidates)]
    why = f"zero_grad() sets .grad to None: {gradient} is as it was before the first backward()."
    ask = Ask(
        "none",
        gradient,
        "choice",
        PICKED,
        f"{spot.runs(spot.statement.text if spot.statement.alone else '')} What is in {code(gradient)} afterwards?",
        after,
        choices,
        hints=[f"{gradient} is {brief(held)} now." if brief(held) else ""],
        right_why=[why if is_none else f"The zeros are written in place: {gradient} stays a tensor."],
        expression=gradient,
        stop=name.top,
    )
    return Made(drafted(recording, spot, ask), len(choices) > 2)


def _first_emptied(recording: Recording, number: int, state: State, spot: Spot) -> tuple[Name, Value, Value] | None:
    """The first tensor with a name whose gradient the call emptied; its gradient before and after."""
    end = end_of(recording, number)
    if end is None:
        return None
    found: list[tuple[Name, int, Value]] = []
    for name, record in named_tensors(state, spot):
        held = gradient_in(state, record.id)
        if held is not None and held.type != "NoneType":
            found.append((name, record.id, held))
            if len(found) == _LOOKED_AT:
                break
    after = recording.state(end)
    for name, id, held in found:
        now = gradient_in(after, id)
        if now is not None and now != held and (now.type == "NoneType" or now == zeros_like(held)):
            return name, held, now
    return None


# After a backward call


def _after_backward(recording: Recording, number: int) -> Iterator[Made]:
    end = end_of(recording, number)
    state = recording.state(number - 1).copy()
    spot = spot_at(recording, number, state)
    if end is None or spot is None or spot.statement is None or not spot.statement.alone:
        return
    if has_inputs(recording.step(number)):
        return
    passed = _passed(recording, number, state, spot)
    if passed is not None:
        yield passed
    frozen = _frozen(recording, number, state, spot)
    if frozen is not None:
        yield frozen


def _passed(recording: Recording, number: int, state: State, spot: Spot) -> Made | None:
    """A tensor with a name that is no leaf, whose gradient went through and was not kept."""
    incoming = _incoming(recording, number)
    for name, record in named_tensors(state, spot):
        if record.node not in incoming or record.meta.retains_grad or record.grad is not None:
            continue
        if last_change(recording, record.id, number) is not None:
            continue
        gradient = f"{name.text}.grad"
        went = gradient_value(recording, incoming[record.node])
        value = value_of(record)
        candidates: list[Choice] = []
        if went is not None and went.type != "NoneType":
            candidates.append(wrong(went, f"That gradient went through {name.text} and was not kept."))
            candidates.append(wrong(zeros_like(went), f"Nothing was written: {name.text} has no .grad at all."))
        if value is not None:
            candidates.append(wrong(value, f"That is the value of {name.text}."))
        if not candidates:
            continue
        why = f"{name.text} is no leaf. Only leaves keep their gradient, and tensors that were told to retain it."
        return _nothing(recording, spot, name, gradient, candidates, why)
    return None


def _incoming(recording: Recording, call: int) -> dict[int | None, object]:
    """What came to each node of a backward call as the gradient of its first output."""
    found: dict[int | None, object] = {}
    for step in range(call + 1, min(call + _STEPS, recording.count) + 1):
        if recording.index.parents[step] < call:
            break
        if recording.index.parents[step] == call and recording.kind(step) is Kind.NODE:
            id, incoming, _ = recording.step(step).detail
            if len(incoming) == 1 and incoming[0] is not None:
                found[id] = incoming[0]
    return found


def _frozen(recording: Recording, number: int, state: State, spot: Spot) -> Made | None:
    """A leaf with a name that the result was computed from and that does not require grad."""
    nodes = set(_incoming(recording, number))
    for record in _factors(recording, state, nodes):
        name = name_of(state, record.id, spot)
        value = value_of(record)
        if name is None or value is None or not record.meta.dtype.startswith(("float", "bfloat")):
            continue
        gradient = f"{name.text}.grad"
        candidates = [
            wrong(zeros_like(value), f"Nothing was written: no gradient is computed for {name.text}."),
            wrong(value, f"That is the value of {name.text}."),
        ]
        why = f"{name.text} does not require grad, so backward() computes no gradient for it."
        return _nothing(recording, spot, name, gradient, candidates, why)
    return None


def _factors(recording: Recording, state: State, nodes: set[int | None]) -> Iterator[TensorRecord]:
    """Leaves without a gradient that went into the operations that made some nodes."""
    for id in sorted(node for node in nodes if node is not None):
        node = state.nodes.get(id)
        if node is None or not 0 < node.born <= recording.count:
            continue
        for tensor in _inputs(recording.step(node.born)):
            record = state.tensors.get(tensor)
            if record is not None and record.meta.is_leaf and not record.meta.requires_grad and record.grad is None:
                yield record


def _inputs(step: Step) -> list[int]:
    if step.kind not in (Kind.OPERATION, Kind.INNER) or not step.detail:
        return []
    return [reference for reference in step.detail[0] if isinstance(reference, int)]


def _nothing(
    recording: Recording, spot: Spot, name: Name, gradient: str, candidates: list[Choice], why: str
) -> Made | None:
    choices = [right(NONE), *distinct(NONE, candidates, 3)]
    if len(choices) < 2:
        return None
    ask = Ask(
        "none",
        gradient,
        "choice",
        PICKED,
        f"{spot.runs()} What is in {code(gradient)} afterwards?",
        NONE,
        choices,
        hints=["Which tensors keep the gradient that backward() computes?"],
        right_why=[why],
        expression=gradient,
        stop=name.top,
    )
    return Made(drafted(recording, spot, ask))
