"""The commands quiz and review, as far as they go without a terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.command import ENVIRONMENT, assert_one_line, nobody, tutor
from tutor.progress.answers import Answer
from tutor.progress.folder import COURSE, OWN
from tutor.progress.review import Schedule
from tutor.progress.store import OwnFile, Store

OWN_PROGRAM = "from pathlib import Path\nPath('ran').touch()\nx = 1  #? x\n"
"""A program of one's own, which leaves a file behind when it runs."""


def answered(folder: Path, path: Path, *, days: int = 3) -> None:
    """A question about a program of one's own that was answered some days ago."""
    before = datetime.now(UTC) - timedelta(days=days)
    with closing(Store.open(Path(nobody(folder)["TUTOR_DATA"]))) as store:
        Schedule(store, lambda: before).rate(OWN, str(path), "ask-x-1", right=False, source="quiz")
        store.keep_own(OwnFile(str(path), ("--epochs", "3")))
        store.keep_answer(Answer(OWN, str(path), "ask-x-1", before.timestamp(), 1, "2", "wrong"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["08_accumulation"], "need a terminal"),
        ([], "need a terminal"),
        (["--stage", "1"], "need a terminal"),
        (["--stage", "no such stage"], "there is no stage 'no such stage'. Choose one of: 1 "),
        (["08_accumulation", "--stage", "1"], "Give one of them"),
        (["no-such-lesson"], "no-such-lesson"),
        (["own.py", "--", "--epochs", "3"], "need a terminal"),
        (["own.recording", "--", "--epochs", "3"], "a saved recording is not run, so it takes no arguments"),
    ],
)
def test_quiz_says_what_is_wrong_on_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "own.py").write_text(OWN_PROGRAM)
    (tmp_path / "own.recording").touch()
    assert_one_line(tutor("quiz", *arguments, cwd=tmp_path), said)


def test_review_without_any_answer_says_how_to_begin(tmp_path: Path) -> None:
    result = tutor("review", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "Nothing is due: no question has been answered yet. Begin with: tutor\n"
    assert not list(tmp_path.iterdir()), "looking made nothing"


def test_review_says_when_the_next_question_is_due(tmp_path: Path) -> None:
    store = Store.open(Path(nobody(tmp_path)["TUTOR_DATA"]))
    due = Schedule(store).rate(COURSE, "08_accumulation", "accumulation-sum", right=True, source="quiz")
    store.close()
    result = tutor("review", cwd=tmp_path)
    assert result.stdout == f"Nothing is due today. The next questions are due on {due.isoformat()}.\n"


def test_review_names_in_a_line_what_it_would_run_and_runs_nothing_before_it_may(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(OWN_PROGRAM)
    answered(tmp_path, path)
    assert_one_line(tutor("review", cwd=tmp_path), "need a terminal")
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "review"],
        cwd=tmp_path,
        env=ENVIRONMENT | nobody(tmp_path) | {"TERM": "xterm-256color", "COLUMNS": "200", "LINES": "24"},
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    try:
        shown = read_until(terminal, b"Nothing has been run yet.")
        os.write(terminal, b"\x1b")
        assert process.wait(60) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(terminal)
    line, _, _ = shown.partition(b"\r\n")
    assert line.decode() == f"tutor: to ask about your own programs it has to run them: {path} --epochs 3"
    assert not (tmp_path / "ran").exists()


def read_until(terminal: int, text: bytes) -> bytes:
    """What comes out of a terminal up to a text."""
    shown, deadline = b"", time.monotonic() + 60
    while text not in shown:
        assert time.monotonic() < deadline, shown
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 1 << 16)
    return shown


def test_review_says_in_a_line_which_file_is_gone(tmp_path: Path) -> None:
    answered(tmp_path, tmp_path / "gone.py")
    result = tutor("review", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "Nothing is due today.\n")
    assert result.stderr == "tutor: Not asked: 1 question about gone.py, which is gone.\n"
    (tmp_path / "gone.py").write_text(OWN_PROGRAM)
    assert "Due today  1, with: tutor review" in tutor("progress", cwd=tmp_path).stdout
    assert not (tmp_path / "ran").exists()
