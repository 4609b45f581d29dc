"""Programs of one's own: how they were run is kept, and what an older version kept of them is found again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tutor.progress.folder import COURSE, OWN
from tutor.progress.review import Schedule
from tutor.progress.schema import STEPS, migrate
from tutor.progress.store import Card, OwnFile, Store

from .answered import answer
from .test_answers import TEXTS
from .test_store import new_folder, opened

OLD = 2
"""The version before programs of one's own were kept."""


@given(some.lists(some.builds(OwnFile, TEXTS, some.lists(TEXTS, max_size=3).map(tuple), TEXTS), max_size=6))
def test_how_a_program_was_run_last_is_read_back_by_another_store(files: list[OwnFile]) -> None:
    with new_folder() as folder, opened(folder) as store:
        for file in files:
            store.keep_own(OwnFile(file.path, ("before",), "/before"))
            store.keep_own(file)
        with opened(folder) as other:
            assert other.own_files() == {file.path: file for file in files}


def test_the_line_that_a_question_is_about_is_kept_with_it(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        schedule = Schedule(store)
        schedule.rate(OWN, "/a.py", "one", right=True, source="quiz")
        assert store.cards()[0].about is None
        due = schedule.rate(OWN, "/a.py", "one", right=False, source="step", about="x = 1")
        assert (store.cards()[0].about, store.cards()[0].due) == ("x = 1", due.isoformat())
        schedule.rate(OWN, "/a.py", "one", right=True, source="review")
        assert store.cards()[0].about == "x = 1"
        schedule.rate(OWN, "/a.py", "one", right=True, source="review", about="x = 2")
        store.keep_about(OWN, "/a.py", "two", "y = 1")
        with opened(tmp_path) as other:
            assert [card.about for card in other.cards()] == ["x = 2"]


def test_what_is_forgotten_of_a_program_is_forgotten_wholly(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for path in ("/a.py", "/b.py"):
            store.keep_card(Card(OWN, path, "one", "{}", "2026-03-05"))
            store.keep_card(Card(OWN, path, "two", "{}", "2026-03-05"))
            store.keep_own(OwnFile(path))
        store.forget(OWN, "/a.py", "one")
        store.forget(COURSE)
        assert set(store.own_files()) == {"/a.py", "/b.py"}
        store.forget(OWN, "/a.py")
        assert set(store.own_files()) == {"/b.py"}
        store.forget(OWN)
        assert store.own_files() == {}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of an older version: a program goes by its path, but by its name if it is written as a lesson."""
    with closing(sqlite3.connect(tmp_path / "progress.db", isolation_level=None)) as connection:
        migrate(connection, STEPS[:OLD])
        for path, opened_at in (("/a/01_sums.py", 1.0), ("/b/01_sums.py", 2.0), ("/c/x01_sums.py", 3.0)):
            connection.execute("INSERT INTO recent VALUES (?, ?)", (path, opened_at))
        cards = [
            (OWN, "01_sums", "sum-1"), (OWN, "01_sums", "sum-2"), (OWN, "/b/01_sums.py", "sum-2"),
            (OWN, "/d/own.py", "grad:w:L8"), (OWN, "99_unknown", "sum-1"), (COURSE, "01_sums", "sum-1"),
            (OWN, b"/d/\xed\xb2\x80.py", "grad:w:L8"),
        ]  # fmt: skip
        for card in cards:
            connection.execute("INSERT INTO card VALUES (?, ?, ?, '{}', '2026-03-05')", card)
        for pack, lesson in ((OWN, "01_sums"), (COURSE, "01_sums"), (OWN, "/d/own.py")):
            given = answer(pack=pack, lesson=lesson)
            connection.execute(
                "INSERT INTO answer VALUES (NULL, ?, ?, ?, ?, 1, '6.0', 'wrong', '', 0, 0.0, '', 'quiz')",
                (*given.key, given.asked_at),
            )
    return tmp_path


def assert_found(store: Store) -> None:
    """All is there of the older file, and programs go by their paths."""
    cards = {(card.pack, card.lesson, card.question): card for card in store.cards()}
    assert set(cards) == {
        (OWN, "/b/01_sums.py", "sum-1"), (OWN, "/b/01_sums.py", "sum-2"), (OWN, "01_sums", "sum-2"),
        (OWN, "/d/own.py", "grad:w:L8"), (OWN, "99_unknown", "sum-1"), (COURSE, "01_sums", "sum-1"),
        (OWN, "/d/\udc80.py", "grad:w:L8"),
    }  # fmt: skip
    assert {(card.due, card.content, card.about) for card in cards.values()} == {("2026-03-05", "{}", None)}
    assert [each.lesson for each in store.answers()] == ["/b/01_sums.py", "01_sums", "/d/own.py"]
    assert store.own_files() == {path: OwnFile(path) for path in ("/b/01_sums.py", "/d/own.py", "/d/\udc80.py")}


def test_an_older_file_is_brought_up_and_keeps_what_is_in_it(old: Path) -> None:
    with opened(old) as store:
        assert_found(store)
        store.keep_card(Card(OWN, "/d/own.py", "grad:w:L8", "{}", "2026-03-06", "x = 1"))
    with opened(old) as again:
        assert [card.about for card in again.cards(OWN, "/d/own.py")] == ["x = 1"]


def test_an_older_file_that_cannot_be_written_is_read_all_the_same(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As root every file can be written, so SQLite itself is asked to write nothing.
    connect, file = sqlite3.connect, old / "progress.db"

    def read_only(path: Path | str, **how: Any) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, isolation_level=None) if path == file else connect(path, **how)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with closing(Store.open(old)) as store:
        assert "read-only" in store.problem
        assert_found(store)
