"""The store where something is wrong: it says so in one sentence, and goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tutor.progress import file as store_file
from tutor.progress.review import Schedule
from tutor.progress.schema import STEPS, migrate
from tutor.progress.store import Store

from .answered import answer
from .processes import finish, line, start, tell


def assert_goes_on(store: Store) -> None:
    """Everything can be kept and asked for, though only until it is closed."""
    store.keep_place("pack", "lesson", 2, 3, False)
    place = store.place("pack", "lesson")
    assert place is not None
    assert (place.step, store.last("pack")) == (2, place)
    store.keep_recent("/a.py")
    assert [recent.path for recent in store.recent()] == ["/a.py"]
    store.forget_recent("/a.py")
    store.keep_setting("theme", "nord")
    assert (store.setting("theme"), store.recent()) == ("nord", [])
    store.keep_answer(answer("went on"))
    assert store.answers(question="went on") == store.first_tries(question="went on") == [answer("went on")]
    schedule = Schedule(store)
    due = schedule.rate("pack", "lesson", "went on", right=True)
    assert (schedule.next_due(), len(store.cards())) == (due, 1)
    store.forget("pack", "lesson", "went on")
    assert (store.answers(), store.cards()) == ([], [])


def assert_one_sentence(problem: str, *parts: str) -> None:
    assert problem.endswith(".")
    assert "\n" not in problem
    assert ". " not in problem
    for part in parts:
        assert part in problem


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    code = (
        "store = Store.open(folder)\n"
        "print('ready', flush=True)\n"
        "name = input()\n"
        "for number in range(200):\n"
        "    store.keep_place('pack', f'{name}{number}', number, 200, False)\n"
        "    store.keep_setting('shared', number)\n"
        "print(repr(store.problem))\n"
    )
    both = [start(code, tmp_path) for _ in range(2)]
    assert [line(process) for process in both] == ["ready", "ready"]
    for process, name in zip(both, "ab", strict=True):
        tell(process, name)
    assert [finish(process) for process in both] == ["''", "''"]
    with closing(Store.open(tmp_path)) as store:
        assert len(store.places("pack")) == 400
        assert store.setting("shared") == 199


def test_two_processes_make_the_file_at_once(tmp_path: Path) -> None:
    code = "print('ready', flush=True)\ninput()\nstore = Store.open(folder)\nprint(repr(store.problem))\n"
    many = [start(code, tmp_path / "new") for _ in range(4)]
    assert {line(process) for process in many} == {"ready"}
    for process in many:
        tell(process, "")
    assert {finish(process) for process in many} == {"''"}


def test_nothing_kept_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    code = (
        "store = Store.open(folder)\n"
        "store.keep_place('pack', 'lesson', 14, 31, True)\n"
        "print('kept', flush=True)\n"
        "input()\n"
    )
    process = start(code, tmp_path)
    assert line(process) == "kept"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with closing(Store.open(tmp_path)) as store:
        place = store.place("pack", "lesson")
        assert place is not None
        assert (place.step, place.count, place.done, store.problem) == (14, 31, True, "")


@pytest.mark.parametrize("kind", ["behind a file", "proc", "a file's name is a folder's", "read-only"])
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").write_text("")
    folder = {"behind a file": tmp_path / "file" / "tutor", "proc": Path("/proc/tutor")}.get(kind, tmp_path)
    if kind == "proc" and not folder.parent.is_dir():
        pytest.skip("there is no /proc here")
    if kind == "a file's name is a folder's":
        (tmp_path / "progress.db").mkdir()
    if kind == "read-only":
        tmp_path.chmod(0o500)
        if os.access(tmp_path, os.W_OK):
            pytest.skip("this user may write everywhere")
    with closing(Store.open(folder)) as store:
        assert_one_sentence(store.problem, "Progress cannot be kept in", str(folder), "forgotten when you leave")
        assert_goes_on(store)


def test_what_is_in_a_folder_that_became_read_only_is_still_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Store.open(tmp_path)) as store:
        store.keep_place("pack", "done", 3, 3, True)
    # As root every folder can be written, so SQLite itself is asked to write nothing.
    connect = sqlite3.connect

    def read_only(path: Path | str, **how: Any) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, isolation_level=None) if path == file else connect(path, **how)

    file = tmp_path / "progress.db"
    monkeypatch.setattr(sqlite3, "connect", read_only)
    with closing(Store.open(tmp_path)) as store:
        assert_goes_on(store)
        assert set(store.places("pack")) == {"done", "lesson"}
        assert_one_sentence(store.problem, "read-only")


def test_a_disk_without_room_is_said_and_what_was_kept_is_still_known(tmp_path: Path) -> None:
    code = (
        "import resource\n"
        "store = Store.open(folder)\n"
        "store.keep_place('pack', 'before', 1, 2, True)\n"
        "size = (folder / 'progress.db-wal').stat().st_size\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "store.keep_place('pack', 'after', 1, 2, True)\n"
        "print(sorted(store.places('pack')), store.problem)\n"
    )
    said = finish(start(code, tmp_path))
    assert said.startswith("['after', 'before'] Progress cannot be kept")
    with closing(Store.open(tmp_path)) as store:
        assert (set(store.places("pack")), store.problem) == ({"before"}, "")


def test_a_locked_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_file, "PATIENCE", 0.01)
    Store.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "progress.db", isolation_level=None)) as other:
        with closing(Store.open(tmp_path)) as store:
            other.execute("BEGIN IMMEDIATE")
            assert_goes_on(store)
            assert_one_sentence(store.problem, "another program keeps it locked")
        other.execute("ROLLBACK")
    with closing(Store.open(tmp_path)) as store:
        assert (store.problem, store.places("pack")) == ("", {})


@pytest.mark.parametrize("damage", ["text", "table", "cut"])
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "progress.db"
    for number in (1, 2):
        with closing(Store.open(tmp_path)) as store:
            for lesson in range(400):
                store.keep_place("pack", f"{lesson}", 1, 2, False)
        content = path.read_bytes()
        broken = {"text": b"this is no database\n" * 500, "table": content[:4096] + b"\xff" * 8192 + content[12288:]}
        path.write_bytes(broken.get(damage, content[: len(content) // 2]))
        kept = tmp_path / ("progress.db.bak" if number == 1 else "progress.db.2.bak")
        damaged = path.read_bytes()
        with closing(Store.open(tmp_path)) as store:
            assert_one_sentence(store.problem, str(path), "was damaged", kept.name)
            assert store.places("pack") == {}
            assert_goes_on(store)
        assert kept.read_bytes() == damaged
        with closing(Store.open(tmp_path)) as store:
            assert set(store.places("pack")) == {"lesson"}
            assert store.problem == ""


@pytest.mark.parametrize("table", ["place", "answer", "card"])
def test_a_file_that_is_damaged_while_it_is_open_is_said(tmp_path: Path, table: str) -> None:
    with closing(Store.open(tmp_path)) as store:
        store.keep_setting("hints", True)
        with closing(sqlite3.connect(tmp_path / "progress.db")) as other:
            other.execute(f"DROP TABLE {table}")
        assert_goes_on(store)
        assert store.setting("hints") is True
        assert_one_sentence(store.problem, "no such table")


def test_the_file_of_a_newer_tutor_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "progress.db"
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("CREATE TABLE place (future)")
        newer.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = path.read_bytes()
    with closing(Store.open(tmp_path)) as store:
        assert_one_sentence(store.problem, str(path), "newer tutor")
        assert_goes_on(store)
    with closing(sqlite3.connect(path)) as newer:
        assert newer.execute("SELECT sql FROM sqlite_master").fetchall() == [("CREATE TABLE place (future)",)]
    assert path.read_bytes() == before


def test_later_steps_keep_what_is_there() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        connection.execute("INSERT INTO recent VALUES ('/a.py', 1.0)")
        later = (*STEPS, ("ALTER TABLE recent ADD COLUMN size INTEGER",))
        migrate(connection, later)
        migrate(connection, later)
        assert connection.execute("SELECT * FROM recent").fetchall() == [("/a.py", 1.0, None)]


def test_a_step_that_fails_leaves_the_file_as_it_was() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        broken = (*STEPS, ("CREATE TABLE later (key TEXT)", "no statement"))
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, broken)
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'later'").fetchall() == []
        migrate(connection)
