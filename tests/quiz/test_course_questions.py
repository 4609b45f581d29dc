"""Every question of the course, answered once right and once by each wrong answer, with what real runs gave."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tutor.lesson.pack import Pack, built_in
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.lesson.readings import readings
from tutor.quiz.asking import Asking, Response
from tutor.quiz.choices import finish, gather
from tutor.quiz.lessons import drafts_of, readings_of, stops_of
from tutor.quiz.marks import drafts_of_marks
from tutor.quiz.question import ARRANGED, PICKED, TYPED, Choice, Draft, Question
from tutor.quiz.shown import RAISES, answer_text
from tutor.recorder.misread import Answers, Misreader

LESSONS = [lesson.path for lesson in Pack.load(built_in()).lessons]
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


class Asked:
    """What real runs gave for the questions of a lesson."""

    def __init__(self, program: Program, misreader: Misreader) -> None:
        self.program = program
        self.drafts: list[Draft] = [*drafts_of(program), *drafts_of_marks(program)]
        last = max(draft.cell for draft in self.drafts)
        ways = [*readings(program, last), *readings_of(self.drafts)]
        self.answers: Answers = misreader.answers(program, stops_of(self.drafts), ways, timeout=60)

    @property
    def questions(self) -> list[Question]:
        """The questions that can be asked."""
        return [question for draft in self.drafts if (question := finish(draft, self.answers)) is not None]


@pytest.fixture(scope="module")
def asked() -> Iterator[Any]:
    """Gives what was asked in a lesson; each lesson is run once."""
    with Misreader() as misreader:
        yield cache(lambda path: Asked(read_program(path), misreader))


def answer(question: Question, text: str, index: int) -> Response:
    """What is said to an answer that is given first, by its text or its place among the choices."""
    asking = Asking(question, source="quiz", clock=lambda: 0.0)
    if question.way == PICKED:
        return asking.choose(index)
    if question.way == ARRANGED:
        response = asking.arrange([question.order.index(item) for item in text.split(" → ")])
        assert isinstance(response, Response)
        return response
    return asking.take(text)


def wrong_ones(question: Question) -> list[tuple[int, Choice]]:
    return [(index, choice) for index, choice in enumerate(question.choices) if not choice.right]


@each_lesson
def test_every_question_and_every_mark_can_be_asked(path: Path, asked: Any) -> None:
    lesson = asked(path)
    ids = [question.id for question in lesson.questions]
    assert ids == [draft.question.id for draft in lesson.drafts]
    assert len(set(ids)) == len(ids) == len(lesson.program.questions) + len(lesson.program.asks)


@each_lesson
def test_the_right_answer_is_right_at_the_first_try(path: Path, asked: Any) -> None:
    for question in asked(path).questions:
        right = next((index for index, choice in enumerate(question.choices) if choice.right), -1)
        response = answer(question, answer_text(question.answer, question.kind), right)
        assert (response.outcome, response.done) == ("right", True), question


@each_lesson
def test_each_wrong_answer_is_known_and_never_right(path: Path, asked: Any) -> None:
    for question in asked(path).questions:
        for index, choice in wrong_ones(question):
            response = answer(question, choice.text, index)
            assert response.outcome in ("wrong", "shown"), (question.id, choice)
            assert response.choice == choice, (question.id, choice, response)
            assert response.lines[0] == f"{choice.text} — no."


@each_lesson
def test_two_misses_tell_the_answer_and_why_each_was_wrong(path: Path, asked: Any) -> None:
    for question in asked(path).questions:
        for (index, first), (other, second) in zip(wrong_ones(question), wrong_ones(question)[1:], strict=False):
            asking = Asking(question, source="review", clock=lambda: 0.0)
            if question.way == PICKED:
                asking.choose(index)
                response = asking.choose(other)
            elif question.way == TYPED:
                asking.take(first.text)
                response = asking.take(second.text)
            else:
                continue
            assert response.outcome == "shown"
            assert f"The answer is {answer_text(question.answer, question.kind)}." in response.lines
            for choice in (first, second):
                assert all(any(line.endswith(why) for line in response.lines) for why in choice.why)
            assert response.compare == next(iter([*second.readings, *first.readings]), None)


@each_lesson
def test_each_wrong_answer_of_the_author_is_told_with_its_reason(path: Path, asked: Any) -> None:
    lesson = asked(path)
    for draft, question in zip(lesson.drafts, lesson.questions, strict=True):
        known = {why for choice in gather(_answered(draft, question), lesson.answers) for why in choice.why}
        for why in [
            *(why for _, why in draft.authored),
            *(why for _, why in draft.named),
            *(why for _, why in draft.changed),
        ]:
            assert why in known, (question.id, why)


def _answered(draft: Draft, question: Question) -> Draft:
    return Draft(question, draft.stop, draft.authored, draft.named, draft.changed, draft.cell)


@each_lesson
def test_of_an_error_one_can_always_say_that_it_is_raised(path: Path, asked: Any) -> None:
    for question in asked(path).questions:
        if question.kind == "error":
            assert any(choice.text.startswith(RAISES) for choice in question.choices)
