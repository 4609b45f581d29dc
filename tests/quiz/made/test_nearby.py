"""Numbers that stood on the screen are known as wrong answers."""

from __future__ import annotations

import msgspec
import pytest

from tests.recorder.record import Record, step_of
from tutor.lesson.value import Value
from tutor.quiz.asking import Asking
from tutor.quiz.made.nearby import with_nearby
from tutor.quiz.question import PICKED, TYPED, Choice, Question

PROGRAM = """
import torch

x = torch.tensor(4.0, requires_grad=True)
h = x * 3
w = torch.tensor([3.0, 5.0], requires_grad=True)
y = h + x**2
y.backward()
y = x * 7
y.backward()
"""

QUESTION = Question(
    "ask-x.grad-1", "number", TYPED, "What is `x.grad`?", Value("tensor", [], "float32", 18.0), expression="x.grad"
)


def number(value: float) -> Value:
    return Value("tensor", [], "float32", value)


def asked(record: Record, question: Question = QUESTION) -> Question:
    """The question before the second backward call."""
    recording = record(PROGRAM)
    return with_nearby(question, recording, step_of(recording, "y.backward()", nth=1).number)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("28", "That is the value of `y`."),
        ("4", "That is the value of `x`."),
        ("12", "That is the value of `h`."),
        ("11", "That is what `x.grad` held before."),
    ],
)
def test_a_number_of_another_name_is_told_as_that(record: Record, answer: str, said: str) -> None:
    response = Asking(asked(record), source="step", clock=lambda: 0.0).take(answer)
    assert response.outcome == "wrong"
    assert said in response.lines


def test_any_other_number_is_only_wrong(record: Record) -> None:
    response = Asking(asked(record), source="step", clock=lambda: 0.0).take("5.5")
    assert response.lines == ["5.5 — no."]


def test_what_is_known_already_keeps_its_reasons(record: Record) -> None:
    known = Choice("28.0", number(28.0), why=["It is the newest."])
    choices = asked(record, msgspec.structs.replace(QUESTION, choices=[known])).choices
    assert [choice for choice in choices if choice.text == "28.0"] == [known]


def test_the_right_answer_is_no_wrong_one(record: Record) -> None:
    question = msgspec.structs.replace(QUESTION, answer=number(28.0))
    assert "28.0" not in [choice.text for choice in asked(record, question).choices]


def test_what_is_picked_keeps_its_choices(record: Record) -> None:
    question = msgspec.structs.replace(QUESTION, way=PICKED, choices=[Choice("None", right=True)])
    assert asked(record, question) == question
