"""What stood on the screen when a question was asked: numbers that are easily taken for the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from tutor.lesson.value import Value, same
from tutor.quiz.made.values import is_trivial, value_of
from tutor.quiz.made.words import code
from tutor.quiz.question import TYPED, Choice, Question
from tutor.quiz.shown import answer_text
from tutor.recording.recording import Recording

_KINDS: Final = frozenset(("number", "tensor"))


def with_nearby(question: Question, recording: Recording, step: int) -> Question:
    """The question, knowing the values of all names before it as wrong answers, unless they are known already.

    Args:
        question: With its answer.
        recording: Of the program.
        step: The step that answers it.

    Raises:
        DamagedError: the recording cannot be read.
    """
    if question.way != TYPED or question.kind not in _KINDS or step < 1:
        return question
    choices = list(question.choices)
    taken = [question.answer, *(choice.value for choice in choices if choice.value is not None)]
    for name, value in _values(recording, step - 1):
        if is_trivial(value) or any(same(value, other) for other in taken):
            continue
        taken.append(value)
        before = name == question.expression
        why = f"That is what {code(name)} held before." if before else f"That is the value of {code(name)}."
        choices.append(Choice(answer_text(value, question.kind), value, why=[why]))
    return msgspec.structs.replace(question, choices=choices)


def _values(recording: Recording, number: int) -> Iterator[tuple[str, Value]]:
    """Every visible name of a tensor and every ``.grad``, with its value where that is small enough to be typed."""
    state = recording.state(number)
    for path, reference, _ in state.visible():
        record = state.tensors.get(reference) if isinstance(reference, int) else None
        if record is None:
            continue
        for name, tensor in ((path, record), (f"{path}.grad", state.tensors.get(record.grad or 0))):
            value = value_of(tensor) if tensor is not None else None
            if value is not None:
                yield name, value
