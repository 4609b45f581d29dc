"""How an answer is written on the screen."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quiz.made_up import NONE, error, number, sequence, tensor
from tutor.lesson.value import Value, same
from tutor.quiz.shown import LONGEST, answer_text, number_text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (number(18.0), "number", "18.0"),
        (Value("int", content=18), "number", "18"),
        (number(-0.0), "number", "0.0"),
        (number(1.399999976158142), "number", "1.4"),
        (number(1338702.0), "number", "1338702.0"),
        (number(4 / 3), "number", "1.333"),
        (number(1e-7), "number", "1e-07"),
        (number(math.nan), "number", "nan"),
        (tensor([[1.0], [2.0]], 2, 1), "tensor", "[[1.0], [2.0]]"),
        (tensor([], 0, 3), "tensor", "an empty tensor of shape (0, 3)"),
        (tensor(True, dtype="bool"), "choice", "True"),
        (sequence(True, False, type="tuple"), "choice", "(True, False)"),
        (sequence("a", 1.0), "choice", "['a', 1.0]"),
        (sequence(3, 1), "shape", "(3, 1)"),
        (sequence(3, type="Size"), "shape", "(3,)"),
        (tensor([3, 1], 2, dtype="int64"), "shape", "(3, 1)"),
        (sequence("b", "a"), "order", "b → a"),
        (sequence(), "order", "nothing"),
        (NONE, "choice", "None"),
        (NONE, "error", "it runs without an error"),
        (number(3.0), "error", "it runs without an error, and gives 3.0"),
        (Value("str", content="MulBackward0"), "choice", "MulBackward0"),
        (Value("MulBackward0", content="<MulBackward0 object>"), "choice", "MulBackward0"),
        (error("RuntimeError"), "number", "it raises an error"),
        (error("Exception"), "number", "it raises an error"),
        (error("ZeroDivisionError"), "number", "it raises ZeroDivisionError"),
        (error("RuntimeError: a  leaf\nb"), "error", "it raises an error: a leaf b"),
    ],
)
def test_an_answer_is_written_as_a_learner_would(value: Value, kind: str, text: str) -> None:
    assert answer_text(value, kind) == text


def test_a_long_message_is_cut() -> None:
    text = answer_text(error(f"RuntimeError: {'x' * 500}"), "error")
    assert len(text) == LONGEST
    assert text.endswith("…")


@given(st.floats(-1e300, 1e300))
def test_a_number_as_it_is_written_is_still_the_same_answer(value: float) -> None:
    assert same(number(float(number_text(value))), number(value))
