"""What is kept of the answers that somebody gives."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tutor.progress.answers import Answer
from tutor.quiz.asking import Asking

if TYPE_CHECKING:
    from tutor.progress.review import Schedule
    from tutor.progress.store import Store

MISSED: Final = "missed"
"""The setting that says whether somebody ever predicted wrongly."""


class Keeper:
    """Keeps answers, and when each question is due again.

    Args:
        store: Where.
        schedule: When questions are due.
        torch: Version of torch that the answers belong to.
    """

    def __init__(self, store: Store, schedule: Schedule, torch: str) -> None:
        self._store = store
        self._schedule = schedule
        self._torch = torch

    @property
    def never_missed(self) -> bool:
        """Whether nobody has predicted wrongly here before."""
        return not self._store.setting(MISSED, False)

    def take(self, asking: Asking, pack: str) -> None:
        """Keep the answer given last; it is in the file when this returns.

        Args:
            asking: The question.
            pack: Name of its pack.
        """
        given = asking.record()
        self._store.keep_answer(
            Answer(
                pack,
                given.lesson,
                given.question,
                time.time() - given.seconds,
                given.attempt,
                given.text,
                given.outcome,
                tuple(given.readings),
                given.hints,
                given.seconds,
                self._torch,
                asking.source,
            )
        )
        if given.outcome == "wrong":
            self._store.keep_setting(MISSED, True)

    def settle(self, asking: Asking, pack: str) -> None:
        """Say when a question that is over is due again; one that was skipped stays as it was."""
        if asking.outcome in ("right", "shown"):
            question = asking.question
            self._schedule.rate(
                pack,
                question.lesson,
                question.id,
                asking.outcome == "right",
                asking.hints,
                missed=bool(asking.misses),
                source=asking.source,
            )
