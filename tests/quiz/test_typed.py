"""A typed answer is read however it is written, and never evaluated."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quiz.made_up import NONE, error, number, sequence, tensor, typed
from tutor.lesson.value import Value, same
from tutor.quiz.question import Question
from tutor.quiz.typed import read_answer

NUMBER = typed(number(18.0))
TENSOR = typed(tensor([2.0, 0.0, 60.0], 3), kind="tensor")
SHAPE = typed(sequence(3, 1, type="tuple"), kind="shape")
ERROR = typed(error("RuntimeError: trying to go back through the graph a second time"), kind="error")


def read(text: str, question: Question = NUMBER) -> Value:
    """The value that a text is read as."""
    value = read_answer(text, question)
    assert isinstance(value, Value), value
    return value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("18", 18.0),
        ("18.", 18.0),
        (" 18.0 ", 18.0),
        ("+18", 18.0),
        ("-0.4", -0.4),
        ("−0.4", -0.4),
        ("–0.4", -0.4),
        (".5", 0.5),
        ("0,4", 0.4),
        ("-0,333", -0.333),
        ("1,234.5", 1234.5),
        ("1e-3", 0.001),
        ("1E+3", 1000.0),
        ("007", 7.0),
        ("1/3", 1 / 3),
        ("6 + 6 + 6", 18.0),
        ("2*3*3", 18.0),
        ("2 × 9", 18.0),
        ("-(2 - 5)**2", -9.0),
        ("2**0.5", math.sqrt(2)),
        ("nan", math.nan),
        ("NaN", math.nan),
        ("inf", math.inf),
        ("-inf", -math.inf),
        ("∞", math.inf),
        ("float('-inf')", -math.inf),
        ("torch.inf", math.inf),
        ("tensor(18.)", 18.0),
        ("torch.tensor(18.0, requires_grad=True)", 18.0),
        ("tensor(18., grad_fn=<PowBackward0>)", 18.0),
    ],
)
def test_a_number_is_read(text: str, meant: float) -> None:
    assert same(read(text), Value("float", content=meant))


@pytest.mark.parametrize(
    "text",
    [
        "[2, 0, 60]",
        "2 0 60",
        "2, 0, 60",
        "2,0,60",
        "(2, 0, 60)",
        "[2. 0. 60.]",
        "[ 2.  0. 60.]",
        "tensor([2., 0., 60.])",
        "tensor([2., 0., 60.], requires_grad=True)",
        "torch.tensor([2, 0, 60], dtype=torch.float32)",
        "tensor([ 2.,  0., 60.],\n       grad_fn=<MulBackward0>)",
        "array([2., 0., 60.])",
        "2; 0; 60",
        "2,0; 0,0; 60,0",
    ],
)
def test_a_tensor_is_read(text: str) -> None:
    assert same(read(text, TENSOR), TENSOR.answer)


@pytest.mark.parametrize(
    "text", ["[[1, 2], [3, 4]]", "[[1 2] [3 4]]", "[1, 2], [3, 4]", "tensor([[1., 2.], [3., 4.]])"]
)
def test_a_matrix_is_read(text: str) -> None:
    assert same(read(text, TENSOR), tensor([[1.0, 2.0], [3.0, 4.0]], 2, 2))


@pytest.mark.parametrize("text", ["3, 1", "3,1", "3 1", "(3, 1)", "[3, 1]", "torch.Size([3, 1])", "Size([3, 1])"])
def test_a_shape_is_read(text: str) -> None:
    assert same(read(text, SHAPE), SHAPE.answer)


@pytest.mark.parametrize(("text", "meant"), [("(3,)", [3]), ("()", []), ("torch.Size([])", [])])
def test_a_shape_of_one_dimension_or_none_is_read(text: str, meant: list[int]) -> None:
    assert same(read(text, SHAPE), sequence(*meant))


def test_a_blank_before_a_sign_parts_two_numbers_and_blanks_around_it_do_not() -> None:
    assert same(read("2 -3", TENSOR), sequence(2, -3))
    assert same(read("2 - 3", TENSOR), Value("int", content=-1))


@pytest.mark.parametrize(("text", "content"), [("None", None), ("none", None), ("True", True), ("false", False)])
def test_none_and_truths_are_read(text: str, content: bool | None) -> None:
    assert read(text) == Value(type(content).__name__, content=content)


def test_a_pair_of_truths_is_read() -> None:
    assert same(read("True, False"), sequence(True, False))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("RuntimeError", "RuntimeError"),
        ("RuntimeError: a second time", "RuntimeError: a second time"),
        ("it raises a ValueError", "ValueError"),
        ("it raises", "Exception"),
        ("it raises an error", "Exception"),
        ("Error", "Exception"),
        ("an error", "Exception"),
        ("fails", "Exception"),
    ],
)
def test_an_error_is_read_in_any_question(text: str, name: str) -> None:
    assert read(text) == read(text, ERROR) == error(name)


def test_a_part_of_the_message_is_read_where_an_error_is_asked_for() -> None:
    assert read("graph a second time", ERROR) == error("Exception: graph a second time")
    assert read("None", ERROR) == read("it runs", ERROR) == NONE


def test_what_fits_two_errors_is_asked_for_again() -> None:
    one, other = error("RuntimeError: a leaf was changed"), error("RuntimeError: a second time")
    question = typed(one, other, kind="error")
    assert "more than one error" in str(read_answer("RuntimeError", question))
    assert read_answer("RuntimeError: a leaf", question) == error("RuntimeError: a leaf")


@pytest.mark.parametrize(
    ("text", "question"),
    [("18,000", NUMBER), ("-1,234", NUMBER), ("1.234,5", NUMBER), ("0,4", TENSOR), ("0,4 1,5", TENSOR)],
)
def test_a_comma_that_can_be_two_things_is_asked_about(text: str, question: Question) -> None:
    assert "two ways" in str(read_answer(text, question))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "x.grad",
        "w",
        "eighteen",
        "18 or 6",
        "2 ** 2 ** 2 ** 9999",
        "9" * 400,
        "1/0",
        "[1, 2",
        "[[1, 2], [3]]",
        "[[1, 2], 3]",
        "18!",
        "tensor(x)",
        "lambda: 1",
        "'18'",
        "1j",
        "1 if 1 else 2",
        "f'{1}'",
        "[1 for _ in (1,)]",
        "-" * 1500 + "1",
        "(" * 800 + "1" + ")" * 800,
    ],
)
def test_what_cannot_be_read_is_said_with_how_to_write_it(text: str) -> None:
    said = read_answer(text, NUMBER)
    assert isinstance(said, str)
    assert said.endswith("Write a number like 18 or -0.4, or None.")
    assert "\n" not in said


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch evaluated')",
        "open('evaluated', 'w')",
        "exit()",
        "(lambda: open('evaluated', 'w'))()",
    ],
)
def test_nothing_is_ever_evaluated(
    text: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("empty")
    monkeypatch.chdir(folder)
    assert isinstance(read_answer(text, NUMBER), str)
    assert list(folder.iterdir()) == []


@given(st.text(max_size=60), st.sampled_from([NUMBER, TENSOR, SHAPE, ERROR]))
def test_any_text_is_read_or_said_to_be_unreadable_on_one_line(text: str, question: Question) -> None:
    said = read_answer(text, question)
    assert isinstance(said, Value) or "\n" not in said


@given(
    st.text(alphabet="0123456789.,;-+*/()[] eExinfaNone−tensor", max_size=30), st.sampled_from([NUMBER, TENSOR, SHAPE])
)
def test_texts_that_look_like_answers_are_read_or_said_to_be_unreadable(text: str, question: Question) -> None:
    assert isinstance(read_answer(text, question), Value | str)


@given(st.floats(-1e300, 1e300) | st.sampled_from([math.nan, math.inf, -math.inf]), st.data())
def test_a_float_is_read_as_python_and_torch_write_it(value: float, data: st.DataObject) -> None:
    written = data.draw(st.sampled_from(["{!r}", "{:.4g}", "{:.9f}", "{:+.6e}"])).format(value)
    around = data.draw(st.sampled_from(["{}", " {} ", "tensor({})", "({})", "torch.tensor({}, requires_grad=True)"]))
    assert same(read(around.format(written)), Value("float", content=float(written)))
