"""The wrong answers of a question, from misreadings, from its author and from near by; then the whole question."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

import msgspec

from tutor.lesson.beliefs import BELIEFS
from tutor.lesson.check.answered import answered, is_meant
from tutor.lesson.value import Value, same
from tutor.quiz.answers import Answers
from tutor.quiz.grading import ANY_ERROR, numbers
from tutor.quiz.question import ARRANGED, PICKED, TYPED, Choice, Draft, Question
from tutor.quiz.shown import RAISES, RUNS, answer_text, error_name

T = TypeVar("T")

MOST_WRONG: Final = 4
"""Wrong answers among which the right one of a picked question stands."""

MOST_TYPED: Final = 12
"""Elements of the largest tensor that somebody is asked to type."""

MOST_REASONS: Final = 2
"""Beliefs whose reasons are told, where several give one answer."""

FEWEST_ARRANGED: Final = 3
"""Items that are worth being put into an order."""


def finish(draft: Draft, answers: Answers) -> Question | None:
    """The question with its answer and its choices.

    A question without a kind gets that of its answer; a way that does not suit the answer is changed.

    Returns:
        The question, None if it cannot be asked: the run does not come to it, an error stands where a value is
        expected or a value where an error is, or there is nothing to choose from.
    """
    right = _right(draft, answers)
    if right is None:
        return None
    question = draft.question
    kind = question.kind or kind_of(right, question.expression)
    if draft.stop is not None and bool(right.error) != (kind == "error"):
        return None
    question = msgspec.structs.replace(question, kind=kind, answer=right)
    draft = msgspec.structs.replace(draft, question=question)
    wrongs = gather(draft, answers)
    way = _way(question, wrongs)
    if way == PICKED:
        if not wrongs:
            return None
        wrongs = _shuffled([_right_choice(draft.question), *_shown(wrongs)], question.id)
    order = _order(question) if way == ARRANGED and not question.order else question.order
    return msgspec.structs.replace(question, way=way, choices=wrongs, order=order)


def gather(draft: Draft, answers: Answers) -> list[Choice]:
    """The wrong answers that are known, the likeliest first.

    First come the author's, then those that misreadings give, then the neighbours. None is the right answer and no two
    are the same; where several beliefs give one, it has the reasons of the first two, but the author's stands for all.

    Args:
        draft: The question, its right answer known.
        answers: What the runs gave.
    """
    found = _Found(draft.question)
    for value, why, reading in _authored(draft, answers):
        found.add(value, why, reading, authored=True)
    for value, reading in _executed(draft, answers):
        found.add(value, belief_text(reading), reading)
    for neighbour in draft.question.choices:
        found.add_neighbour(neighbour)
    found.add_opposites()
    return found.choices


def kind_of(answer: Value, expression: str = "") -> str:
    """The kind of question that has this answer: ``number``, ``tensor``, ``shape``, ``choice`` or ``error``."""
    if answer.error:
        return "error"
    found = numbers(answer)
    if answer.type == "Size" or (found is not None and len(found.shape) == 1 and _asks_shape(expression)):
        return "shape"
    if found is None or (found.truths and not found.shape):
        return "choice"
    return "tensor" if found.shape else "number"


def _asks_shape(expression: str) -> bool:
    return ".shape" in expression or ".size(" in expression


def change_name(question: str, number: int) -> str:
    """Name of the reading that a change given by the author is, the first of them 0."""
    return f"{question}/change {number}"


def belief_text(reading: str) -> str:
    """What a misreading believes, and what torch does instead."""
    belief = BELIEFS[reading]
    return f"That comes out if {belief.believes}. {belief.torch_does}"


# Answers


def _right(draft: Draft, answers: Answers) -> Value | None:
    if draft.stop is None:
        return draft.question.answer
    return answered(draft.question.kind, draft.stop.cell, answers.right.get(draft.stop.key), answers.raised)


def _authored(draft: Draft, answers: Answers) -> Iterator[tuple[Value, str, str | None]]:
    """Value, reason and reading of each wrong answer that an author gave, as far as it can be computed."""
    for stop, why in draft.authored:
        value = answers.right.get(stop.key)
        if value is not None and (not value.error or is_meant(stop.expression, value)):
            yield value, why, None
    for name, why in draft.named:
        value = _misread(draft, name, answers)
        if value is not None:
            yield value, why, name
    for number, (_, why) in enumerate(draft.changed):
        name = change_name(draft.question.id, number)
        value = _misread(draft, name, answers)
        if value is not None:
            yield value, why, name


def _executed(draft: Draft, answers: Answers) -> Iterator[tuple[Value, str]]:
    """Value and name of each misreading, in the order of ``BELIEFS``."""
    for name in BELIEFS:
        value = _misread(draft, name, answers)
        if value is not None:
            yield value, name


def _misread(draft: Draft, name: str, answers: Answers) -> Value | None:
    """What a question gives under a misreading; an error, if its own cell ends with one before the answer is there.

    None if the misreading gives nothing. An error further up does not count: the lesson has shown what happens there.
    """
    stop = draft.stop
    if stop is None:
        return None
    raised = answers.wrong_raised.get(name, answers.raised)
    value = answered(draft.question.kind, stop.cell, answers.wrong.get(stop.key, {}).get(name), raised)
    known = {(each.cell, each.text) for each in answers.raised}
    new = [each for each in raised if not each.announced and (each.cell, each.text) not in known]
    ended = next((each for each in new if each.cell == (stop.cell or draft.cell)), None)
    if ended is None:
        return value
    if not stop.line or value is None:
        return Value("error", error=ended.text)
    if ended.line != stop.line:
        return value
    # The value was taken when the line had failed; in which turn it failed is not known.
    return Value("error", error=ended.text) if stop.turn is None else None


class _Found:
    """Collects wrong answers.

    Args:
        question: The question, with its right answer.
    """

    def __init__(self, question: Question) -> None:
        self.choices: list[Choice] = []
        self._question = question
        self._right = _right_choice(question).text
        self._authored: set[str] = set()

    def add(self, value: Value, why: str, reading: str | None, *, authored: bool = False) -> None:
        """A wrong answer that somebody believes in."""
        if value.error and self._question.kind != "error":
            # Where a value is expected, which error it is does not count.
            value = Value("error", error=error_name(value.error))
        text = answer_text(value, self._question.kind)
        if self._is_right(value, text):
            return
        readings = [reading] if reading is not None else []
        at = self._known(value, text)
        if at is None:
            self.choices.append(Choice(text, value, why=[why], readings=readings))
            if authored:
                self._authored.add(text)
            return
        known = self.choices[at]
        reasons = known.why if known.text in self._authored and not authored else [*known.why, why][:MOST_REASONS]
        self.choices[at] = _merged(known, value, reasons, [*known.readings, *readings])

    def add_neighbour(self, choice: Choice) -> None:
        """A wrong answer that is only near the right one, unless it is there already."""
        if choice.right or self._is_right(choice.value, choice.text):
            return
        if self._known(choice.value, choice.text) is None:
            self.choices.append(choice)

    def add_opposites(self) -> None:
        """What is there to choose in any case: the other truth, that nothing is raised, or that something is."""
        right = self._question.answer
        if right.type == "bool":
            self.add_neighbour(Choice(str(not right.content), Value("bool", content=not right.content)))
        if self._question.kind != "error":
            return
        raising = [_raises(choice.value) for choice in self.choices]
        if right.error and all(raising):
            self.choices.append(Choice(RUNS, Value("NoneType")))
        elif not right.error and not any(raising):
            self.choices.append(Choice(RAISES, Value("error", error=ANY_ERROR)))

    def _is_right(self, value: Value | None, text: str) -> bool:
        return text == self._right or (value is not None and same(value, self._question.answer))

    def _known(self, value: Value | None, text: str) -> int | None:
        for at, choice in enumerate(self.choices):
            if choice.text == text:
                return at
            if value is None or choice.value is None:
                continue
            both_raise = _raises(choice.value) and _raises(value) and self._question.kind != "error"
            if both_raise or same(choice.value, value):
                return at
        return None


def _raises(value: Value | None) -> bool:
    return value is not None and bool(value.error)


def _merged(known: Choice, value: Value, why: list[str], readings: list[str]) -> Choice:
    """A choice that several beliefs give."""
    if known.value is None:
        known = msgspec.structs.replace(known, value=value)
    elif known.value.error and value.error and error_name(known.value.error) != error_name(value.error):
        anything = Value("error", error=ANY_ERROR)
        known = msgspec.structs.replace(known, text=answer_text(anything), value=anything)
    return msgspec.structs.replace(known, why=list(dict.fromkeys(why)), readings=list(dict.fromkeys(readings)))


# The way to ask, and what is shown


def _way(question: Question, wrongs: Sequence[Choice]) -> str:
    """How the question can be asked with the answer that it has."""
    if question.kind == "order" and question.way == PICKED:
        return ARRANGED if _can_be_arranged(question, wrongs) else PICKED
    if question.way == TYPED and not _can_be_typed(question.answer):
        return PICKED
    if question.way == PICKED and not wrongs and question.kind == "choice" and _can_be_typed(question.answer):
        return TYPED
    return question.way


def _can_be_typed(answer: Value) -> bool:
    if answer.type in ("NoneType", "bool"):
        return True
    found = numbers(answer)
    return found is not None and 0 < len(found.elements) <= MOST_TYPED


def _can_be_arranged(question: Question, wrongs: Sequence[Choice]) -> bool:
    """Whether the answer is a list of different things, and each wrong answer holds the same ones."""
    items = _items(question.answer)
    if len(items) < FEWEST_ARRANGED or len(set(items)) < len(items):
        return False
    return all(choice.value is not None and sorted(_items(choice.value)) == sorted(items) for choice in wrongs)


def _items(value: Value) -> list[str]:
    return [answer_text(item) for item in value.items or []]


def _order(question: Question) -> list[str]:
    """The items of the answer in another order than that of the answer."""
    items = _items(question.answer)
    order = _shuffled(items, question.id)
    return order if order != items else [*order[1:], order[0]]


def _right_choice(question: Question) -> Choice:
    """The right choice, its text as the draft has it if it has one."""
    given = next((choice for choice in question.choices if choice.right), None)
    if given is not None and (given.value is None or same(given.value, question.answer)):
        return given
    return Choice(answer_text(question.answer, question.kind), question.answer, right=True)


def _shown(wrongs: Sequence[Choice]) -> list[Choice]:
    """The wrong answers that are shown: the first ones, and that an error is raised where somebody believes it."""
    shown = list(wrongs[:MOST_WRONG])
    raising = next((choice for choice in wrongs if _raises(choice.value)), None)
    if raising is not None and raising not in shown:
        shown[-1] = raising
    return shown


def _shuffled(items: Sequence[T], seed: str) -> list[T]:
    """The items in an order that is the same each time."""
    return random.Random(seed).sample(items, len(items))
