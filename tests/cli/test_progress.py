"""``tutor progress``: what was done as text and for other programs, several learners together, and forgetting."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import pty
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import ENVIRONMENT, assert_one_line, nobody, tutor
from tutor.lesson.beliefs import BELIEFS
from tutor.progress.answers import Answer
from tutor.progress.folder import COURSE, OWN
from tutor.progress.review import Schedule
from tutor.progress.store import Store

QUESTION = "accumulation-two-losses"


def answer(outcome: Any, lesson: str = "08_accumulation", question: str = QUESTION, **other: Any) -> Answer:
    facts: dict[str, Any] = {"pack": COURSE, "asked_at": 1_772_719_389.0, "attempt": 1, "given": "12.0"}
    return Answer(lesson=lesson, question=question, outcome=outcome, **facts | other)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Somebody who has done a little."""
    folder = tmp_path / "nobody"
    with contextlib.closing(Store.open(folder)) as store:
        store.keep_place(COURSE, "00_nudge", 20, 20, done=True)
        store.keep_place(COURSE, "08_accumulation", 7, 80, done=False)
        store.keep_answer(answer("wrong", beliefs=("grad_overwrites",), given='1, "2"\n3'))
        store.keep_answer(answer("right", attempt=2))
        store.keep_answer(answer("right", lesson="00_nudge", question="nudge"))
        store.keep_answer(answer("skipped", lesson="99_gone", question="gone"))
        yesterday = datetime.now(UTC) - timedelta(days=3)
        Schedule(store, lambda: yesterday).rate(COURSE, "08_accumulation", QUESTION, right=True, missed=True)
    return folder


def kept(folder: Path) -> tuple[int, set[str], int]:
    """How many answers are kept, the lessons that were begun, and how many questions are scheduled."""
    with contextlib.closing(Store.open(folder)) as store:
        return len(store.answers()), set(store.places(COURSE)), len(store.cards())


# Shown


def test_who_has_done_nothing_is_told_how_to_begin_and_nothing_is_made(tmp_path: Path) -> None:
    for arguments in ([], ["--csv"], ["--json"], ["--xapi"], ["reset", "--all", "--yes"]):
        result = tutor("progress", *arguments, cwd=tmp_path)
        assert (result.returncode, result.stderr) == (0, "")
        assert arguments or "Nothing is done yet." in result.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("data")
def test_progress_is_a_screenful_of_text(tmp_path: Path) -> None:
    result = tutor("progress", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert any(line.startswith("Lessons    1 done, 1 open, ") for line in lines)
    assert "Questions  3 asked, 1 right at the first try, 1 skipped" in lines
    assert "Due today  1, with: tutor review" in lines
    assert any("Gradients add up" in line and line.endswith("step 7/80") for line in lines)
    assert f"   1 × {BELIEFS['grad_overwrites'].believes}" in lines
    assert "       in 08_accumulation" in lines
    assert max(map(len, lines)) <= 80
    assert "!" not in result.stdout


def test_much_progress_still_fits_on_a_screen_and_steers_no_terminal(tmp_path: Path) -> None:
    with contextlib.closing(Store.open(tmp_path / "nobody")) as store:
        for name in tutor("list", cwd=tmp_path).stdout.splitlines():
            if name.startswith("  "):
                store.keep_place(COURSE, name.split()[0], 10_000, 1_000_000, done=False)
        for number, belief in enumerate(BELIEFS):
            store.keep_answer(answer("wrong", lesson=f"{number}\x1b[2J", beliefs=(belief, "change 1")))
            store.keep_answer(answer("wrong", lesson="\x1b[2J" * 30, beliefs=(belief,)))
    lines = tutor("progress", cwd=tmp_path).stdout.splitlines()
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)
    assert any(line.startswith("Open lessons (4 of ") for line in lines)
    assert f"Met most often in wrong answers (4 of {len(BELIEFS)})" in lines
    assert sum("␛" in line for line in lines) == 4


