"""What is said to each answer, what it costs, and when a question is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quiz.made_up import NONE, error, number, picked, sequence, typed, wrong
from tutor.lesson.check.seen import Raised, Stop
from tutor.lesson.value import Value
from tutor.quiz.asking import COSTS_NOTHING, Asking, NeedsRun, Response
from tutor.quiz.question import ARRANGED, CODE, HOLE, Choice, Question, Run

OVERWRITES = msgspec.structs.replace(wrong(number(6.0), "number", "grad_overwrites"), why=["It is replaced. It adds."])
TYPED = typed(
    number(18.0),
    choices=[OVERWRITES, wrong(number(9.0))],
    hints=["one", "two"],
    right_why=["6 + 6 + 6."],
    lesson="08_accumulation",
)
PICKED = picked(NONE, number(6.0), number(0.0), error("RuntimeError"))
ARRANGE = Question(
    "o",
    "order",
    ARRANGED,
    "P",
    sequence("c", "a", "b"),
    [wrong(sequence("a", "b", "c"), "order")],
    order=["a", "b", "c"],
)
FILL = Question(
    "f", "fill", CODE, "P", number(3.0), [wrong(number(1.0), "number", "zero_grad_noop")],
    run=Run([(1, 1, "x = 1"), (2, 3, f"for turn in range(2):\n    {HOLE}")], Stop("f", "x", cell=2)),
    expression="x",
)  # fmt: skip


class Clock:
    """A clock that goes on by one second each time it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def ask(question: Question, **more: Any) -> Asking:
    return Asking(question, source="quiz", clock=Clock(), **more)


# Typed


def test_a_right_answer_ends_the_question() -> None:
    asking = ask(TYPED)
    response = asking.take("18")
    assert response == Response("right", ["18 — yes.", "6 + 6 + 6."], done=True)
    assert asking.done
    assert asking.outcome == "right"
    assert asking.first_try


def test_unreadable_text_costs_nothing_and_says_how_to_write() -> None:
    asking = ask(TYPED, first=True)
    for text in ("", "x.grad", "18,000"):
        response = asking.take(text)
        assert (response.outcome, response.done) == ("unreadable", False)
        assert response.lines
    assert asking.given == []
    assert asking.take("18").outcome == "right"
    assert asking.first_try


def test_the_first_miss_is_answered_with_its_belief_and_keeps_the_answer() -> None:
    asking = ask(TYPED)
    assert asking.take("6") == Response("wrong", ["6 — no.", *OVERWRITES.why], done=False, choice=OVERWRITES)
    assert not asking.done


def test_the_second_miss_shows_the_answer_and_the_reading_to_compare_with() -> None:
    asking = ask(TYPED)
    asking.take("7")
    response = asking.take("6")
    assert (response.outcome, response.done, response.choice) == ("shown", True, OVERWRITES)
    assert response.lines == ["6 — no.", "The answer is 18.0.", "About 6.0: It is replaced. It adds.", "6 + 6 + 6."]
    assert response.compare == "grad_overwrites"
    assert asking.outcome == "shown"
    assert asking.readings == ["grad_overwrites"]


def test_the_reading_of_the_first_miss_is_compared_with_if_the_second_has_none() -> None:
    asking = ask(TYPED)
    asking.take("6")
    response = asking.take("9")
    assert response.compare == "grad_overwrites"
    assert response.lines[2:4] == ["About 9.0: why 9.0", "About 6.0: It is replaced. It adds."]


def test_nothing_is_compared_where_nobody_knows_the_belief() -> None:
    asking = ask(TYPED)
    asking.take("7")
    assert asking.take("8").compare is None
    assert asking.misses == [None, None]
    assert asking.readings == []


def test_right_after_a_miss_explains_the_miss() -> None:
    asking = ask(TYPED)
    asking.take("6")
    response = asking.take("18")
    assert response.lines == ["18 — yes.", "About 6.0: It is replaced. It adds.", "6 + 6 + 6."]
    assert asking.outcome == "right"
    assert not asking.first_try


def test_the_same_answer_again_costs_nothing() -> None:
    asking = ask(TYPED)
    asking.take("6")
    assert asking.take("6.0").outcome == "unreadable"
    assert not asking.done


