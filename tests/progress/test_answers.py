"""Answers: each attempt is there again, whoever asks and whatever happens to the process."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tutor.progress.answers import Answer, Outcome, Source
from tutor.progress.schema import STEPS, migrate
from tutor.progress.store import Card, Store

from .answered import answer
from .processes import finish, line, start, tell
from .test_store import new_folder, opened

TEXTS = some.text(some.characters(exclude_categories=[]), max_size=6)
NUMBERS = some.integers(0, 1 << 40)
SECONDS = some.floats(0, 1e10)
NAMES = some.sampled_from(["a", "b", "\udc80"])
OUTCOMES: some.SearchStrategy[Outcome] = some.sampled_from(["right", "wrong", "skipped", "shown"])
SOURCES: some.SearchStrategy[Source] = some.sampled_from(["step", "quiz", "review"])
ANSWERS = some.lists(
    some.builds(
        Answer, NAMES, NAMES, NAMES, SECONDS, NUMBERS, TEXTS, OUTCOMES,
        some.lists(TEXTS, max_size=3).map(tuple), NUMBERS, SECONDS, TEXTS, SOURCES,
    ),
    max_size=12,
)  # fmt: skip
CHOICES = some.tuples(some.none() | NAMES, some.none() | NAMES, some.none() | NAMES)


def fits(key: tuple[str, str, str], choice: tuple[str | None, ...]) -> bool:
    return all(wanted in (None, name) for wanted, name in zip(choice, key, strict=True))


@given(ANSWERS, CHOICES)
def test_answers_are_read_back_in_order_by_another_store(
    answers: list[Answer], choice: tuple[str | None, str | None, str | None]
) -> None:
    with new_folder() as folder, opened(folder) as store:
        for each in answers:
            store.keep_answer(each)
        with opened(folder) as other:
            assert other.answers() == answers
            assert other.answers(*choice) == [each for each in answers if fits(each.key, choice)]


@given(ANSWERS, CHOICES)
def test_the_first_try_is_the_very_first_attempt_at_a_question(
    answers: list[Answer], choice: tuple[str | None, str | None, str | None]
) -> None:
    first: dict[tuple[str, str, str], Answer] = {}
    with new_folder() as folder, opened(folder) as store:
        for each in answers:
            store.keep_answer(each)
            first.setdefault(each.key, each)
        assert store.first_tries(*choice) == [each for each in first.values() if fits(each.key, choice)]


@given(ANSWERS, NAMES, some.none() | NAMES, some.none() | NAMES)
def test_what_is_forgotten_is_gone_and_nothing_else(
    answers: list[Answer], pack: str, lesson: str | None, question: str | None
) -> None:
    choice = (pack, lesson, question)
    with new_folder() as folder, opened(folder) as store:
        for each in answers:
            store.keep_answer(each)
            store.keep_card(Card(*each.key, "{}", "2026-03-05"))
            store.keep_place(each.pack, each.lesson, 1, 2, True)
        store.keep_setting("theme", "nord")
        store.forget(*choice)
        with opened(folder) as other:
            kept = [each for each in answers if not fits(each.key, choice)]
            assert other.answers() == kept
            assert {card[:3] for card in other.cards()} == {each.key for each in kept}
            for each in answers:
                whole = question is None and fits(each.key, choice)
                assert (other.place(each.pack, each.lesson) is None) == whole
            assert other.setting("theme") == "nord"


def test_what_cannot_be_forgotten_wholly_is_kept_wholly(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path)) as store:
        store.keep_answer(answer())
        store.keep_card(Card(*answer().key, "{}", "2026-03-05"))
        with closing(sqlite3.connect(tmp_path / "progress.db")) as other:
            other.execute("CREATE TRIGGER no BEFORE DELETE ON card BEGIN SELECT raise(ABORT, 'not now'); END")
        store.forget("pack")
        assert "not now" in store.problem
        assert (store.answers(), store.cards()) == ([], [])
    with opened(tmp_path) as again:
        assert again.answers() == [answer()]
        assert len(again.cards()) == 1


def test_no_answer_that_was_said_to_be_taken_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    code = (
        "from itertools import count\n"
        "from tutor.progress.answers import Answer\n"
        "store = Store.open(folder)\n"
        "for number in count(1):\n"
        "    store.keep_answer(Answer('pack', 'lesson', 'question', 1.0, number, '6.0', 'wrong'))\n"
        "    print('taken', number, flush=True)\n"
    )
    process = start(code, tmp_path)
    assert process.stdout is not None
    said = [line(process) for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    # Not communicate(), which would pass over what is read already and not yet asked for.
    taken = len(said) + process.stdout.read().count("\n")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    with opened(tmp_path) as store:
        attempts = [each.attempt for each in store.answers()]
        # The last one may have been kept, and the process killed before it could say so.
        assert attempts in (list(range(1, taken + 1)), list(range(1, taken + 2)))


def test_two_processes_that_answer_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "from tutor.progress.answers import Answer\n"
        "from tutor.progress.review import Schedule\n"
        "store = Store.open(folder)\n"
        "schedule = Schedule(store)\n"
        "print('ready', flush=True)\n"
        "name = input()\n"
        "for number in range(1, 201):\n"
        "    store.keep_answer(Answer('pack', name, 'question', 1.0, number, '6.0', 'right'))\n"
        "    schedule.rate('pack', name, f'{number}', True)\n"
        "print(repr(store.problem))\n"
    )
    both = [start(code, tmp_path) for _ in range(2)]
    assert [line(process) for process in both] == ["ready", "ready"]
    for process, name in zip(both, "ab", strict=True):
        tell(process, name)
    assert [finish(process) for process in both] == ["''", "''"]
    with opened(tmp_path) as store:
        for name in "ab":
            assert [each.attempt for each in store.answers("pack", name)] == list(range(1, 201))
            assert len(store.cards("pack", name)) == 200


def test_a_disk_that_fills_up_is_said_and_what_was_kept_before_stays(tmp_path: Path) -> None:
    code = (
        "import resource\n"
        "from tutor.progress.answers import Answer\n"
        "store = Store.open(folder)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "number = 0\n"
        "while not store.problem:\n"
        "    number += 1\n"
        "    store.keep_answer(Answer('pack', 'lesson', 'question', 1.0, number, 'x' * 5000, 'wrong'))\n"
        "print(number, len(store.answers()), store.problem)\n"
    )
    count, known, said = finish(start(code, tmp_path)).split(maxsplit=2)
    assert int(count) > 5
    assert known == count
    assert said.startswith("Progress cannot be kept")
    with opened(tmp_path) as store:
        assert [each.attempt for each in store.answers()] == list(range(1, int(count)))


def first_version(folder: Path) -> Path:
    """A file as the first version of the program left it."""
    path = folder / "progress.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        migrate(old, STEPS[:1])
        old.execute("INSERT INTO place VALUES ('pack', 'lesson', 3, 3, 1, 1.0)")
    return path


def test_a_file_of_the_first_version_takes_answers_and_keeps_its_places(tmp_path: Path) -> None:
    first_version(tmp_path)
    with opened(tmp_path) as store:
        store.keep_answer(answer())
    with opened(tmp_path) as again:
        assert again.answers() == [answer()]
        assert set(again.places("pack")) == {"lesson"}


def test_a_file_of_the_first_version_that_cannot_be_written_still_tells_its_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = first_version(tmp_path)
    connect = sqlite3.connect

    def read_only(given: Path | str, **how: Any) -> sqlite3.Connection:
        return (
            connect(f"file:{given}?mode=ro", uri=True, isolation_level=None) if given == path else connect(given, **how)
        )

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with closing(Store.open(tmp_path)) as store:
        assert "read-only" in store.problem
        store.keep_answer(answer())
        assert store.answers() == [answer()]
        assert set(store.places("pack")) == {"lesson"}


def test_beliefs_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.keep_answer(answer(beliefs=("grad_overwrites",)))
        with closing(sqlite3.connect(tmp_path / "progress.db", isolation_level=None)) as other:
            for damaged in ("[", "3"):
                other.execute("UPDATE answer SET beliefs = ?", (damaged,))
                assert store.answers() == [answer()]


def test_looking_makes_no_file(tmp_path: Path) -> None:
    with closing(Store.look(tmp_path / "none")) as store:
        assert (store.answers(), store.problem) == ([], "")
        store.keep_answer(answer())
        assert store.answers() == [answer()]
    assert not (tmp_path / "none").exists()
    with opened(tmp_path) as made:
        made.keep_answer(answer())
    with closing(Store.look(tmp_path)) as store:
        assert store.answers() == [answer()]
