"""Questions and values for the tests of this room, made by hand."""

from __future__ import annotations

from typing import Any

import msgspec

from tutor.lesson.value import Value
from tutor.quiz.question import PICKED, TYPED, Choice, Question
from tutor.quiz.shown import answer_text


def tensor(content: Any, *shape: int, dtype: str = "float32") -> Value:
    """A tensor."""
    return Value("tensor", list(shape), dtype, content)


def number(content: float) -> Value:
    """A tensor without dimensions."""
    return tensor(content)


def sequence(*items: float | str | bool, type: str = "list") -> Value:
    """A list of plain values."""
    return Value(type, items=[Value(item.__class__.__name__, content=item) for item in items])


NONE = Value("NoneType")


def error(text: str) -> Value:
    """An error."""
    return Value("error", error=text)


def typed(answer: Value, *wrongs: Value, kind: str = "number", **more: Any) -> Question:
    """A typed question."""
    question = Question("q", kind, TYPED, "P", answer, [wrong(value, kind) for value in wrongs], expression="x.grad")
    return msgspec.structs.replace(question, **more)


def picked(answer: Value, *wrongs: Value, kind: str = "choice", **more: Any) -> Question:
    """A picked question, its right choice first."""
    right = Choice(answer_text(answer, kind), answer, right=True)
    choices = [right, *(wrong(value, kind) for value in wrongs)]
    return msgspec.structs.replace(Question("q", kind, PICKED, "P", answer, choices, expression="x.grad"), **more)


def wrong(value: Value, kind: str = "number", *readings: str) -> Choice:
    """A wrong choice."""
    text = answer_text(value, kind)
    return Choice(text, value, why=[f"why {text}"], readings=list(readings))