def test_the_right_answer_is_right_however_near_one_that_was_tried_is() -> None:
    asking = ask(typed(number(1.0), number(1.0016)))
    assert asking.take("1.0007").outcome == "wrong"
    assert asking.take("1.0").outcome == "right"


def test_too_few_digits_cost_nothing() -> None:
    asking = ask(typed(number(4 / 3)))
    assert asking.take("1.33").outcome == "unreadable"
    assert asking.take("4/3").outcome == "right"
    assert asking.first_try


def test_only_the_first_wrong_prediction_ever_is_told_that_it_costs_nothing() -> None:
    asking = ask(TYPED, first=True)
    assert COSTS_NOTHING in asking.take("6").lines
    assert COSTS_NOTHING not in asking.take("9").lines
    assert COSTS_NOTHING not in ask(TYPED).take("6").lines


def test_hints_come_in_levels() -> None:
    asking = ask(TYPED)
    assert [asking.hint(), asking.hint(), asking.hint()] == ["one", "two", None]
    assert asking.hints == 2
    asking.take("18")
    assert asking.hint() is None


def test_a_skipped_question_shows_its_answer_and_is_not_wrong() -> None:
    asking = ask(TYPED)
    response = asking.skip()
    assert response == Response("skipped", ["The answer is 18.0.", "6 + 6 + 6."], done=True)
    assert asking.outcome == "skipped"
    assert asking.misses == []
    assert asking.record().outcome == "skipped"


def test_each_answer_is_recorded_with_what_progress_keeps() -> None:
    asking = ask(TYPED)
    asking.take("6")
    first = asking.record()
    asking.hint()
    asking.take("no number")
    asking.take("18.0")
    second = asking.record()
    assert asking.given == [first, second]
    assert (first.question, first.lesson, first.source) == ("q", "08_accumulation", "quiz")
    assert (first.attempt, first.text, first.outcome, first.readings) == (1, "6", "wrong", ["grad_overwrites"])
    assert (second.attempt, second.text, second.outcome, second.readings) == (2, "18.0", "right", [])
    assert (first.hints, second.hints) == (0, 1)
    assert first.seconds == second.seconds == 1.0


# Picked


def test_a_wrong_pick_is_struck_out_and_the_learner_goes_on() -> None:
    asking = ask(PICKED)
    response = asking.choose(1)
    assert (response.outcome, response.lines, response.done) == ("wrong", ["6.0 — no.", "why 6.0"], False)
    assert asking.struck == {1}
    assert asking.choose(0).lines[0] == "None — yes."


def test_a_choice_that_was_struck_out_is_not_counted_again() -> None:
    asking = ask(PICKED)
    asking.choose(1)
    assert asking.choose(1).outcome == "unreadable"
    assert len(asking.given) == 1


def test_two_wrong_picks_show_the_answer() -> None:
    asking = ask(PICKED)
    asking.choose(3)
    response = asking.choose(2)
    assert (response.outcome, response.done) == ("shown", True)
    assert "The answer is None." in response.lines


def test_of_two_choices_one_miss_leaves_nothing_to_choose() -> None:
    asking = ask(picked(Value("bool", content=True), Value("bool", content=False)))
    assert asking.choose(1).outcome == "shown"
    assert asking.outcome == "shown"


# Arranged and written


def test_an_order_is_compared_where_nothing_has_to_run() -> None:
    asking = ask(ARRANGE)
    response = asking.arrange([0, 1, 2])
    assert isinstance(response, Response)
    assert (response.outcome, response.choice) == ("wrong", ARRANGE.choices[0])
    response = asking.arrange([2, 0, 1])
    assert isinstance(response, Response)
    assert response.lines[0] == "c → a → b — yes."


def test_an_order_of_lines_is_run_and_any_that_gives_the_state_is_right() -> None:
    question = Question(
        "l", "lines", ARRANGED, "P", number(3.0), order=["x += 1", "x *= 2"],
        run=Run([(1, 1, f"x = 1\n{HOLE}")], Stop("l", "x", cell=1)),
    )  # fmt: skip
    asking = ask(question)
    wanted = asking.arrange([1, 0])
    assert wanted == NeedsRun([(1, 1, "x = 1\nx *= 2\nx += 1")], Stop("l", "x", cell=1))
    response = asking.ran(number(3.0))
    assert response.lines == ["x *= 2; x += 1 — yes."]