@pytest.mark.usefixtures("data")
def test_csv_json_and_xapi_tell_the_same_answers(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(tutor("progress", "--csv", cwd=tmp_path).stdout, newline=""), strict=True))
    assert [row["outcome"] for row in rows] == ["wrong", "right", "right", "skipped"]
    assert rows[0]["given"] == '1, "2"\n3'
    found = json.loads(tutor("progress", "--json", cwd=tmp_path).stdout)
    assert [each["given"] for each in found["answers"]] == [row["given"] for row in rows]
    assert found["lessons"]["done"] == ["00_nudge"]
    assert found["due"]["today"] == 1
    statements = json.loads(tutor("progress", "--xapi", "--name", "Ada", cwd=tmp_path).stdout)
    assert [each["result"].get("response") for each in statements] == [*(row["given"] for row in rows), None]
    assert {each["actor"]["account"]["name"] for each in statements} == {"Ada"}


@pytest.mark.usefixtures("data")
def test_csv_is_written_with_its_own_line_ends_in_utf_8_whatever_the_environment(tmp_path: Path) -> None:
    with contextlib.closing(Store.open(tmp_path / "nobody")) as store:
        store.keep_answer(answer("wrong", given="ü\udc80"))
    result = subprocess.run(
        [sys.executable, "-m", "tutor", "progress", "--csv"],
        cwd=tmp_path,
        env=ENVIRONMENT | nobody(tmp_path) | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.count(b"\r\n") == 6
    assert b",\xc3\xbc\\udc80," in result.stdout


def test_another_pack_has_progress_of_its_own(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "01_a.py").write_text('# %% [raw] tutor="lesson"\n# title = "A"\n\n# %%\nx = 1\n', encoding="utf-8")
    with contextlib.closing(Store.open(data)) as store:
        store.keep_answer(answer("right", pack=str(folder.resolve()), lesson="01_a", question="own"))
    for arguments in (["--pack", "mine", "progress", "--csv"], ["progress", "--csv", "--pack", "mine"]):
        (row,) = csv.DictReader(io.StringIO(tutor(*arguments, cwd=tmp_path).stdout, newline=""))
        assert (row["pack"], row["question"]) == ("mine", "own")
    assert tutor("progress", "--pack", "mine", "reset", "--all", "--yes", cwd=tmp_path).returncode == 0
    assert kept(data) == (4, {"00_nudge", "08_accumulation"}, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--csv", "--json"], "--json and --csv"),
        (["--name", "Ada"], "--xapi"),
        (["--xapi", "--name", ""], "--name is empty"),
        (["--csv", "reset", "--all"], "in front of reset"),
        (["nonsense"], "No such command"),
        (["stats"], "FILES"),
        (["reset"], "LESSON or --all"),
        (["reset", "08", "--all"], "not both"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(tmp_path: Path, arguments: list[str], said: str) -> None:
    assert_one_line(tutor("progress", *arguments, cwd=tmp_path), said, "tutor progress", "--help")


@pytest.mark.parametrize("command", [["progress"], ["progress", "stats"], ["progress", "reset"]])
@pytest.mark.parametrize("option", ["-h", "--version"])
def test_each_command_has_help_and_version(tmp_path: Path, command: list[str], option: str) -> None:
    result = tutor(*command, option, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("tutor 0." if option == "--version" else f"Usage: tutor {' '.join(command)}")


# Several learners


@pytest.mark.usefixtures("data")
def test_stats_count_several_learners(tmp_path: Path) -> None:
    exported = tutor("progress", "--csv", cwd=tmp_path).stdout
    (tmp_path / "a.csv").write_text(exported, encoding="utf-8", newline="")
    header, _, rest = exported.partition("\n")
    (tmp_path / "b.csv").write_text(f"{header}\n{rest.replace(',wrong,', ',right,')}", encoding="utf-8", newline="")
    result = tutor("progress", "stats", "a.csv", "b.csv", "a.csv", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["2", "learners,", "3", "questions"] in lines
    assert [QUESTION, "2", "0", "50%"] in lines
    assert ["gone", "2", "2", "-"] in lines
    assert ["100%", "of", "1", "wrong:", "grad_overwrites"] in lines
    found = json.loads(tutor("progress", "stats", "a.csv", "b.csv", "--json", cwd=tmp_path).stdout)
    assert found["learners"] == 2
    assert {each["question"]: each["share_right"] for each in found["questions"]} == {
        "nudge": 1.0, QUESTION: 0.5, "gone": None,
    }  # fmt: skip


def test_stats_of_a_file_that_is_no_export_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("import torch\n", encoding="utf-8")
    assert_one_line(tutor("progress", "stats", "own.py", cwd=tmp_path), "own.py:1", "no export", "tutor progress --csv")
    assert_one_line(tutor("progress", "stats", "none.csv", cwd=tmp_path), "none.csv")
    assert_one_line(tutor("progress", "stats", ".", cwd=tmp_path))


# Forgetting


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["08"], (2, {"00_nudge"}, 0)),
        (["accumulation", QUESTION], (2, {"00_nudge", "08_accumulation"}, 0)),
        (["99_gone"], (3, {"00_nudge", "08_accumulation"}, 1)),
        (["--all"], (0, set(), 0)),
        (["09"], (4, {"00_nudge", "08_accumulation"}, 1)),
    ],
)
def test_what_is_reset_is_forgotten_and_nothing_else(
    tmp_path: Path, data: Path, arguments: list[str], left: tuple[int, set[str], int]
) -> None:
    result = tutor("progress", "reset", *arguments, "--yes", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert kept(data) == left


def test_without_a_terminal_nothing_is_forgotten_unasked(tmp_path: Path, data: Path) -> None:
    assert_one_line(tutor("progress", "reset", "08", cwd=tmp_path), "terminal", "--yes")
    assert kept(data)[0] == 4


def test_a_lesson_that_is_none_is_said(tmp_path: Path, data: Path) -> None:
    (tmp_path / "own.py").write_text("x = 1\n", encoding="utf-8")
    assert_one_line(tutor("progress", "reset", "acumulation", "--yes", cwd=tmp_path), "08_accumulation")
    assert tutor("progress", "reset", "own.py", "--yes", cwd=tmp_path).stdout == "Nothing is kept of it.\n"
    assert kept(data)[0] == 4


def test_answers_about_a_file_of_one_s_own_go_with_the_course_and_can_be_reset(tmp_path: Path, data: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text("x = 1\n", encoding="utf-8")
    for arguments, left in ((["own.py"], 4), (["--all"], 0)):
        with contextlib.closing(Store.open(data)) as store:
            store.keep_answer(answer("right", pack=OWN, lesson=str(own), question="own"))
        *_, row = csv.DictReader(io.StringIO(tutor("progress", "--csv", cwd=tmp_path).stdout, newline=""))
        assert (row["pack"], row["lesson"], row["question"]) == ("own", "own.py", "own")
        assert tutor("progress", "reset", *arguments, "--yes", cwd=tmp_path).returncode == 0
        assert kept(data)[0] == left


def test_what_is_kept_of_a_file_that_is_gone_can_be_reset(tmp_path: Path, data: Path) -> None:
    with contextlib.closing(Store.open(data)) as store:
        store.keep_answer(answer("right", pack=OWN, lesson=str(tmp_path / "gone.py"), question="own"))
    assert tutor("progress", "reset", "gone.py", "--yes", cwd=tmp_path).stdout == "Forgotten.\n"
    assert kept(data)[0] == 4


def test_what_cannot_be_forgotten_is_said(tmp_path: Path, data: Path) -> None:
    with contextlib.closing(sqlite3.connect(data / "progress.db")) as other:
        other.execute("CREATE TRIGGER no BEFORE DELETE ON card BEGIN SELECT raise(ABORT, 'not now'); END")
    result = tutor("progress", "reset", "--all", "--yes", cwd=tmp_path)
    assert_one_line(result, "Progress cannot be kept", "not now")
    assert kept(data)[0] == 4


@pytest.mark.parametrize(("typed", "code", "answers"), [("y\n", 0, 2), ("n\n", 1, 4), ("\n", 1, 4), ("\x04", 1, 4)])
def test_at_a_terminal_it_is_asked_first(tmp_path: Path, data: Path, typed: str, code: int, answers: int) -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, typed.encode())
        result = subprocess.run(
            [sys.executable, "-m", "tutor", "progress", "reset", "08"],
            cwd=tmp_path,
            env=ENVIRONMENT | nobody(tmp_path),
            stdin=theirs,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert (result.returncode, result.stderr) == (code, "")
    assert result.stdout.startswith("Forget 2 answers and the place in 08_accumulation? [y/N]: ")
    assert result.stdout.endswith("Forgotten.\n" if code == 0 else "Nothing is forgotten.\n")
    assert kept(data)[0] == answers
