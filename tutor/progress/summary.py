"""How far somebody is in a pack: lessons, first tries, misreadings met, what is due. As plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tutor.progress.answers import Answer
from tutor.progress.review import Schedule
from tutor.progress.store import Store


@dataclass(frozen=True, slots=True)
class Met:
    """A misreading that was met in answers."""

    belief: str
    """Its name."""
    count: int
    """How many answers it gave."""
    lessons: list[str]
    """Names of the lessons in which it was met, the first at the front."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How far somebody is in a pack."""

    done: list[str]
    """Names of the lessons whose last step was reached, in the order of the pack."""
    open: list[str]
    """Names of those that were begun and are not done."""
    not_begun: list[str]
    """Names of the others."""
    asked: int
    """How many questions were ever asked, those of lessons that are no longer there too."""
    right: int
    """How many of them were answered right at the first try."""
    skipped: int
    """How many of them were skipped the first time."""
    due: int
    """How many questions of the pack's lessons are due today."""
    next_due: date | None
    """The first later day on which one is due that is not due yet."""
    beliefs: list[Met]
    """The misreadings met, the most frequent first."""
    last: float | None
    """When something was done last, in seconds since 1970; None if nothing ever was."""


def summarize(store: Store, schedule: Schedule, pack: str, lessons: Sequence[str]) -> Summary:
    """How far somebody is.

    Args:
        store: Where it is kept.
        schedule: The schedule on top of it.
        pack: Name of the pack.
        lessons: Names of its lessons, in order.
    """
    places = store.places(pack)
    answers = store.answers(pack)
    first = store.first_tries(pack)
    times = [*(place.changed for place in places.values()), *(answer.asked_at for answer in answers)]
    return Summary(
        done=[name for name in lessons if name in places and places[name].done],
        open=[name for name in lessons if name in places and not places[name].done],
        not_begun=[name for name in lessons if name not in places],
        asked=len(first),
        right=sum(answer.outcome == "right" for answer in first),
        skipped=sum(answer.outcome == "skipped" for answer in first),
        due=sum(lesson in lessons for _, lesson, _ in schedule.due(pack=pack)),
        next_due=schedule.next_due(pack=pack),
        beliefs=met(answers),
        last=max(times, default=None),
    )


def met(answers: Iterable[Answer]) -> list[Met]:
    """The misreadings that wrong answers show, the most frequent first, then in the order of their names."""
    lessons: dict[str, list[str]] = {}
    for answer in answers:
        if answer.outcome == "wrong":
            for belief in dict.fromkeys(answer.beliefs):
                lessons.setdefault(belief, []).append(answer.lesson)
    found = [Met(belief, len(where), list(dict.fromkeys(where))) for belief, where in lessons.items()]
    return sorted(found, key=lambda each: (-each.count, each.belief))
