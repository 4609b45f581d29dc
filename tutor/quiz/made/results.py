"""What a name holds after a line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from tutor.lesson.value import Value, same, scalar
from tutor.quiz.made.arithmetic import in_numbers
from tutor.quiz.made.calls import gradient_in, outermost
from tutor.quiz.made.draft import Ask, Made, distinct, drafted, wrong
from tutor.quiz.made.names import Name, is_expression, used
from tutor.quiz.made.spot import Spot, spot_at
from tutor.quiz.made.statements import is_line
from tutor.quiz.made.values import is_trivial, value_of
from tutor.quiz.made.visits import end_of
from tutor.quiz.made.words import brief, code, listed
from tutor.quiz.question import TYPED, Choice
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.recording import NameKey, Recording
from tutor.recording.state import TOP_LEVEL, State

_NAMES: Final = 60
"""Names that are looked at."""

_BEFORE: Final = 16
"""Steps before an operation among which calls of the same line are looked for."""

_STEPPED: Final = 4
"""Elements of a parameter that somebody can be asked for after a step of an optimiser."""


def result_steps(recording: Recording) -> list[tuple[str, int]]:
    """Names and steps at which they changed: of each the first three changes and the last two."""
    found: list[tuple[str, int]] = []
    for key in [key for key in recording.changed_names() if key.function is None][:_NAMES]:
        if is_expression(key.path):
            steps = recording.changes_of(key)
            for step in dict.fromkeys((*steps[:3], *steps[-2:])):
                if recording.kind(step) in (Kind.OPERATION, Kind.INNER) and not recording.index.depths[step]:
                    found.append((key.path, step))
    return sorted(found, key=lambda item: item[1])


def result_question(recording: Recording, path: str, number: int) -> Made | None:
    """What a name of the top level holds after the line that a step is on."""
    root = outermost(recording, number)
    end = end_of(recording, root)
    if end is None or recording.next_change(NameKey(None, path), number) in range(number + 1, end + 1):
        return None
    after = _held(recording.state(end), path)
    answer = value_of(after) if after is not None else None
    if after is None or answer is None or after.meta.type == "ndarray":
        return None
    before = recording.state(root - 1)
    spot = spot_at(recording, root, before)
    if spot is None or spot.scope != TOP_LEVEL or not is_line(spot.statement):
        return None
    inputs = used(before, spot)
    is_step = recording.kind(root) is Kind.CALL and recording.site(root).name.endswith(".step")
    if is_step and not (after.meta.requires_grad and after.meta.elements <= _STEPPED):
        return None
    if not is_step and not _is_computable(recording, root, inputs):
        return None
    old = _held(before, path)
    was = value_of(old) if old is not None else None
    gradient = gradient_in(before, old.id) if old is not None else None
    choices = distinct(answer, _wrongs(path, was, gradient, inputs))
    ask = Ask(
        "value",
        path,
        "tensor" if answer.shape else "number",
        TYPED,
        f"{spot.runs(spot.statement.text)} What is in {code(path)} afterwards?",
        answer,
        choices,
        hints=_hints(path, was, inputs, gradient if is_step else None),
        right_why=_reason(spot, before, answer, inputs, path, was),
        expression=path,
        step=end,
    )
    telling = not is_trivial(answer) and bool(choices) and (was is None or not same(was, answer))
    return Made(drafted(recording, spot, ask), telling)


def _held(state: State, path: str) -> TensorRecord | None:
    reference = state.scopes[TOP_LEVEL].names.get(path)
    return state.tensors.get(reference) if isinstance(reference, int) else None


def _is_computable(recording: Recording, root: int, inputs: list[tuple[Name, TensorRecord]]) -> bool:
    """Whether somebody can compute it: an operation of the program itself on small tensors that have names."""
    return (
        recording.kind(root) is Kind.OPERATION
        and bool(inputs)
        and all(value_of(record) is not None for _, record in inputs)
        and not any(_is_call(recording, step, root) for step in range(max(root - _BEFORE, 1), root))
    )


def _is_call(recording: Recording, step: int, root: int) -> bool:
    """Whether a step is a call of a library or of a function that the line of another step makes."""
    index = recording.index
    same_line = recording.site(step).line == recording.site(root).line and index.depths[step] == index.depths[root]
    return same_line and recording.kind(step) is Kind.CALL


def _wrongs(
    path: str, was: Value | None, gradient: Value | None, inputs: list[tuple[Name, TensorRecord]]
) -> Iterator[Choice]:
    if was is not None:
        yield wrong(was, f"That is what {path} was before this line.")
    if gradient is not None and gradient.type != "NoneType":
        yield wrong(gradient, f"That is {path}.grad, not the value of {path}.")
    for name, record in inputs:
        value = value_of(record)
        if value is not None and name.text != path:
            yield wrong(value, f"That is {name.text}.")


def _hints(path: str, was: Value | None, inputs: list[tuple[Name, TensorRecord]], gradient: Value | None) -> list[str]:
    told = [(name.text, brief(value_of(record))) for name, record in inputs]
    hints = [f"{name} is {text} now." for name, text in told[:3] if text]
    if brief(was) and all(name != path for name, _ in told):
        hints.insert(0, f"{path} is {brief(was)} now.")
    if gradient is not None and gradient.type != "NoneType" and brief(gradient):
        hints.append(f"{path}.grad is {brief(gradient)}.")
    return hints


def _reason(
    spot: Spot, before: State, answer: Value, inputs: list[tuple[Name, TensorRecord]], path: str, was: Value | None
) -> list[str]:
    """The line in numbers, where that can be computed again; else what it was computed from."""
    numbers = {name.text: number for name, record in inputs if (number := _number(record)) is not None}
    for name, record in inputs:
        gradient = gradient_in(before, record.id)
        number = scalar(gradient) if gradient is not None else None
        if number is not None:
            numbers[f"{name.text}.grad"] = number
    goal = scalar(answer)
    if goal is not None and spot.statement is not None:
        told = in_numbers(spot.statement.node, numbers)
        if told is not None and math.isclose(told[1], goal, rel_tol=2e-3, abs_tol=1e-6):
            return [f"{told[0]} = {brief(answer)}."]
    moved = scalar(was) if was is not None and not inputs else None
    if goal is not None and moved is not None:
        by = brief(Value("float", content=abs(goal - moved)))
        return [f"The line moved {path} by {by}: {brief(was)} {'+' if goal > moved else '-'} {by} = {brief(answer)}."]
    parts = [f"{name.text} = {text}" for name, record in inputs if (text := brief(value_of(record)))]
    return [f"It was computed from {listed(parts)}."] if parts and len(parts) == len(inputs) else []


def _number(record: TensorRecord) -> float | None:
    value = value_of(record)
    return None if value is None else scalar(value)
