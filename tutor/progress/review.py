"""When a question comes again: the FSRS rule, counted in whole days of the learner's own calendar.

A question that was answered is due on the next day at the earliest, and after 60 days at the latest. A question that
was missed comes again in the same sitting too; that is up to whoever asks, and not to the schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tutor.progress.answers import Source
from tutor.progress.store import Card, Store

if TYPE_CHECKING:
    import fsrs

LONGEST: Final = 60
"""Most days between two reviews."""


def utc_now() -> datetime:
    """The time of the machine, in UTC."""
    return datetime.now(UTC)


class Schedule:
    """What is to be asked again, and when.

    Args:
        store: Where it is kept.
        now: The clock, with a time zone.
    """

    def __init__(self, store: Store, now: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._now = now

    def rate(
        self,
        pack: str,
        lesson: str,
        question: str,
        right: bool,
        hints: int = 0,
        *,
        missed: bool = False,
        source: Source = "review",
        about: str | None = None,
    ) -> date:
        """Take over how an asking ended. To be called once for each asking, when it is over; not when it was skipped.

        Outside of a review only the first asking ever counts: practice does not move what is scheduled.

        Args:
            pack: Name of the pack.
            lesson: Name of the lesson.
            question: Id of the question.
            right: Whether the right answer was given in the end; False if it had to be shown.
            hints: How many hints were seen.
            missed: Whether there was a wrong answer before the right one.
            source: Where it was asked.
            about: The line of code that it is about, None if that is not known.

        Returns:
            The day from which it is due.
        """
        known = next(iter(self._store.cards(pack, lesson, question)), None)
        if known is not None and source != "review":
            if about is not None and about != known.about:
                self._store.keep_about(pack, lesson, question, about)
            return date.fromisoformat(known.due)
        content, due = self._moved(known.content if known is not None else "", right, hard=missed or hints > 0)
        card = Card(pack, lesson, question, content, due.isoformat(), about)
        self._store.keep_card(card, new_only=source != "review")
        return due

    def due(self, now: datetime | None = None, pack: str | None = None) -> list[tuple[str, str, str]]:
        """The questions that are due, as pack, lesson and question; the oldest first.

        Args:
            now: The time, with a time zone; that of the clock if not given.
            pack: Only those of this pack.
        """
        return [(card.pack, card.lesson, card.question) for card in self.due_cards(now, pack)]

    def due_cards(self, now: datetime | None = None, pack: str | None = None) -> list[Card]:
        """As ``due``, with all that is known of the questions."""
        today = self._today(now).isoformat()
        return [card for card in self._store.cards(pack) if card.due <= today]

    def next_due(self, now: datetime | None = None, pack: str | None = None) -> date | None:
        """The first day after today on which a question is due that is not due yet, None if there is none."""
        today = self._today(now).isoformat()
        later = [card.due for card in self._store.cards(pack) if card.due > today]
        return date.fromisoformat(later[0]) if later else None

    def _today(self, now: datetime | None = None) -> date:
        """The day where the learner is."""
        return (now or self._now()).astimezone().date()

    def _moved(self, content: str, right: bool, *, hard: bool) -> tuple[str, date]:
        """What is known of a question after an asking, and the day from which it is due."""
        from fsrs import Card, Rating

        try:
            card = Card.from_json(content)
        except (ValueError, KeyError, TypeError):
            card = Card(0)
        rating = Rating.Again if not right else Rating.Hard if hard else Rating.Good
        # Its day stands for the whole review, so that intervals are whole days whatever the hour.
        moved, _ = self._rule.review_card(card, rating, datetime.combine(self._today(), time(), UTC))
        return moved.to_json(), moved.due.date()

    @cached_property
    def _rule(self) -> fsrs.Scheduler:
        from fsrs import Scheduler

        # Without steps of minutes the shortest interval is a day; without fuzz it is always the same.
        return Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=LONGEST, enable_fuzzing=False)
