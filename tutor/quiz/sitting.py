"""The order of a quiz or a review, and what came of it.

Questions of one lesson stand apart, since telling them apart is part of knowing them. A question that was missed comes
back before the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from tutor.quiz.question import Question

BETWEEN: Final = 2
"""Other questions asked before one that was missed comes back, if there are as many."""

MOST_TIMES: Final = 3
"""How often one question is asked in a sitting."""


class Result(msgspec.Struct, frozen=True):
    """What came of a question."""

    question: Question
    outcome: str
    """``right``, ``shown`` or ``skipped``: how it ended the last time it was asked."""
    first_try: bool
    """Whether the very first answer to it was right."""
    readings: list[str]
    """Names of the misreadings that gave its wrong answers, in the order in which they came."""
    lesson: str
    """Name of the lesson where it is taught."""
    step: int
    """The step of the lesson that answers it, 0 if it is not known."""
    times: int
    """How often it was asked."""


class Sitting:
    """The questions of one quiz or review.

    Args:
        questions: The questions, in the order in which they would be asked one lesson after the other.
    """

    def __init__(self, questions: Iterable[Question]) -> None:
        self._questions = interleaved(questions)
        self._queue = list(self._questions)
        self._results: dict[tuple[str, str], Result] = {}

    def add(self, questions: Iterable[Question]) -> None:
        """Ask more questions, mixed with those that are waiting; one that is there already is not asked twice."""
        known = {_key(question) for question in self._questions}
        more = [question for question in questions if _key(question) not in known]
        self._questions += more
        now, later = self._queue[:1], self._queue[1:]
        back = [question for question in later if _key(question) in self._results]
        rest = interleaved([*(question for question in later if _key(question) not in self._results), *more])
        self._queue = [*now, *rest[: BETWEEN - 1], *back, *rest[BETWEEN - 1 :]]

    def next(self) -> Question | None:
        """The question to ask now, the same until it is finished; None when all are done."""
        return self._queue[0] if self._queue else None

    @property
    def left(self) -> int:
        """How many questions are still to be asked, those that come back included."""
        return len(self._queue)

    def finished(self, question: Question, outcome: str, *, misses: int = 0, readings: Sequence[str] = ()) -> None:
        """A question is over.

        Args:
            question: The question that ``next`` gave.
            outcome: ``right``, ``shown`` or ``skipped``.
            misses: Wrong answers given to it.
            readings: Names of the misreadings that gave them.

        Raises:
            ValueError: it is not the question that is asked now.
        """
        if not self._queue or self._queue[0] != question:
            raise ValueError("this is not the question that is asked now")
        self._queue.pop(0)
        before = self._results.get(_key(question))
        times = before.times + 1 if before else 1
        believed = [*(before.readings if before else []), *readings]
        missed = outcome == "shown" or misses > 0
        self._results[_key(question)] = Result(
            question,
            outcome,
            before.first_try if before else outcome == "right" and not misses,
            list(dict.fromkeys(believed)),
            question.lesson,
            question.step,
            times,
        )
        if missed and times < MOST_TIMES:
            self._queue.insert(min(BETWEEN, len(self._queue)), question)

    def results(self) -> list[Result]:
        """What came of the questions asked so far, in the order in which they were first asked."""
        return list(self._results.values())


def interleaved(questions: Iterable[Question]) -> list[Question]:
    """The questions, one of each lesson in turn: of the lesson with most questions left, if it was not the last.

    Within a lesson they keep their order; a question given twice is there once.
    """
    lessons: dict[str, list[Question]] = {}
    for question in {_key(question): question for question in questions}.values():
        lessons.setdefault(question.lesson, []).append(question)
    order: list[Question] = []
    while lessons:
        last = order[-1].lesson if order else ""
        # Those that have most questions left come first, so that they do not all remain for the end.
        names = sorted(lessons, key=lambda name: (name == last, -len(lessons[name])))
        order.append(lessons[names[0]].pop(0))
        if not lessons[names[0]]:
            del lessons[names[0]]
    return order


def _key(question: Question) -> tuple[str, str]:
    return question.lesson, question.id
