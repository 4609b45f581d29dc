"""Every type of question on the screen: asked, missed once, and over."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widgets import OptionList

from tutor.lesson.changes import CodeCell
from tutor.lesson.check.seen import Stop
from tutor.lesson.value import Value
from tutor.quiz.asking import Asking
from tutor.quiz.question import ARRANGED, CODE, HOLE, PICKED, TYPED, Choice, Question, Run
from tutor.tui.widgets.question_box import QuestionBox

from .looking import GOLDEN, check_golden

CELL: CodeCell = (1, 1, f"x = 1\n{HOLE}\n")


def tensor(*numbers: float) -> Value:
    """A tensor of one dimension."""
    return Value("tensor", [len(numbers)], "float32", list(numbers))


def number(value: float) -> Value:
    """A tensor of one number."""
    return Value("tensor", [], "float32", value)


def texts(*items: str) -> Value:
    """A list of texts."""
    return Value("list", items=[Value("str", content=item) for item in items])


def picked(kind: str, prompt: str, right: str, *wrong: str) -> Question:
    """A question with choices, the right one second."""
    first, *rest = wrong
    choices = [Choice(first, why=[f"Who takes {first} looks one line too far."]), Choice(right, right=True)]
    choices += [Choice(other, why=["That is the one before."]) for other in rest]
    why = [f"It is {right}, as the graph shows."]
    return Question(kind, kind, PICKED, prompt, Value("str", content=right), choices, ["Look at the graph."], why)


SHAPE = Value("Size", items=[Value("int", content=3)] * 2)
BELIEF = "backward() adds to the .grad that is there."
QUESTIONS = {
    question.id: question
    for question in (
        Question(
            "number", "number", TYPED, "What is in `x.grad`?", number(18.0),
            [Choice("6.0", number(6.0), why=[BELIEF], readings=["grad_overwrites"])], ["Add.", "6 and 6 and 6."],
        ),
        Question("tensor", "tensor", TYPED, "What is in `x.grad`?", tensor(2.0, 0.0, 60.0), hints=["Twice x."]),
        Question("shape", "shape", TYPED, "Which shape has `p - t`?", SHAPE),
        picked("choice", "What is in `y.grad`?", "None", "1.0", "0.0"),
        picked("error", "What does line 7 do?", "it raises an error: a leaf is used", "it runs without an error"),
        Question(
            "order", "order", ARRANGED, "In which order do the nodes run?", texts("Sum", "Pow", "Mul"),
            order=["Mul", "Pow", "Sum"],
        ),
        picked("node", "Which node runs next?", "MulBackward0", "PowBackward0", "AccumulateGrad"),
        picked("saved", "Which tensors does the node save?", "its result y", "x", "no tensor"),
        picked("leaf", "Is `y` a leaf?", "False", "True"),
        picked("program", "Which program made this recording?", "without line 7", "as it is written"),
        picked("bug", "After which line is something wrong?", "line 8: loss.backward()", "line 6: loss = f(w)"),
        Question(
            "lines", "lines", ARRANGED, "Put the lines in an order after which w is 1.4.", number(1.4),
            order=["w -= 0.1 * w.grad", "loss.backward()", "loss = (w - 3) ** 2"],
            run=Run([CELL], Stop("w", "w", cell=1)),
        ),
        Question(
            "fill", "fill", CODE, "Write the line with which w is 1.4.", number(1.4), hints=["It empties `.grad`."],
            run=Run([CELL], Stop("w", "w", cell=1)),
        ),
    )
}  # fmt: skip


class Boxed(App[None]):
    """A question and nothing else."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.asking = Asking(question, source="quiz", clock=lambda: 0.0, first=True)
        self.over = False

    def compose(self) -> ComposeResult:
        yield QuestionBox(self.asking, f"question · {self.asking.question.id}", "end")

    def on_question_box_over(self) -> None:
        self.over = True

    def on_question_box_run_wanted(self, message: QuestionBox.RunWanted) -> None:
        self.query_one(QuestionBox).answer_of_run(self.asking.ran(number(9.0)))


