"""Whether an answer is right, which known wrong one it is, and if neither what is wrong with it.

The shape counts first, then whether truths or numbers are meant, then the numbers: within a thousandth. An answer is
never right if it is as near to a wrong answer that is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

from tutor.lesson.value import ABSOLUTE, RELATIVE, Value, same
from tutor.quiz.question import Choice, Question
from tutor.quiz.shown import error_name

ANY_ERROR: Final = "Exception"
"""Name that stands for every error, where only that something is raised was said."""


class Grade(msgspec.Struct, frozen=True):
    """What an answer is worth."""

    right: bool
    choice: Choice | None = None
    """The known wrong answer that was given."""
    near: str = ""
    """What is wrong with it, where it is no known wrong answer and that can be said."""
    coarse: bool = False
    """Whether it says too little to be graded: too few digits to be told from others, or another number of them."""


def grade(question: Question, value: Value) -> Grade:
    """Grade an answer."""
    wrongs = [choice for choice in question.choices if not choice.right and choice.value is not None]
    apart = _apart(value, question.answer)
    rivals = [(distance, choice) for choice in wrongs if (distance := _rival(value, choice)) is not None]
    if apart is not None and all(distance > apart and not _is(value, choice) for distance, choice in rivals):
        return Grade(right=True)
    if rivals:
        return Grade(right=False, choice=min(rivals, key=lambda rival: rival[0])[1])
    if _rounded(value, question.answer):
        return Grade(right=False, near="More digits are needed: give four.", coarse=True)
    return Grade(right=False, near=_near(question, value), coarse=_is_of_other_shape(question, value))


def fits(value: Value, other: Value) -> bool:
    """Whether an answer is another one, its numbers within a thousandth."""
    return _apart(value, other) is not None


def _rival(value: Value, choice: Choice) -> float | None:
    """How far an answer is from a wrong one, None if it is not that one."""
    assert choice.value is not None
    apart = _apart(value, choice.value)
    # Two numbers that round to the same four digits can lie just more than a thousandth apart.
    return math.inf if apart is None and same(value, choice.value) else apart


def _is(value: Value, choice: Choice) -> bool:
    return choice.value is not None and same(value, choice.value)


def _apart(value: Value, other: Value) -> float | None:
    """How far apart two answers are, at the element where they are farthest, None if they are not the same."""
    if value.error or other.error:
        return 0.0 if _same_error(value.error, other.error) else None
    left, right = numbers(value), numbers(other)
    if left is None or right is None:
        return 0.0 if left is right and same(value, other) else None
    if left.truths != right.truths or left.shape != right.shape:
        return None
    apart = 0.0
    for one, two in zip(left.elements, right.elements, strict=True):
        distance = _distance(one, two)
        if distance > _tolerance(two):
            return None
        apart = max(apart, distance)
    return apart


def _distance(one: Any, other: Any) -> float:
    if one == other or (one != one and other != other):
        return 0.0
    try:
        distance = abs(float(one) - float(other))
    except OverflowError:
        return math.inf
    return math.inf if math.isnan(distance) else distance


class Numbers(NamedTuple):
    """The numbers of an answer, as they would stand in a tensor."""

    truths: bool
    shape: list[int]
    elements: list[Any]


def numbers(value: Value) -> Numbers | None:
    """The numbers in an answer, None if it holds anything else or its rows are not of one length."""
    if value.error:
        return None
    if value.type == "tensor":
        elements = list(_flat(value.content))
        if math.prod(value.shape) != len(elements) or not all(map(_is_number, elements)):
            return None
        return Numbers(value.dtype == "bool", value.shape, elements)
    if _is_number(value.content):
        return Numbers(isinstance(value.content, bool), [], [value.content])
    if value.items is None:
        return None
    rows = [row for item in value.items if (row := numbers(item)) is not None]
    kinds = {(row.truths, tuple(row.shape)) for row in rows} or {(False, ())}
    if len(rows) < len(value.items) or len(kinds) > 1:
        return None
    ((truths, shape),) = kinds
    return Numbers(truths, [len(rows), *shape], [element for row in rows for element in row.elements])


def _flat(content: Any) -> Iterator[Any]:
    if isinstance(content, list):
        for item in content:
            yield from _flat(item)
    else:
        yield content


def _is_number(content: Any) -> bool:
    return isinstance(content, bool | int | float)


def _same_error(one: str, other: str) -> bool:
    """Whether two errors are one; a part of the message is enough, and ``Exception`` stands for every name."""
    if not one or not other:
        return False
    names = {error_name(error).casefold() for error in (one, other)}
    if len(names) > 1 and ANY_ERROR.casefold() not in names:
        return False
    left, right = (" ".join(error.partition(":")[2].casefold().split()) for error in (one, other))
    return not left or not right or left in right or right in left


def _rounded(value: Value, right: Value) -> bool:
    """Whether each number is the right one, rounded to the digits that it has, and at least two of them count."""
    given, wanted = numbers(value), numbers(right)
    if given is None or wanted is None or given.shape != wanted.shape or given.truths or wanted.truths:
        return False
    if not given.elements or not all(math.isfinite(number) for number in (*given.elements, *wanted.elements)):
        return False
    return all(map(_rounds_to, given.elements, wanted.elements))


def _rounds_to(given: float, wanted: float) -> bool:
    if _distance(given, wanted) <= _tolerance(wanted):
        return True
    written = Decimal(repr(given))
    digits = len(written.normalize().as_tuple().digits)
    exponent = written.normalize().as_tuple().exponent
    if digits < 2 or not isinstance(exponent, int):
        return False
    return abs(Decimal(wanted) - written) <= Decimal(5).scaleb(exponent - 1)


# What is wrong with an answer


def _near(question: Question, value: Value) -> str:
    """What is wrong with an answer, in words; empty where there is nothing to say but that it is wrong."""
    name = f"`{question.expression}`" if question.expression else "The answer"
    right = question.answer
    if right.error or value.error:
        return "" if right.error else f"{name} has a value here: nothing is raised."
    if right.type == "NoneType":
        return f"{name} holds no number."
    if value.type == "NoneType":
        return f"{name} is not None."
    wanted, given = numbers(right), numbers(value)
    if wanted is None or given is None:
        return ""
    if wanted.truths != given.truths:
        return f"{name} is True or False, not a number." if wanted.truths else f"{name} is a number, not True or False."
    if question.kind == "shape":
        return _near_shape(name, wanted, given)
    if wanted.shape != given.shape:
        return f"{name} {_shape(wanted.shape)}, this {_counted(given)}."
    if not wanted.truths and any(wanted.elements) and all(map(_turned, given.elements, wanted.elements)):
        return "The size is right, the sign is not."
    return ""


def _is_of_other_shape(question: Question, value: Value) -> bool:
    """Whether numbers are given where numbers are asked, but not as many; of a shape that is just what is asked."""
    wanted, given = numbers(question.answer), numbers(value)
    if wanted is None or given is None or question.kind == "shape":
        return False
    return wanted.truths == given.truths and wanted.shape != given.shape


def _turned(one: float, other: float) -> bool:
    return _distance(-one, other) <= _tolerance(other)


def _tolerance(number: float) -> float:
    return ABSOLUTE + RELATIVE * (abs(number) if math.isfinite(number) else 0.0)


def _near_shape(name: str, wanted: Numbers, given: Numbers) -> str:
    if len(given.shape) == 1 and wanted.shape != given.shape:
        have, say = wanted.shape[0], given.shape[0]
        return f"It has {_plural(have, 'dimension')}, this has {say}."
    if sorted(given.elements) == sorted(wanted.elements):
        return "The sizes are right, their order is not."
    return ""


def _shape(shape: list[int]) -> str:
    return f"has shape {shape}" if shape else "is a single number"


def _counted(given: Numbers) -> str:
    if not given.shape:
        return "is a single number"
    return f"has {_plural(given.shape[0], 'number')}" if len(given.shape) == 1 else f"has shape {given.shape}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
