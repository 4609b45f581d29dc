"""Putting a question together, in the same way for every kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tutor.lesson.check.seen import Stop
from tutor.lesson.value import Value, same
from tutor.quiz.made.spot import Spot
from tutor.quiz.question import Choice, Draft, Question
from tutor.quiz.shown import answer_text
from tutor.recording.recording import Recording


class Made(NamedTuple):
    """A question that was made."""

    draft: Draft
    telling: bool = True
    """Whether the answer tells one belief from another."""


class Ask(NamedTuple):
    """What is asked, apart from where."""

    prefix: str
    """First word of the id."""
    subject: str
    """Second word of the id: what is asked about. May be empty."""
    kind: str
    way: str
    prompt: str
    answer: Value
    choices: Sequence[Choice] = ()
    hints: Sequence[str] = ()
    right_why: Sequence[str] = ()
    expression: str = ""
    """Gives the answer after the line, if it can be evaluated there."""
    order: Sequence[str] = ()
    step: int = 0
    """The step that answers it, that of the spot if 0."""
    stop: bool = True
    """Whether the expression may be evaluated in another run."""


def drafted(recording: Recording, spot: Spot, ask: Ask) -> Draft:
    """The question at a spot."""
    id = ":".join(filter(None, (ask.prefix, "".join(ask.subject.split()), spot.id)))
    statement = spot.statement
    cell = statement.cell if statement is not None else 0
    stop = None
    if ask.expression and ask.stop and spot.stoppable:
        stop = Stop(id, ask.expression, line=spot.line, turn=spot.turn)
    question = Question(
        id=id,
        kind=ask.kind,
        way=ask.way,
        prompt=ask.prompt,
        answer=ask.answer,
        expression=ask.expression,
        choices=list(ask.choices),
        hints=[hint for hint in ask.hints if hint],
        right_why=[why for why in ask.right_why if why],
        lesson=recording.header.program if recording.header is not None else "",
        line=spot.line,
        turn=spot.turn,
        step=ask.step or spot.number,
        order=list(ask.order),
    )
    return Draft(question, stop=stop, cell=cell)


def wrong(value: Value, why: str, kind: str = "") -> Choice:
    """A wrong answer."""
    return Choice(answer_text(value, kind), value, why=[why])


def right(value: Value, kind: str = "") -> Choice:
    """The right answer among picked ones."""
    return Choice(answer_text(value, kind), value, right=True)


def distinct(answer: Value, candidates: Iterable[Choice], most: int = 4) -> list[Choice]:
    """The first wrong answers that differ from the right one and from each other, as values and as they are read."""
    kept: list[Choice] = []
    texts = {answer_text(answer)}
    for choice in candidates:
        assert choice.value is not None
        taken = [answer, *(other.value for other in kept if other.value is not None)]
        if choice.text in texts or any(same(choice.value, other) for other in taken):
            continue
        texts.add(choice.text)
        kept.append(choice)
        if len(kept) == most:
            break
    return kept
