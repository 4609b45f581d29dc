"""What is right, what is a known wrong answer, and what is said where it is neither."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.quiz.made_up import NONE, error, number, sequence, tensor, typed
from tutor.lesson.value import Value, same
from tutor.quiz.grading import Grade, grade
from tutor.quiz.question import Question
from tutor.quiz.typed import read_answer

TRUE = Value("bool", content=True)

floats = st.floats(-1e7, 1e7).map(lambda value: float(f"{value:.6g}"))
anything_of_a_number = floats | st.sampled_from([math.nan, math.inf, -math.inf, 0.0])


def lists(elements: st.SearchStrategy[Any]) -> st.SearchStrategy[Value]:
    """Tensors of up to two dimensions."""
    vectors = st.lists(elements, min_size=1, max_size=4)
    matrices = st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(elements, min_size=width, max_size=width), min_size=1, max_size=3)
    )
    return (
        elements.map(number)
        | vectors.map(lambda row: tensor(row, len(row)))
        | matrices.map(lambda rows: tensor(rows, len(rows), len(rows[0])))
    )


values = (
    lists(anything_of_a_number)
    | st.sampled_from([NONE, TRUE, Value("bool", content=False), tensor([], 0), tensor(True, dtype="bool")])
    | st.text(max_size=8).map(lambda text: Value("str", content=text))
    | st.sampled_from([error("RuntimeError: a"), error("RuntimeError"), error("ValueError: b"), error("Exception")])
    | st.lists(anything_of_a_number, max_size=3).map(lambda items: sequence(*items))
    | st.just(sequence(1.0, "a"))
)


def forms(value: Value) -> list[str]:
    """The ways in which somebody may write a tensor."""
    written = repr(value.content)
    rows = [written, f"tensor({written})", f"torch.tensor({written}, requires_grad=True)", written.replace("-", "−")]
    if value.shape:
        rows += [written.replace(",", ""), f"array({written.replace(', ', ' ')})"]
    if len(value.shape) == 1 and len(value.content) > 1:
        rows += [written.strip("[]"), written.strip("[]").replace(",", ""), f"({written.strip('[]')})"]
    return [*rows, _rounded(value.content)]


def _rounded(content: Any) -> str:
    if isinstance(content, list):
        return "[" + ", ".join(map(_rounded, content)) + "]"
    return f"{content:.4g}"


def of(answer: Value, wrongs: list[Value], kind: str = "number") -> Question:
    """A question with wrong answers, as ``gather`` would leave them."""
    kept: list[Value] = []
    for value in wrongs:
        if not same(value, answer) and not any(same(value, other) for other in kept):
            kept.append(value)
    return typed(answer, *kept, kind=kind)


@given(lists(anything_of_a_number), st.lists(values, max_size=4), st.data())
def test_the_right_answer_is_right_however_it_is_written(
    answer: Value, wrongs: list[Value], data: st.DataObject
) -> None:
    question = of(answer, wrongs, "tensor" if answer.shape else "number")
    value = read_answer(data.draw(st.sampled_from(forms(answer))), question)
    assert isinstance(value, Value), value
    assert grade(question, value) == Grade(right=True)


@given(lists(anything_of_a_number), st.lists(values, min_size=1, max_size=4))
def test_no_wrong_answer_is_right_and_each_is_known(answer: Value, wrongs: list[Value]) -> None:
    question = of(answer, wrongs)
    for choice in question.choices:
        assert choice.value is not None
        result = grade(question, choice.value)
        assert not result.right
        assert result.choice is not None


@given(floats, floats, st.floats(-2e-3, 2e-3))
def test_what_is_nearer_to_a_wrong_answer_is_not_right(answer: float, wrong: float, apart: float) -> None:
    question = of(number(answer), [number(wrong)])
    assume(question.choices)
    value = answer * (1 + apart)
    if abs(value - wrong) <= abs(value - answer):
        assert not grade(question, number(value)).right


@pytest.mark.parametrize(
    ("value", "right"), [(1.0, True), (0.9992, True), (1.0003, True), (1.0007, False), (1.0009, False)]
)
def test_what_can_be_taken_for_a_wrong_answer_is_not_right_even_within_a_thousandth(value: float, right: bool) -> None:
    question = typed(number(1.0), number(1.0016))
    assert grade(question, number(value)) == (Grade(right=True) if right else Grade(False, question.choices[0]))


@given(floats, st.floats(-3e-3, 3e-3))
def test_a_number_is_right_within_a_thousandth_and_no_farther(answer: float, apart: float) -> None:
    assume(abs(abs(apart) - 1e-3) > 1e-5 and abs(answer) > 1e-2)
    assert grade(of(number(answer), []), number(answer * (1 + apart))).right == (abs(apart) < 1e-3)


@given(values, st.lists(values, max_size=4), values)
def test_grading_never_raises(answer: Value, wrongs: list[Value], value: Value) -> None:
    result = grade(of(answer, wrongs), value)
    assert not (result.right and result.choice)
    assert "\n" not in result.near


def test_a_known_wrong_answer_is_given_back_with_all_who_believe_it() -> None:
    question = typed(number(18.0), number(6.0), number(0.0))
    result = grade(question, Value("float", content=6.001))
    assert result.choice == question.choices[0]
    assert result.near == ""


def test_of_two_wrong_answers_the_nearer_is_meant() -> None:
    question = typed(number(18.0), number(6.0), number(6.007))
    assert grade(question, number(6.006)).choice == question.choices[1]


def test_any_error_is_the_one_that_is_known() -> None:
    question = typed(number(18.0), error("RuntimeError"))
    for said in ("RuntimeError", "RuntimeError: whatever", "it raises"):
        value = read_answer(said, question)
        assert isinstance(value, Value)
        assert grade(question, value).choice == question.choices[0]


@pytest.mark.parametrize(
    "said", ["RuntimeError", "runtimeerror", "it raises", "a second time", "RuntimeError: Second  time"]
)
def test_an_error_is_right_by_its_name_or_a_part_of_its_message(said: str) -> None:
    question = typed(error("RuntimeError: back through the graph a second time (or ...)"), NONE, kind="error")
    value = read_answer(said, question)
    assert isinstance(value, Value)
    assert grade(question, value).right


@pytest.mark.parametrize("said", ["ValueError", "a third time", "None", "it runs", "18"])
def test_another_error_is_not(said: str) -> None:
    question = typed(error("RuntimeError: back through the graph a second time"), kind="error")
    value = read_answer(said, question)
    assert isinstance(value, Value)
    assert not grade(question, value).right


@pytest.mark.parametrize(
    ("answer", "value", "near"),
    [
        (tensor([1.0, 2.0, 3.0], 3), sequence(1.0, 2.0), "`x.grad` has shape [3], this has 2 numbers."),
        (tensor([1.0, 2.0, 3.0], 3), number(6.0), "`x.grad` has shape [3], this is a single number."),
        (number(6.0), sequence(6.0), "`x.grad` is a single number, this has 1 number."),
        (tensor([[1.0], [2.0]], 2, 1), sequence(1.0, 2.0), "`x.grad` has shape [2, 1], this has 2 numbers."),
        (number(6.0), number(-6.0), "The size is right, the sign is not."),
        (tensor([1.0, -2.0], 2), sequence(-1.0, 2.0), "The size is right, the sign is not."),
        (number(6.0), NONE, "`x.grad` is not None."),
        (NONE, number(6.0), "`x.grad` holds no number."),
        (number(6.0), error("RuntimeError"), "`x.grad` has a value here: nothing is raised."),
        (TRUE, number(1.0), "`x.grad` is True or False, not a number."),
        (number(1.0), TRUE, "`x.grad` is a number, not True or False."),
        (number(6.0), number(7.0), ""),
        (number(0.0), number(1.0), ""),
    ],
)
def test_what_is_wrong_is_said_where_it_can_be(answer: Value, value: Value, near: str) -> None:
    found = grade(typed(answer), value)
    assert (found.right, found.choice, found.near) == (False, None, near)


@pytest.mark.parametrize(
    ("answer", "value", "coarse"),
    [
        (tensor([1.0, 2.0, 3.0], 3), number(6.0), True),
        (tensor([1.0, 2.0, 3.0], 3), sequence(1.0, 2.0), True),
        (number(6.0), sequence(6.0), True),
        (tensor([1.0, 2.0, 3.0], 3), sequence(1.0, 2.0, 4.0), False),
        (tensor([1.0, 2.0, 3.0], 3), NONE, False),
        (NONE, number(6.0), False),
    ],
)
def test_another_number_of_numbers_is_no_answer_yet(answer: Value, value: Value, coarse: bool) -> None:
    assert grade(typed(answer), value).coarse == coarse


def test_a_known_wrong_answer_of_another_shape_is_an_answer() -> None:
    question = typed(tensor([1.0, 2.0, 3.0], 3), number(6.0))
    assert grade(question, number(6.0)) == Grade(right=False, choice=question.choices[0])


def test_another_shape_is_an_answer_to_what_the_shape_is() -> None:
    assert not grade(typed(sequence(3, 1, type="tuple"), kind="shape"), sequence(3)).coarse


@pytest.mark.parametrize(
    ("value", "near"),
    [
        (sequence(1, 3), "The sizes are right, their order is not."),
        (sequence(3), "It has 2 dimensions, this has 1."),
        (sequence(3, 2), ""),
    ],
)
def test_what_is_wrong_with_a_shape_is_said(value: Value, near: str) -> None:
    assert grade(typed(sequence(3, 1, type="tuple"), kind="shape"), value).near == near


@pytest.mark.parametrize(
    ("said", "coarse"), [("1.33", True), ("1.3", True), ("1.333", False), ("1", False), ("1.34", False)]
)
def test_the_right_answer_with_too_few_digits_is_not_taken_for_a_wrong_one(said: str, coarse: bool) -> None:
    question = typed(number(4 / 3))
    value = read_answer(said, question)
    assert isinstance(value, Value)
    assert grade(question, value).coarse == coarse


def test_a_wrong_answer_is_no_rounded_right_one() -> None:
    question = typed(number(4 / 3), number(1.3))
    assert grade(question, number(1.3)).choice == question.choices[0]
