"""The order of a quiz, and what came of it."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quiz.made_up import number, typed
from tutor.quiz.question import Question
from tutor.quiz.sitting import BETWEEN, MOST_TIMES, Sitting, interleaved


def question(lesson: str, id: str, step: int = 0) -> Question:
    return msgspec.structs.replace(typed(number(1.0)), id=id, lesson=lesson, step=step)


def questions(text: str) -> list[Question]:
    """``aab`` is two questions of the lesson a and one of the lesson b."""
    return [question(lesson, str(place)) for place, lesson in enumerate(text)]


def asked(sitting: Sitting, missed: dict[str, int] | None = None) -> list[str]:
    """The ids in the order in which they are asked, where some are missed a number of times."""
    left = dict(missed or {})
    found: list[str] = []
    while (now := sitting.next()) is not None:
        found.append(now.id)
        assert len(found) < 100
        misses = left.get(now.id, 0)
        left[now.id] = misses - 1
        if misses > 0:
            sitting.finished(now, "shown", misses=2)
        else:
            sitting.finished(now, "right")
    return found


def test_a_question_that_was_missed_comes_back_after_two_others_and_once_right_it_is_done() -> None:
    assert asked(Sitting(questions("abcde")), {"0": 1}) == ["0", "1", "2", "0", "3", "4"]


def test_a_question_missed_near_the_end_comes_back_at_the_end() -> None:
    assert asked(Sitting(questions("abc")), {"1": 1}) == ["0", "1", "2", "1"]
    assert asked(Sitting(questions("a")), {"0": 1}) == ["0", "0"]


def test_a_question_is_asked_three_times_at_most() -> None:
    assert asked(Sitting(questions("a")), {"0": 9}) == ["0", "0", "0"]


def test_one_that_was_right_after_a_miss_comes_back_too_and_a_skipped_one_does_not() -> None:
    sitting = Sitting(questions("ab"))
    first, second = questions("ab")
    sitting.finished(first, "right", misses=1)
    assert sitting.left == 2
    sitting.finished(second, "skipped")
    assert sitting.next() == first
    assert sitting.left == 1


def test_lessons_take_turns() -> None:
    assert [each.lesson for each in interleaved(questions("aaabbc"))] == ["a", "b", "a", "b", "a", "c"]


def test_the_question_asked_now_is_the_same_until_it_is_finished() -> None:
    sitting = Sitting(questions("ab"))
    assert sitting.next() == sitting.next()
    with pytest.raises(ValueError, match="asked now"):
        sitting.finished(questions("ab")[1], "right")


def test_a_sitting_of_nothing_is_over() -> None:
    sitting = Sitting([])
    assert sitting.next() is None
    assert sitting.results() == []


def test_results_say_what_was_believed_and_where_it_is_taught() -> None:
    one, other = question("08_accumulation", "x", 14), question("09_zero_grad", "y", 3)
    sitting = Sitting([one, other])
    sitting.finished(one, "shown", misses=2, readings=["grad_overwrites", "zero_grad_noop"])
    sitting.finished(other, "right")
    sitting.finished(one, "right", misses=1, readings=["grad_overwrites"])
    sitting.finished(one, "right")
    first, second = sitting.results()
    assert (first.question, first.outcome, first.first_try, first.times) == (one, "right", False, 3)
    assert first.readings == ["grad_overwrites", "zero_grad_noop"]
    assert (first.lesson, first.step) == ("08_accumulation", 14)
    assert (second.outcome, second.first_try, second.readings, second.times) == ("right", True, [], 1)


lessons = st.text("abcd", max_size=14)


@given(lessons)
def test_lessons_stand_next_to_themselves_only_where_it_cannot_be_helped(text: str) -> None:
    order = [each.lesson for each in interleaved(questions(text))]
    assert sorted(order) == sorted(text)
    most = max(map(text.count, text), default=0)
    neighbours = sum(one == other for one, other in pairwise(order))
    assert neighbours == max(0, most - 1 - (len(text) - most))


@given(lessons)
def test_questions_of_one_lesson_keep_their_order(text: str) -> None:
    order = interleaved(questions(text))
    for lesson in set(text):
        ids = [int(each.id) for each in order if each.lesson == lesson]
        assert ids == sorted(ids)


@given(lessons, st.dictionaries(st.integers(0, 13).map(str), st.integers(0, 5)))
def test_each_question_is_asked_until_it_is_right_with_others_between(text: str, missed: dict[str, int]) -> None:
    order = asked(Sitting(questions(text)), missed)
    for place in range(len(text)):
        times = [at for at, id in enumerate(order) if id == str(place)]
        assert len(times) == min(missed.get(str(place), 0) + 1, MOST_TIMES)
        for one, other in pairwise(times):
            between = set(order[one + 1 : other])
            later = set(order[one + 1 :]) - {str(place)}
            assert len(between) >= min(BETWEEN, len(later))
    assert asked(Sitting(questions(text)), missed) == order


def test_questions_that_are_ready_later_are_mixed_with_those_that_wait() -> None:
    sitting = Sitting(questions("aaa"))
    sitting.add([question("b", "9"), question("b", "8"), *questions("aaa")])
    assert asked(sitting) == ["0", "1", "9", "2", "8"]


def test_a_missed_question_still_comes_back_when_others_are_added() -> None:
    sitting = Sitting(questions("ab"))
    first = sitting.next()
    assert first is not None
    sitting.finished(first, "shown", misses=2)
    sitting.add(questions("abcde"))
    order = asked(sitting)
    assert sorted(order) == ["0", "1", "2", "3", "4"]
    assert order.index("0") >= BETWEEN


def test_a_sitting_may_begin_empty() -> None:
    sitting = Sitting([])
    assert sitting.next() is None
    sitting.add(questions("ab"))
    assert asked(sitting) == ["0", "1"]
