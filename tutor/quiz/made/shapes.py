"""The shape that a line gives to a tensor, where the tensors it is computed from have other shapes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tutor.lesson.value import Value
from tutor.quiz.made.calls import outermost
from tutor.quiz.made.draft import Ask, Made, distinct, drafted, wrong
from tutor.quiz.made.names import Name, is_expression, used
from tutor.quiz.made.spot import spot_at
from tutor.quiz.made.statements import is_line
from tutor.quiz.made.values import shape_value
from tutor.quiz.made.visits import end_of
from tutor.quiz.made.words import code, listed
from tutor.quiz.question import TYPED, Choice
from tutor.quiz.shown import answer_text
from tutor.recording.format import Change, Kind
from tutor.recording.model import TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.state import TOP_LEVEL

_NAMES: Final = 60
"""Names that are looked at."""

_STRETCHING: Final = ("add", "sub", "mul", "div", "truediv", "pow")


def shape_steps(recording: Recording) -> list[tuple[str, int]]:
    """Names and the first step at which each was bound."""
    found: list[tuple[str, int]] = []
    for key in [key for key in recording.changed_names() if key.function is None][:_NAMES]:
        if key.path.isidentifier():
            step = recording.changes_of(key)[0]
            if recording.kind(step) in (Kind.OPERATION, Kind.INNER) and not recording.index.depths[step]:
                found.append((key.path, step))
    return sorted(found, key=lambda item: item[1])


def shape_question(recording: Recording, path: str, number: int) -> Made | None:
    """The shape of a name of the top level after the line that binds it with a step."""
    step = recording.step(number)
    bound = [change for change in step.changes if change[0] == Change.BIND and change[1:3] == [TOP_LEVEL, path]]
    root = outermost(recording, number)
    end = end_of(recording, root)
    if not bound or not is_expression(path) or not isinstance(bound[-1][3], int) or end is None:
        return None
    after = recording.state(end)
    record = after.tensors.get(bound[-1][3])
    if record is None or after.scopes[TOP_LEVEL].names.get(path) != record.id:
        return None
    before = recording.state(root - 1)
    spot = spot_at(recording, root, before)
    if spot is None or not is_line(spot.statement):
        return None
    inputs = used(before, spot)
    shapes = [other.meta.shape for _, other in inputs]
    shape = record.meta.shape
    if not inputs or all(other == shape for other in shapes) or not any(shapes):
        return None
    answer = shape_value(shape)
    choices = distinct(answer, _wrongs(recording.site(root).name, shape, inputs))
    told = [f"{name.text} has shape {_text(other.meta.shape)}" for name, other in inputs]
    ask = Ask(
        "shape",
        path,
        "shape",
        TYPED,
        f"{spot.runs(spot.statement.text)} What is the shape of {code(path)} afterwards?",
        answer,
        choices,
        hints=[f"{text}." for text in told[:3]],
        right_why=[f"{listed(told)}, and {path} gets {_text(shape)}."],
        expression=f"tuple({path}.shape)",
        step=end,
    )
    return Made(drafted(recording, spot, ask), telling=len(shape) > 0)


def _wrongs(operation: str, shape: tuple[int, ...], inputs: list[tuple[Name, TensorRecord]]) -> Iterator[Choice]:
    for name, record in inputs:
        yield wrong(shape_value(record.meta.shape), f"That is the shape of {name.text}.", "shape")
    if len(shape) > 1:
        yield wrong(shape_value(shape[::-1]), "Those are the right sizes in the wrong order.", "shape")
    if operation in _STRETCHING and len(inputs) == 2:
        why = "The shapes fit: a size that is missing, or is 1, is stretched to the other one."
        yield wrong(Value("error", error="RuntimeError"), why, "shape")


def _text(shape: tuple[int, ...]) -> str:
    return answer_text(shape_value(shape), "shape")
