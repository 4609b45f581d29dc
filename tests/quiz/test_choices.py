"""Which wrong answers a question has, in which order, and when it can be asked at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quiz.made_up import NONE, error, number, sequence, tensor
from tutor.lesson.beliefs import BELIEFS
from tutor.lesson.check.seen import Raised, Stop
from tutor.lesson.value import Value, same
from tutor.quiz.choices import MOST_WRONG, belief_text, change_name, finish, gather, kind_of
from tutor.quiz.grading import grade
from tutor.quiz.question import ARRANGED, PICKED, TYPED, Choice, Draft, Question
from tutor.quiz.shown import RAISES, RUNS

STOP = Stop("q/ask", "x.grad", cell=3)


class Given(msgspec.Struct):
    """What runs gave, written down."""

    right: Mapping[str, Value] = {}
    raised: Sequence[Raised] = []
    wrong: Mapping[str, Mapping[str, Value]] = {}
    wrong_raised: Mapping[str, Sequence[Raised]] = {}


def draft(kind: str = "number", way: str = TYPED, answer: Value = NONE, **more: Any) -> Draft:
    """A draft below cell 3 that asks for ``x.grad``."""
    question = Question("q", kind, way, "P", answer, more.pop("choices", []), expression="x.grad")
    return msgspec.structs.replace(Draft(question, STOP, cell=3), **more)


def gave(right: Value | None, more: dict[str, Value] | None = None, **wrong: Value | Raised) -> Given:
    """The right answer, other values by key, and what each misreading gives or raises."""
    values = {name: value for name, value in wrong.items() if isinstance(value, Value)}
    raised = {name: [each] for name, each in wrong.items() if isinstance(each, Raised)}
    known = {"q/ask": right} if right is not None else {}
    return Given(known | (more or {}), [], {"q/ask": values}, raised)


def raises(cell: int = 3, text: str = "RuntimeError: a", line: int = 9, announced: bool = False) -> Raised:
    return Raised(cell, line, text, announced)


def texts(question: Question | None) -> list[str]:
    assert question is not None
    return [choice.text for choice in question.choices]


def finished(draft: Draft, answers: Given) -> Question:
    question = finish(draft, answers)
    assert question is not None
    return question


# Where wrong answers come from


def test_an_executed_misreading_says_what_was_believed_and_what_torch_does_instead() -> None:
    (choice,) = finished(draft(), gave(number(18.0), grad_overwrites=number(6.0))).choices
    assert (choice.text, choice.readings) == ("6.0", ["grad_overwrites"])
    assert choice.why == [belief_text("grad_overwrites")]
    assert BELIEFS["grad_overwrites"].believes in choice.why[0]
    assert choice.why[0].endswith(BELIEFS["grad_overwrites"].torch_does)


def test_two_beliefs_that_give_one_number_are_one_choice() -> None:
    answers = gave(number(18.0), grad_overwrites=number(6.0), zero_grad_zeros=Value("float", content=6.0001))
    (choice,) = finished(draft(), answers).choices
    assert choice.readings == ["grad_overwrites", "zero_grad_zeros"]
    assert len(choice.why) == 2


def test_the_author_explains_first_and_the_reading_is_named() -> None:
    made = draft(authored=[(Stop("q/0", "2 * x"), "Of the author.")], named=[("zero_grad_noop", "Also.")])
    answers = gave(number(18.0), {"q/0": number(6.0)}, grad_overwrites=number(6.0), zero_grad_noop=number(9.0))
    first, second = finished(made, answers).choices
    assert (first.why, first.readings) == (["Of the author."], ["grad_overwrites"])
    assert (second.why, second.readings) == (["Also."], ["zero_grad_noop"])


def test_two_reasons_of_the_author_for_one_number_are_both_told() -> None:
    made = draft(authored=[(Stop("q/0", "2 * x"), "One.")], named=[("grad_overwrites", "Two.")])
    (choice,) = finished(made, gave(number(18.0), {"q/0": number(6.0)}, grad_overwrites=number(6.0))).choices
    assert (choice.why, choice.readings) == (["One.", "Two."], ["grad_overwrites"])


def test_a_change_by_the_author_is_a_reading_of_its_own() -> None:
    made = draft(changed=[([(3, 1, "")], "Changed.")])
    name = change_name("q", 0)
    answers = Given({"q/ask": number(18.0)}, [], {"q/ask": {name: number(9.0)}})
    (choice,) = finished(made, answers).choices
    assert (choice.text, choice.why, choice.readings) == ("9.0", ["Changed."], [name])


def test_executed_answers_come_before_neighbours_and_the_authors_before_both() -> None:
    made = draft(authored=[(Stop("q/0", "x"), "A.")], choices=[Choice("7.0", number(7.0)), Choice("6.0", number(6.0))])
    answers = gave(number(18.0), {"q/0": number(9.0)}, grad_overwrites=number(6.0))
    assert texts(finished(made, answers)) == ["9.0", "6.0", "7.0"]


def test_what_equals_the_right_answer_is_no_wrong_one() -> None:
    made = draft(authored=[(Stop("q/0", "x"), "A.")], choices=[Choice("18.0", Value("int", content=18))])
    answers = gave(number(18.0), {"q/0": number(18.0001)}, grad_overwrites=number(18.0))
    assert finished(made, answers).choices == []


def test_an_error_that_came_instead_of_an_authors_answer_is_none() -> None:
    authored = [(Stop("q/0", "x.gard"), "A."), (Stop("q/1", "ZeroDivisionError"), "B.")]
    values = {"q/0": error("AttributeError: gard"), "q/1": error("ZeroDivisionError")}
    (choice,) = finished(draft(authored=authored), gave(number(18.0), values)).choices
    assert choice.text == "it raises ZeroDivisionError"


# Errors


def test_a_misreading_that_ends_the_cell_gives_an_error() -> None:
    (choice,) = finished(draft(), gave(number(18.0), no_grad_noop=raises())).choices
    assert (choice.text, choice.value) == (RAISES, error("RuntimeError"))


def test_one_that_ends_a_cell_further_up_gives_nothing_and_one_further_down_counts_not() -> None:
    answers = gave(number(18.0), no_grad_noop=raises(cell=2))
    answers.wrong = {"q/ask": {"grad_overwrites": number(6.0)}}
    answers.wrong_raised = {"grad_overwrites": [raises(cell=4)], "no_grad_noop": [raises(cell=2)]}
    assert texts(finished(draft(), answers)) == ["6.0"]


def test_an_announced_error_ends_nothing() -> None:
    answers = gave(number(18.0), grad_overwrites=number(6.0))
    answers.wrong_raised = {"grad_overwrites": [raises(announced=True)]}
    assert texts(finished(draft(), answers)) == ["6.0"]


def test_an_error_that_the_program_raises_itself_is_nobodys_wrong_answer() -> None:
    answers = gave(number(18.0), grad_overwrites=number(6.0))
    answers.raised = [raises()]
    answers.wrong_raised = {"grad_overwrites": [raises(), raises(cell=4)]}
    assert texts(finished(draft(stop=Stop("q/ask", "x.grad", line=5)), answers)) == ["6.0"]


def test_all_errors_are_one_choice_where_a_value_is_asked_for() -> None:
    made = draft(authored=[(Stop("q/0", "RuntimeError"), "A.")])
    answers = gave(
        number(18.0),
        {"q/0": error("RuntimeError")},
        no_grad_noop=raises(text="RuntimeError: a"),
        graph_never_freed=raises(text="ValueError: b"),
    )
    (choice,) = finished(made, answers).choices
    assert (choice.text, choice.why) == (RAISES, ["A."])
    assert choice.readings == ["no_grad_noop", "graph_never_freed"]


def test_after_a_line_the_error_of_that_line_counts_and_not_one_below() -> None:
    stop = Stop("q/ask", "x.grad", line=5)
    answers = gave(number(18.0), grad_overwrites=number(6.0), zero_grad_noop=number(9.0))
    answers.wrong_raised = {"grad_overwrites": [raises(line=5)], "zero_grad_noop": [raises(line=6)]}
    assert texts(finished(draft(stop=stop), answers)) == [RAISES, "9.0"]


RIGHT_ERROR = raises(text="RuntimeError: a second time")


def asks_for_error() -> Given:
    answers = gave(NONE, graph_never_freed=NONE)
    answers.raised = [RIGHT_ERROR]
    return answers


def test_the_error_of_the_cell_answers_a_question_about_one() -> None:
    question = finished(draft("error", PICKED), asks_for_error())
    assert question.answer == error("RuntimeError: a second time")
    assert sorted(texts(question)) == [f"{RAISES}: a second time", RUNS]


def test_a_misreading_that_raises_the_same_error_answers_rightly() -> None:
    answers = Given({"q/ask": NONE}, [RIGHT_ERROR], {"q/ask": {"grad_overwrites": number(6.0)}})
    assert sorted(texts(finished(draft("error", PICKED), answers))) == [f"{RAISES}: a second time", RUNS]


def test_one_can_always_choose_that_an_error_is_raised_and_that_none_is() -> None:
    plain = draft("error", PICKED)
    bare = Given({}, [RIGHT_ERROR])
    assert RUNS in texts(finished(plain, bare))
    runs = draft("error", PICKED, answer=NONE, stop=None)
    assert sorted(texts(finished(runs, Given()))) == [RAISES, RUNS]


def test_errors_with_other_messages_are_other_answers_where_an_error_is_asked_for() -> None:
    made = draft("error", PICKED, authored=[(Stop("q/0", "RuntimeError('a leaf')"), "A.")])
    answers = asks_for_error()
    answers.right = {"q/0": error("RuntimeError: a leaf")}
    assert len(finished(made, answers).choices) == 3


# Picked questions


def picked(answers: Given, **more: Any) -> Question:
    return finished(draft("choice", PICKED, **more), answers)


MANY = {f"q/{n}": number(float(n)) for n in range(6)}
AUTHORED = [(Stop(key, "x"), key) for key in MANY]


def test_the_right_choice_stands_among_the_wrong_ones_and_of_those_there_are_four() -> None:
    question = picked(gave(NONE, MANY), authored=AUTHORED)
    assert len(question.choices) == MOST_WRONG + 1
    assert [choice.text for choice in question.choices if choice.right] == ["None"]
    assert {choice.text for choice in question.choices if not choice.right} == {"0.0", "1.0", "2.0", "3.0"}


def test_that_an_error_is_raised_is_shown_where_a_reading_raises() -> None:
    question = picked(gave(NONE, MANY, no_grad_noop=raises()), authored=AUTHORED)
    assert len(question.choices) == MOST_WRONG + 1
    assert RAISES in texts(question)


def test_the_order_of_the_choices_is_that_of_the_id_and_differs_between_ids() -> None:
    answers = gave(NONE, MANY)
    made = draft("choice", PICKED, authored=AUTHORED)
    assert finish(made, answers) == finish(made, answers)
    orders = set()
    for name in "abcdefgh":
        question = msgspec.structs.replace(made.question, id=name)
        orders.add(tuple(texts(finish(msgspec.structs.replace(made, question=question), answers))))
    assert len(orders) > 4


def test_the_other_truth_is_always_there_to_be_chosen() -> None:
    question = picked(gave(Value("bool", content=True)))
    assert sorted(texts(question)) == ["False", "True"]


def test_choices_that_were_made_are_kept_with_their_words() -> None:
    right = Choice("the node of `a * b`", right=True)
    made = draft(
        "node", PICKED, answer=Value("int", content=4), stop=None, choices=[right, Choice("the node of `a + b`")]
    )
    assert sorted(texts(finished(made, Given()))) == ["the node of `a * b`", "the node of `a + b`"]


def test_none_without_anything_to_choose_from_is_typed() -> None:
    question = picked(gave(NONE))
    assert (question.way, question.choices) == (TYPED, [])


def test_a_node_without_anything_to_choose_from_is_not_asked_for() -> None:
    assert finish(draft("choice", PICKED), gave(Value("str", content="MulBackward0"))) is None


def test_a_node_and_its_name_are_one_answer() -> None:
    answers = gave(NONE, {"q/0": Value("str", content="MulBackward0")}, no_grad_noop=object_of("MulBackward0"))
    question = picked(answers, authored=[(Stop("q/0", "'MulBackward0'"), "A.")])
    (choice,) = [choice for choice in question.choices if not choice.right]
    assert (choice.text, choice.readings) == ("MulBackward0", ["no_grad_noop"])


def object_of(name: str) -> Value:
    return Value(name, content=f"<{name} object>")


# Ways


@pytest.mark.parametrize(
    ("answer", "expression", "kind"),
    [
        (number(6.0), "x.grad", "number"),
        (Value("int", content=3), "len(chain)", "number"),
        (tensor([1.0], 1), "x.grad", "tensor"),
        (sequence(1.0, 2.0), "x.tolist()", "tensor"),
        (sequence(4, 4, type="tuple"), "tuple(y.shape)", "shape"),
        (sequence(4, type="Size"), "size", "shape"),
        (NONE, "x.grad", "choice"),
        (Value("bool", content=True), "x.is_leaf", "choice"),
        (Value("str", content="a"), "name", "choice"),
        (error("E: a"), "x", "error"),
    ],
)
def test_a_question_without_a_kind_gets_that_of_its_answer(answer: Value, expression: str, kind: str) -> None:
    assert kind_of(answer, expression) == kind


def test_a_mark_gets_the_kind_of_what_the_run_gave() -> None:
    assert finished(draft(""), gave(number(3.0))).kind == "number"
    question = finished(draft(""), gave(NONE, grad_overwrites=number(6.0)))
    assert (question.kind, question.way) == ("choice", TYPED)


def test_a_large_tensor_is_picked_if_there_is_anything_to_pick() -> None:
    large, other = tensor([1.0] * 20, 20), tensor([2.0] * 20, 20)
    assert finish(draft("tensor"), gave(large)) is None
    assert finished(draft("tensor"), gave(large, grad_overwrites=other)).way == PICKED


NAMES = sequence("c", "a", "b")


def test_an_order_is_arranged_where_all_wrong_answers_hold_the_same_things() -> None:
    made = draft("order", PICKED, authored=[(Stop("q/0", "names[::-1]"), "A.")])
    question = finished(made, gave(NAMES, {"q/0": sequence("b", "a", "c")}))
    assert question.way == ARRANGED
    assert sorted(question.order) == ["a", "b", "c"]
    assert question.order != ["c", "a", "b"]
    assert texts(question) == ["b → a → c"]


@pytest.mark.parametrize("name", list("abcdefghijkl"))
def test_what_is_to_be_arranged_is_not_shown_in_the_right_order(name: str) -> None:
    made = draft("order", PICKED)
    question = finished(
        msgspec.structs.replace(made, question=msgspec.structs.replace(made.question, id=name)), gave(NAMES)
    )
    assert sorted(question.order) == ["a", "b", "c"]
    assert question.order != ["c", "a", "b"]


def test_an_order_is_picked_where_one_holds_less() -> None:
    made = draft("order", PICKED, authored=[(Stop("q/0", "names[1:]"), "A.")])
    question = finished(made, gave(NAMES, {"q/0": sequence("a", "b")}))
    assert question.way == PICKED
    assert sorted(texts(question)) == ["a → b", "c → a → b"]


# What cannot be asked


def test_a_place_that_is_not_reached_cannot_be_asked_about() -> None:
    assert finish(draft(), gave(None)) is None


def test_an_error_cannot_stand_where_a_value_is_asked_for_nor_a_value_where_an_error_is() -> None:
    assert finish(draft(), gave(error("NameError: x"))) is None
    assert finish(draft("error", PICKED), gave(number(6.0))) is None


# Whatever the runs give

numbers = st.floats(-100, 100).map(lambda value: number(round(value, 1)))
values = numbers | st.sampled_from([NONE, tensor([1.0, 2.0], 2), error("RuntimeError: a"), error("ValueError: b")])
runs = st.dictionaries(st.sampled_from(list(BELIEFS)), values, max_size=12)


@given(numbers, runs, st.lists(numbers, max_size=5), st.sampled_from([TYPED, PICKED]))
def test_no_two_choices_are_one_answer_and_each_wrong_one_is_graded_as_itself(
    right: Value, wrong: dict[str, Value], near: list[Value], way: str
) -> None:
    kind = "number" if way == TYPED else "choice"
    made = draft(kind, way, choices=[Choice(str(value.content), value) for value in near])
    raised = {name: [raises(text=value.error)] for name, value in wrong.items() if value.error}
    given_values = {name: value for name, value in wrong.items() if not value.error}
    question = finish(made, Given({"q/ask": right}, [], {"q/ask": given_values}, raised))
    if question is None:
        assert way == PICKED
        return
    for at, choice in enumerate(question.choices):
        assert choice.value is not None
        assert choice.right == same(choice.value, right)
        assert not any(same(choice.value, other.value or NONE) for other in question.choices[at + 1 :])
        if not choice.right:
            assert grade(question, choice.value).choice == choice
    believed = [name for choice in gather(msgspec.structs.replace(made, question=question), Given(
        {"q/ask": right}, [], {"q/ask": given_values}, raised)) for name in choice.readings]  # fmt: skip
    assert len(believed) == len(set(believed))
    assert set(believed) == {name for name, value in wrong.items() if not same(value, right)}