def test_code_stands_where_the_hole_was_with_its_indentation() -> None:
    wanted = ask(FILL).code("x += 1\nif x:\n    x = x")
    assert isinstance(wanted, NeedsRun)
    assert wanted.cells[1] == (2, 3, "for turn in range(2):\n    x += 1\n    if x:\n        x = x")


def test_a_hole_inside_a_line_is_filled() -> None:
    question = msgspec.structs.replace(FILL, run=Run([(1, 1, f"x = {HOLE} + 1")], Stop("f", "x", cell=1)))
    wanted = ask(question).code("2")
    assert isinstance(wanted, NeedsRun)
    assert wanted.cells == [(1, 1, "x = 2 + 1")]


@pytest.mark.parametrize("text", ["", "  ", "x +", "return = 1", "x = '"])
def test_code_that_is_no_python_is_not_run_and_costs_nothing(text: str) -> None:
    asking = ask(FILL)
    response = asking.code(text)
    assert isinstance(response, Response)
    assert response.outcome == "unreadable"
    assert asking.given == []


def test_code_is_graded_by_what_its_run_gives() -> None:
    asking = ask(FILL)
    asking.code("x = x")
    response = asking.ran(number(1.0))
    assert (response.outcome, response.choice) == ("wrong", FILL.choices[0])
    assert response.lines == ["x = x — no.", "With this, `x` is 1.0.", "why 1.0"]
    asking.code("x += 1")
    assert asking.ran(number(3.0)).lines[0] == "x += 1 — yes."
    assert [given.text for given in asking.given] == ["x = x", "x += 1"]


def test_code_that_raises_is_wrong_and_says_what_is_raised() -> None:
    asking = ask(FILL)
    asking.code("y")
    response = asking.ran(None, [Raised(2, 4, "NameError: name 'y' is not defined", announced=False)])
    assert response.lines == ["y — no.", "Line 4 raises NameError: name 'y' is not defined."]


def test_an_announced_error_is_no_fault_of_the_code() -> None:
    asking = ask(FILL)
    asking.code("x += 1")
    assert asking.ran(number(3.0), [Raised(1, 1, "RuntimeError: a", announced=True)]).outcome == "right"


def test_code_that_does_not_come_to_the_place_is_wrong() -> None:
    asking = ask(FILL)
    asking.code("exit()")
    assert asking.ran(None).outcome == "wrong"
    asking.code("exit(1)")
    assert "x has to be 3.0 in the end." in asking.ran(None).lines


# Whatever is done


@pytest.mark.parametrize(
    "answer",
    [
        lambda asking: asking.take("1"),
        lambda asking: asking.arrange([0]),
        lambda asking: asking.code("x"),
    ],
)
def test_a_question_takes_only_the_answers_of_its_way(answer: Callable[[Asking], object]) -> None:
    with pytest.raises(ValueError, match="picked"):
        answer(ask(PICKED))


def test_nothing_is_taken_when_the_question_is_over() -> None:
    asking = ask(PICKED)
    asking.skip()
    with pytest.raises(ValueError, match="over"):
        asking.choose(0)


steps = st.lists(st.integers(0, 3) | st.sampled_from(["hint", "skip"]), max_size=8)


@given(steps)
def test_whatever_is_picked_the_question_ends_once_and_tells_the_answer(done: list[int | str]) -> None:
    asking = ask(PICKED)
    ended: list[Response] = []
    for step in done:
        if asking.done:
            break
        if step == "hint":
            asking.hint()
            continue
        response = asking.skip() if step == "skip" else asking.choose(int(step))
        assert response.done == asking.done
        if response.done:
            ended.append(response)
            assert any("None" in line for line in response.lines)
    assert len(ended) <= 1
    assert len(asking.misses) <= 2
    assert [given.attempt for given in asking.given] == list(range(1, len(asking.given) + 1))
    assert asking.struck == {PICKED.choices.index(miss) for miss in asking.misses if isinstance(miss, Choice)}
