"""An answer to a question, as it is kept: what was given, when, how it was judged. A row for each attempt."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Outcome = Literal["right", "wrong", "skipped", "shown"]
"""How an attempt ended; ``shown`` if the learner had the answer shown instead of giving one."""

Source = Literal["step", "quiz", "review"]
"""Where it was asked: while stepping, in a quiz, in a review."""

COLUMNS: Final = "pack, lesson, question, asked_at, attempt, given, outcome, beliefs, hints, seconds, torch, source"
"""The columns of the table that make an answer, in the order of its fields."""

_BELIEFS: Final = 7
"""Position of the beliefs among them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One attempt at a question."""

    pack: str
    """Name of the pack."""
    lesson: str
    """Name of the lesson: ``08_accumulation``."""
    question: str
    """Id of the question."""
    asked_at: float
    """When it was asked, in seconds since 1970."""
    attempt: int
    """Number of the attempt within one asking, from 1."""
    given: str
    """What was typed or picked, empty if nothing."""
    outcome: Outcome
    beliefs: tuple[str, ...] = ()
    """Names of the misreadings that give this answer."""
    hints: int = 0
    """How many hints were seen before it was given."""
    seconds: float = 0.0
    """How long it took to give it, in seconds."""
    torch: str = ""
    """Version of torch that the right answer was computed with."""
    source: Source = "step"

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells its question from all others: pack, lesson and question."""
        return self.pack, self.lesson, self.question


def as_row(answer: Answer) -> tuple[Any, ...]:
    """An answer as its columns hold it."""
    return (
        *answer.key, answer.asked_at, answer.attempt, answer.given, answer.outcome,
        json.dumps(answer.beliefs) if answer.beliefs else "", answer.hints, answer.seconds, answer.torch, answer.source,
    )  # fmt: skip


def from_row(row: Sequence[Any]) -> Answer:
    """The answer that some columns hold."""
    values = list(row)
    values[_BELIEFS] = names(values[_BELIEFS])
    return Answer(*values)


def names(kept: str) -> tuple[str, ...]:
    """The texts in a column that holds several, none if it cannot be read."""
    try:
        found = json.loads(kept or "[]")
    except ValueError:
        return ()
    return tuple(name for name in found if isinstance(name, str)) if isinstance(found, list) else ()
