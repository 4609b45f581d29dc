"""How far somebody is."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tutor.progress.review import Schedule
from tutor.progress.store import Store
from tutor.progress.summary import Met, Summary, met, summarize

from .answered import ASKED, answer
from .test_review import BEGIN, Clock

LESSONS = ["first", "second", "third"]


def summary_of(store: Store, clock: Clock) -> Summary:
    return summarize(store, Schedule(store, clock), "pack", LESSONS)


def test_who_has_done_nothing_has_nothing_done(tmp_path: Path) -> None:
    with closing(Store.look(tmp_path)) as store:
        assert summary_of(store, Clock()) == Summary([], [], LESSONS, 0, 0, 0, 0, None, [], None)


def test_lessons_are_done_open_or_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Store.look(tmp_path)) as store:
        for lesson, done in (("third", True), ("second", False), ("gone", True)):
            store.keep_place("pack", lesson, 1, 2, done)
        store.keep_place("another", "first", 2, 2, True)
        last = store.last("pack")
        found = summary_of(store, Clock())
        assert (found.done, found.open, found.not_begun) == (["third"], ["second"], ["first"])
        assert last is not None
        assert found.last == last.changed


def test_a_question_counts_as_its_first_try_went(tmp_path: Path) -> None:
    with closing(Store.look(tmp_path)) as store:
        for question, outcomes in {
            "right": ["right"],
            "right later": ["wrong", "right"],
            "right, then wrong": ["right", "wrong"],
            "skipped": ["skipped", "right"],
            "shown": ["shown"],
        }.items():
            for attempt, outcome in enumerate(outcomes, 1):
                store.keep_answer(answer(question, outcome, attempt=attempt, asked_at=ASKED + attempt))
        store.keep_answer(answer("elsewhere", "right", pack="another", asked_at=ASKED + 9))
        found = summary_of(store, Clock())
        assert (found.asked, found.right, found.skipped) == (5, 2, 1)
        assert found.last == ASKED + 2.0


def test_what_is_due_counts_only_in_lessons_that_are_there(tmp_path: Path) -> None:
    with closing(Store.look(tmp_path)) as store:
        clock = Clock(BEGIN)
        schedule = Schedule(store, clock)
        for pack, lesson in (("pack", "first"), ("pack", "gone"), ("another", "first")):
            schedule.rate(pack, lesson, "question", right=False)
        assert (summary_of(store, clock).due, summary_of(store, clock).next_due) == (0, date(2026, 3, 6))
        clock.days_on(1)
        assert (summary_of(store, clock).due, summary_of(store, clock).next_due) == (1, None)


def test_misreadings_are_counted_in_wrong_answers_the_most_frequent_first() -> None:
    answers = [
        answer(lesson="b", beliefs=("rare", "often")),
        answer(lesson="a", beliefs=("often",)),
        answer(lesson="b", beliefs=("often", "often")),
        answer(lesson="a", beliefs=("another",)),
        answer(lesson="a", outcome="right", beliefs=("never",)),
        answer(lesson="a"),
    ]
    assert met(answers) == [Met("often", 3, ["b", "a"]), Met("another", 1, ["a"]), Met("rare", 1, ["b"])]
