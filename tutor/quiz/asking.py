"""One question while it is asked: hints, answers, misses, until it is right, shown or skipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from tutor.lesson.changes import CodeCell
from tutor.lesson.check.seen import Raised, Stop
from tutor.lesson.syntax import sentence
from tutor.lesson.value import Value, same
from tutor.quiz.filling import code_of
from tutor.quiz.grading import Grade, grade
from tutor.quiz.question import ARRANGED, CODE, PICKED, TYPED, Choice, Question
from tutor.quiz.shown import answer_text
from tutor.quiz.typed import read_answer

MOST_MISSES: Final = 2
"""Misses after which the answer is shown."""

COSTS_NOTHING: Final = "A wrong prediction costs nothing. It shows what to look at."
"""Said once, to whoever predicts wrongly for the first time."""

_TRIED: Final = "That one was tried. Give another."

Outcome = Literal["right", "wrong", "unreadable", "shown", "skipped"]
"""``unreadable``: nothing was counted. ``shown``: a miss, after which the answer is shown."""

Source = Literal["step", "quiz", "review"]
"""Where the question is asked."""


class Response(msgspec.Struct, frozen=True):
    """What is said to an answer."""

    outcome: Outcome
    lines: list[str]
    """Each a sentence or a few; the last are the longer ones."""
    done: bool
    """Whether the question is over."""
    choice: Choice | None = None
    """The choice that was given: the right one, or a known wrong one."""
    compare: str | None = None
    """Name of the reading to compare the program with, None if there is none."""


class NeedsRun(msgspec.Struct, frozen=True):
    """What has to be run before an answer can be graded. Hand the result to ``Asking.ran``."""

    cells: list[CodeCell]
    stop: Stop


class Given(msgspec.Struct, frozen=True):
    """An answer as progress keeps it."""

    question: str
    lesson: str
    attempt: int
    """From 1. A skipped question counts as an attempt."""
    text: str
    """What was typed, chosen, arranged or written; empty when it was skipped."""
    outcome: Literal["right", "wrong", "skipped"]
    readings: list[str]
    """Names of the misreadings that give this answer."""
    hints: int
    """Hints seen before it."""
    seconds: float
    """Since the question was asked, or since the answer before."""
    source: str


class Asking:
    """One question while it is asked.

    Args:
        question: The question.
        source: Where it is asked: ``step``, ``quiz`` or ``review``.
        clock: Gives seconds; only differences count.
        first: Whether nobody has predicted wrongly here before.
    """

    def __init__(self, question: Question, *, source: Source, clock: Callable[[], float], first: bool = False) -> None:
        self.question = question
        self.source = source
        self.hints = 0
        """Hints seen."""
        self.struck: set[int] = set()
        """Places of the choices that were wrong."""
        self.misses: list[Choice | None] = []
        """The wrong answers given, None where one was not known."""
        self.outcome: Outcome | None = None
        """``right``, ``shown`` or ``skipped`` when the question is over."""
        self.given: list[Given] = []
        """The answers given."""
        self._clock = clock
        self._since = clock()
        self._first = first
        self._pending = ""
        self._tried: list[Value] = []

    @property
    def done(self) -> bool:
        """Whether the question is over."""
        return self.outcome is not None

    @property
    def first_try(self) -> bool:
        """Whether the first answer was right."""
        return self.outcome == "right" and not self.misses

    @property
    def readings(self) -> list[str]:
        """Names of all misreadings that gave one of the wrong answers, in order."""
        return list(dict.fromkeys(name for choice in self.misses if choice for name in choice.readings))

    def record(self) -> Given:
        """The latest answer, as progress keeps it.

        Raises:
            IndexError: none was given yet.
        """
        return self.given[-1]

    # What the learner does

    def hint(self) -> str | None:
        """The next hint, None if all were seen."""
        if self.done or self.hints >= len(self.question.hints):
            return None
        self.hints += 1
        return self.question.hints[self.hints - 1]

    def take(self, text: str) -> Response:
        """Grade a typed answer."""
        self._expect(TYPED)
        value = read_answer(text, self.question)
        if isinstance(value, str):
            return Response("unreadable", [value], done=False)
        result = grade(self.question, value)
        if not result.right and not result.coarse:
            if any(same(value, tried) for tried in self._tried):
                return Response("unreadable", [_TRIED], done=False)
            self._tried.append(value)
        return self._graded(text.strip(), result)

    def choose(self, index: int) -> Response:
        """Grade the choice at a place in ``Question.choices``. One that was struck out is not counted again."""
        self._expect(PICKED)
        choice = self.question.choices[index]
        if index in self.struck:
            return Response("unreadable", [_TRIED], done=False)
        if choice.right:
            return self._right(choice.text, choice)
        self.struck.add(index)
        return self._wrong(choice.text, Grade(right=False, choice=choice))

    def arrange(self, order: Sequence[int]) -> NeedsRun | Response:
        """Grade an order: places in ``Question.order``, each once.

        Returns:
            What has to be run first, or at once what is said where the order is compared.
        """
        self._expect(ARRANGED)
        assert sorted(order) == list(range(len(self.question.order)))
        texts = [self.question.order[index] for index in order]
        if self.question.run is not None:
            return self._needs_run("\n".join(texts))
        items = {answer_text(item): item for item in self.question.answer.items or []}
        value = Value("list", items=[items.get(text, Value("str", content=text)) for text in texts])
        return self._graded(" → ".join(texts), grade(self.question, value))

    def code(self, text: str) -> NeedsRun | Response:
        """Grade written code.

        Returns:
            What has to be run first, or at once what is said where the code is no Python.
        """
        self._expect(CODE)
        return self._needs_run(text.strip("\n"))

    def ran(self, value: Value | None, raised: Sequence[Raised] = ()) -> Response:
        """Grade what the run gave.

        Args:
            value: The value at the stop of ``NeedsRun``, None if the run did not come there.
            raised: The errors that the run raised and did not catch.
        """
        text, self._pending = self._pending, ""
        error = next((each for each in raised if not each.announced), None)
        if error is not None:
            result = grade(self.question, Value("error", error=error.text))
            if not result.right and result.choice is None:
                result = Grade(right=False, near=sentence(f"Line {error.line} raises {error.text}"))
            return self._graded(text, result)
        if value is None:
            return self._wrong(text, Grade(right=False, near="The program does not come to the place that is asked."))
        result = grade(self.question, value)
        if not result.right:
            name = f"`{self.question.expression}`" if self.question.expression else "the result"
            gives = f"With this, {name} is {answer_text(value, self.question.kind)}."
            result = Grade(right=False, choice=result.choice, near=gives)
        return self._graded(text, result)

    def skip(self) -> Response:
        """Show the answer, which counts as skipped and not as wrong."""
        self._expect(self.question.way)
        self.outcome = "skipped"
        self._keep("", "skipped", [])
        return Response("skipped", [*self._answer(), *self._reasons()], done=True)

    # What comes of it

    def _expect(self, way: str) -> None:
        if self.done:
            raise ValueError("the question is over")
        if self.question.way != way:
            raise ValueError(f"the question is {self.question.way}, not {way}")

    def _needs_run(self, text: str) -> NeedsRun | Response:
        run = self.question.run
        assert run is not None
        cells = code_of(run, text)
        if isinstance(cells, str):
            return Response("unreadable", [cells], done=False)
        self._pending = text
        return NeedsRun(cells, run.stop)

    def _graded(self, text: str, result: Grade) -> Response:
        if result.coarse:
            return Response("unreadable", [result.near], done=False)
        if result.right:
            return self._right(text, next((choice for choice in self.question.choices if choice.right), None))
        return self._wrong(text, result)

    def _right(self, text: str, choice: Choice | None) -> Response:
        self.outcome = "right"
        self._keep(text, "right", [])
        lines = [f"{_one_line(text)} — yes.", *self._reasons()]
        return Response("right", lines, done=True, choice=choice, compare=self._compare())

    def _wrong(self, text: str, result: Grade) -> Response:
        self.misses.append(result.choice)
        self._keep(text, "wrong", result.choice.readings if result.choice else [])
        lines = [f"{_one_line(text)} — no."]
        if result.near:
            lines.append(result.near)
        if self._first:
            self._first = False
            lines.append(COSTS_NOTHING)
        left = [index for index, choice in enumerate(self.question.choices) if index not in self.struck]
        alone = self.question.way == PICKED and len(left) == 1
        if len(self.misses) < MOST_MISSES and not alone:
            at = 2 if result.near else 1
            lines[at:at] = result.choice.why if result.choice is not None else []
            return Response("wrong", lines, done=False, choice=result.choice)
        self.outcome = "shown"
        lines += [*self._answer(), *self._reasons()]
        return Response("shown", lines, done=True, choice=result.choice, compare=self._compare())

    def _keep(self, text: str, outcome: Literal["right", "wrong", "skipped"], readings: list[str]) -> None:
        now = self._clock()
        seconds, self._since = max(now - self._since, 0.0), now
        question = self.question
        attempt = len(self.given) + 1
        self.given.append(
            Given(question.id, question.lesson, attempt, text, outcome, readings, self.hints, seconds, self.source)
        )

    def _answer(self) -> list[str]:
        right = next((choice.text for choice in self.question.choices if choice.right), None)
        if right is None and self.question.run is not None:
            name = self.question.expression or "The result"
            right = f"{name} has to be {answer_text(self.question.answer, self.question.kind)} in the end"
            return [f"{right}."]
        text = right or answer_text(self.question.answer, self.question.kind)
        return [f"The answer is {text}."]

    def _reasons(self) -> list[str]:
        """Why the wrong answers that were given are wrong, the latest first, and why the right one is right."""
        reasons: list[str] = []
        for choice in reversed(self.misses):
            if choice is not None:
                several = len(self.misses) > 1 or self.outcome == "right"
                for why in choice.why:
                    reasons.append(f"About {choice.text}: {why}" if several else why)
        return list(dict.fromkeys([*reasons, *self.question.right_why]))

    def _compare(self) -> str | None:
        return next((choice.readings[0] for choice in reversed(self.misses) if choice and choice.readings), None)


def _one_line(text: str) -> str:
    return "; ".join(line.strip() for line in text.split("\n") if line.strip())
