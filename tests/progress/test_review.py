"""The schedule: when a question comes again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tutor.progress.review import LONGEST, Schedule
from tutor.progress.store import Card, Store

from .processes import ROOT
from .test_store import opened

BEGIN = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
NOWHERE = Path("/proc/none")


class Asking(NamedTuple):
    """How an asking ends, and how long after the one before."""

    hours: int
    right: bool
    hints: int
    missed: bool


ASKINGS = some.builds(Asking, some.integers(0, 24 * 200), some.booleans(), some.integers(0, 2), some.booleans())


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return self.now.astimezone().date()

    def days_on(self, days: int) -> None:
        self.now += timedelta(days=days)


@contextmanager
def scheduled() -> Iterator[tuple[Schedule, Clock, Store]]:
    """A schedule in memory, with its clock."""
    with closing(Store.look(NOWHERE)) as store:
        clock = Clock()
        yield Schedule(store, clock), clock, store


def interval(schedule: Schedule, clock: Clock, right: bool, hints: int = 0, missed: bool = False) -> int:
    """The days until the question that was asked now comes again."""
    return (schedule.rate("pack", "lesson", "question", right, hints, missed=missed) - clock.today).days


@given(some.lists(ASKINGS, max_size=8))
def test_a_question_comes_again_after_one_to_sixty_days(askings: list[Asking]) -> None:
    with scheduled() as (schedule, clock, _):
        for hours, right, hints, missed in askings:
            clock.now += timedelta(hours=hours)
            days = interval(schedule, clock, right, hints, missed)
            assert 1 <= days <= 60
            question = [("pack", "lesson", "question")]
            assert schedule.due() == []
            assert schedule.next_due() == clock.today + timedelta(days=days)
            assert schedule.due(clock.now + timedelta(days=days, hours=2)) == question
            assert schedule.next_due(clock.now + timedelta(days=days, hours=2)) is None


@given(some.lists(ASKINGS, max_size=6), some.integers(0, 24 * 200))
def test_a_better_answer_never_makes_the_interval_shorter(askings: list[Asking], hours: int) -> None:
    intervals = []
    for last in ((False, 0, False), (True, 1, False), (True, 0, False)):
        with scheduled() as (schedule, clock, _):
            for before, right, hints, missed in askings:
                clock.now += timedelta(hours=before)
                interval(schedule, clock, right, hints, missed)
            clock.now += timedelta(hours=hours)
            intervals.append(interval(schedule, clock, *last))
    assert intervals == sorted(intervals)


@given(some.lists(ASKINGS, min_size=1, max_size=6))
def test_a_miss_before_the_right_answer_weighs_as_a_hint(askings: list[Asking]) -> None:
    found = []
    for hints, missed in ((1, False), (0, True), (3, True)):
        with scheduled() as (schedule, clock, store):
            for hours, right, *_ in askings:
                clock.now += timedelta(hours=hours)
                interval(schedule, clock, right, hints, missed)
            found.append(store.cards())
    assert found[0] == found[1] == found[2]


def test_the_first_intervals_are_those_of_the_rule() -> None:
    # FSRS-6: the first stabilities in days are 0.212 (again), 1.2931 (hard) and 2.3065 (good), rounded, at least 1.
    for (right, hints), days in {(False, 0): 1, (True, 1): 1, (True, 0): 2}.items():
        with scheduled() as (schedule, clock, _):
            assert interval(schedule, clock, right, hints) == days


def test_what_is_always_right_comes_later_and_later_until_sixty_days() -> None:
    with scheduled() as (schedule, clock, _):
        found = []
        for _ in range(8):
            found.append(interval(schedule, clock, right=True))
            clock.days_on(found[-1])
        assert found == sorted(found)
        assert found[0] < found[1] < found[2]
        assert found[-1] == LONGEST == 60
        assert interval(schedule, clock, right=False) < 10


def test_practice_makes_the_card_and_moves_it_no_more() -> None:
    with scheduled() as (schedule, clock, store):
        due = schedule.rate("pack", "lesson", "question", right=False, source="step")
        made = store.cards()
        clock.days_on(1)
        for source, right in (("quiz", True), ("step", False)):
            assert schedule.rate("pack", "lesson", "question", right, source=source) == due  # type: ignore[arg-type]
        assert store.cards() == made
        assert schedule.rate("pack", "lesson", "question", right=True, source="review") > due
        assert store.cards() != made


def test_the_oldest_due_comes_first_and_packs_can_be_told_apart() -> None:
    with scheduled() as (schedule, clock, _):
        for pack, question in (("b", "first"), ("a", "second"), ("b", "third")):
            schedule.rate(pack, "lesson", question, right=True)
            clock.days_on(1)
        assert schedule.due() == [("b", "lesson", "first"), ("a", "lesson", "second")]
        assert schedule.due(pack="b") == [("b", "lesson", "first")]
        assert schedule.due(pack="none") == []
        assert schedule.next_due(pack="a") is None
        clock.days_on(30)
        assert [question for *_, question in schedule.due()] == ["first", "second", "third"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "UTC"])
def test_days_are_those_of_the_learner_s_calendar(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        with scheduled() as (schedule, clock, _):
            clock.now = datetime(2026, 3, 5, 23, 50).astimezone(UTC)
            assert schedule.rate("pack", "lesson", "question", right=False) == date(2026, 3, 6)
            clock.now += timedelta(minutes=9)
            assert schedule.due() == []
            clock.now += timedelta(minutes=2)
            assert len(schedule.due()) == 1
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_schedule_is_there_again_for_another_process(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        due = Schedule(store, Clock()).rate("pack", "lesson", "question", right=True)
    with opened(tmp_path) as store:
        again = Schedule(store, Clock())
        assert again.next_due() == due
        assert again.rate("pack", "lesson", "question", right=True, source="step") == due


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"card_id": "x"}'])
def test_a_card_that_cannot_be_read_begins_anew(content: str) -> None:
    with scheduled() as (schedule, clock, store):
        store.keep_card(Card("pack", "lesson", "question", content, "2026-03-01"))
        assert interval(schedule, clock, right=True) == 2
        assert json.loads(store.cards()[0].content)["stability"] == pytest.approx(2.3065)


def test_the_rule_is_imported_only_when_a_question_is_rated_and_brings_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tutor.progress.review import Schedule\n"
        "from tutor.progress.store import Store\n"
        f"schedule = Schedule(Store.open(Path({str(tmp_path)!r})))\n"
        "print(schedule.due(), schedule.next_due(), 'fsrs' in sys.modules)\n"
        "schedule.rate('pack', 'lesson', 'question', True)\n"
        "print('fsrs' in sys.modules, {'torch', 'numpy', 'pandas', 'fsrs.optimizer'} & set(sys.modules))\n"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "[] None False\nTrue set()\n"
