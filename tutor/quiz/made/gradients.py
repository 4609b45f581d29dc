"""What is in the ``.grad`` of a leaf after a backward call."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from tutor.lesson.value import Value, same
from tutor.quiz.made.calls import contributions_before, gradient_in, inside, last_change
from tutor.quiz.made.draft import Ask, Made, distinct, drafted, wrong
from tutor.quiz.made.names import Name, name_of, named_tensors
from tutor.quiz.made.spot import Spot, spot_at
from tutor.quiz.made.values import NONE, gradient_value, is_trivial, value_of
from tutor.quiz.made.words import brief, code, factor
from tutor.quiz.question import TYPED, Choice
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.state import State

_LEAVES: Final = 60
"""Leaves that are asked about, at most."""

_CHANGES: Final = 4
"""Later changes of a ``.grad`` among which another gradient of the same call is looked for."""

_EASY: Final = 6
"""Elements that somebody computes without a machine."""

_OTHERS: Final = 3
"""Other gradients that are wrong answers, at most."""


def gradient_steps(recording: Recording) -> list[int]:
    """Steps at which it can be asked: the first two gradients that arrive at a leaf, and the last."""
    found: set[int] = set()
    for steps in list(recording.index.gradients.values())[:_LEAVES]:
        arrived = [step for step in (*steps[:4], *steps[-2:]) if recording.kind(step) is Kind.ACCUMULATE]
        found.update((*arrived[:2], *arrived[-1:]))
    return sorted(found)


def gradient_question(recording: Recording, number: int) -> Made | None:
    """The question that a gradient answers which is about to arrive at a leaf."""
    if recording.kind(number) is not Kind.ACCUMULATE:
        return None
    step = recording.step(number)
    tensor, before, contribution, _, _ = step.detail
    changed = last_change(recording, tensor, step.parent)
    if changed is None or changed.value is None or _comes_again(recording, tensor, number, step.parent):
        return None
    state = recording.state(number - 1)
    spot = spot_at(recording, number, state)
    if spot is None or changed.value.type == "NoneType":
        return None
    name, record = name_of(state, tensor, spot), state.tensors.get(tensor)
    if name is None or record is None:
        return None
    value, held = value_of(record), gradient_value(recording, before)
    others = list(_others(state, spot, record))
    share = gradient_value(recording, contribution)
    choices = distinct(changed.value, _wrongs(recording, name, value, held, share, others, step.parent))
    times = contributions_before(recording, tensor, number, spot)
    ask = Ask(
        "grad",
        name.text,
        "tensor" if changed.value.shape else "number",
        TYPED,
        f"{spot.runs()} What is in {code(f'{name.text}.grad')} afterwards?",
        changed.value,
        choices,
        hints=_hints(name, held, share),
        right_why=_reason(name, held, share, changed.value, changed.step == number),
        expression=f"{name.text}.grad",
        step=changed.step,
        stop=name.top and times == 0 and _is_whole(spot),
    )
    if times:
        spot = spot._replace(id=f"{spot.id}:n{times + 1}")
    telling = not is_trivial(changed.value) and (value is None or not same(value, changed.value))
    telling = telling and record.meta.elements <= _EASY
    return Made(drafted(recording, spot, ask), telling)


def _comes_again(recording: Recording, tensor: int, number: int, call: int) -> bool:
    """Whether another gradient arrives at the same tensor within the same call; the last of them is asked for."""
    steps = recording.index.gradients[tensor]
    position = bisect_right(steps, number)
    return any(
        recording.kind(step) is Kind.ACCUMULATE and inside(recording, step, call)
        for step in steps[position : position + _CHANGES]
    )


def _is_whole(spot: Spot) -> bool:
    """Whether the backward call is a statement of its own, so that nothing else of its line changes anything."""
    return spot.statement is not None and spot.statement.text == " ".join(spot.site.source.split())


def _others(state: State, spot: Spot, record: TensorRecord) -> Iterator[tuple[Name, int, Value | None]]:
    """Other tensors with a ``.grad`` of the same shape, and what it holds before the step."""
    count = 0
    for name, other in named_tensors(state, spot):
        if other.id == record.id or other.meta.shape != record.meta.shape or not other.meta.requires_grad:
            continue
        if other.meta.is_leaf or other.meta.retains_grad:
            yield name, other.id, gradient_in(state, other.id)
            count += 1
            if count == _OTHERS:
                return


def _wrongs(
    recording: Recording,
    name: Name,
    value: Value | None,
    held: Value | None,
    share: Value | None,
    others: list[tuple[Name, int, Value | None]],
    call: int,
) -> Iterator[Choice]:
    gradient = f"{name.text}.grad"
    if held is not None and held.type != "NoneType":
        if share is not None:
            why = f"That is what this call brings. {gradient} held something already, and backward() adds to it."
            yield wrong(share, why)
        yield wrong(held, f"That is what {gradient} was before this call.")
    if value is not None:
        yield wrong(value, f"That is the value of {name.text}, not its .grad.")
    for other, id, was in others:
        changed = last_change(recording, id, call)
        now = was if changed is None else changed.value
        if now is not None and now.type != "NoneType":
            yield wrong(now, f"That is {other.text}.grad.")
    if held is not None and held.type == "NoneType":
        yield wrong(NONE, f"{gradient} was None before this call. Then the first gradient arrived.")


def _hints(name: Name, held: Value | None, share: Value | None) -> list[str]:
    if held is None:
        return []
    if held.type == "NoneType":
        return [f"{name.text}.grad is None now.", "The gradient that arrives is taken over as it is."]
    now, comes = brief(held), brief(share)
    return [
        f"{name.text}.grad is {now} now." if now else f"{name.text}.grad holds a gradient already.",
        f"This call brings {comes}." if comes else "",
    ]


def _reason(name: Name, held: Value | None, share: Value | None, after: Value, untouched: bool) -> list[str]:
    gradient, now, comes, became = f"{name.text}.grad", brief(held), brief(share), brief(after)
    if not untouched:
        return [f"{gradient} got its gradient, and a hook of the program changed it within the same call."]
    if held is None:
        return []
    if held.type == "NoneType":
        what = f"the gradient {comes}" if comes else "the gradient that arrived"
        return [f"{gradient} was None, so {what} is taken over as it is."]
    if now and comes and became:
        return [f"{gradient} held {now}, and backward() adds {comes}: {factor(now)} + {factor(comes)} = {became}."]
    return [f"{gradient} held a gradient already, and backward() adds this one to it."]