async def miss(pilot: Any, question: Question) -> None:
    """Give a wrong answer."""
    if question.way == PICKED:
        await pilot.press("1")
    elif question.way == ARRANGED:
        await pilot.press("enter")
    else:
        await pilot.press(*{"number": "6", "tensor": "1 2 3", "shape": "3", "fill": "w"}[question.kind], "enter")
    await pilot.pause()


@pytest.mark.parametrize("kind", QUESTIONS)
async def test_each_type_of_question(kind: str) -> None:
    question = QUESTIONS[kind]
    app = Boxed(question)
    app.animation_level = "none"
    async with app.run_test(size=(80, 16)) as pilot:
        await pilot.pause()
        await check_golden(pilot, f"box-{kind}-asked")
        await miss(pilot, question)
        assert len(app.asking.misses) == 1
        await check_golden(pilot, f"box-{kind}-missed")
        app.query_one(QuestionBox).action_skip()
        await pilot.pause()
        assert app.asking.done
        await check_golden(pilot, f"box-{kind}-over")
        await pilot.press("enter")
        await pilot.pause()
        assert app.over


async def test_letters_are_keys_only_while_the_field_is_empty() -> None:
    app = Boxed(QUESTIONS["number"])
    async with app.run_test(size=(80, 16)) as pilot:
        await pilot.press("h")
        await pilot.pause()
        assert app.asking.hints == 1
        await pilot.press(*"1s")
        await pilot.pause()
        assert not app.asking.done
        await pilot.press("backspace", "backspace", "s")
        await pilot.pause()
        assert app.asking.outcome == "skipped"


async def test_letters_are_keys_again_once_an_answer_was_graded() -> None:
    app = Boxed(QUESTIONS["number"])
    async with app.run_test(size=(80, 16)) as pilot:
        await pilot.press("6", "enter", "h")
        await pilot.pause()
        assert (len(app.asking.misses), app.asking.hints) == (1, 1)
        await pilot.press("7", "h", "backspace", "enter")
        await pilot.pause()
        assert [given.text for given in app.asking.given] == ["6", "7"]


@pytest.mark.parametrize("kind", QUESTIONS)
async def test_keys_that_mean_nothing_here_do_no_harm(kind: str) -> None:
    app = Boxed(QUESTIONS[kind])
    async with app.run_test(size=(80, 16)) as pilot:
        app.query_one(QuestionBox).action_skip()
        await pilot.press("left_square_bracket", "right_square_bracket", "d", "f4", "h", "s", "1", "up", "down")
        await pilot.pause()
        assert app.asking.outcome == "skipped"


async def test_nothing_typed_is_no_answer() -> None:
    app = Boxed(QUESTIONS["number"])
    async with app.run_test(size=(80, 16)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert not app.asking.given


async def test_lines_are_moved_by_keys() -> None:
    app = Boxed(QUESTIONS["order"])
    async with app.run_test(size=(80, 16)) as pilot:
        await pilot.press("down", "down", "left_square_bracket", "left_square_bracket", "down", "right_square_bracket")
        await pilot.press("enter")
        await pilot.pause()
        assert app.asking.outcome == "right"


async def test_page_keys_do_no_harm_where_there_is_no_room_for_the_choices() -> None:
    app = Boxed(QUESTIONS["node"])
    async with app.run_test(size=(80, 16)) as pilot:
        options = app.query_one(OptionList)
        options.display = False
        await pilot.pause()
        options.replace_option_prompt_at_index(0, "another")
        await options.run_action("page_up")
        await options.run_action("page_down")


def test_there_is_a_golden_screen_of_every_state() -> None:
    states = {f"box-{kind}-{state}" for kind in QUESTIONS for state in ("asked", "missed", "over")}
    assert {path.stem for path in GOLDEN.glob("box-*.txt")} == states
