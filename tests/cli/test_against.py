"""tutor open A --against B: two targets in any mix, or one line that says which of them cannot be opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import assert_one_line, tutor
from tutor.cli import run_command_line
from tutor.lesson.program import Program
from tutor.tui import start


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Any, Any]]:
    """What the screens were asked to open, in a terminal that is only said to be one."""
    asked: list[tuple[Any, Any]] = []

    def begin(target: object, **options: object) -> int:
        asked.append((target, options.get("against")))
        return 0

    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TUTOR_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(start, "terminal_problem", lambda: "")
    monkeypatch.setattr(start, "start", begin)
    return asked


def test_a_lesson_is_opened_against_a_script(tmp_path: Path, opened: list[tuple[Any, Any]]) -> None:
    (tmp_path / "mine.py").write_text("x = 1\n")
    assert run_command_line(["open", "08", "--against", "mine.py"]) == 0
    [(one, other)] = opened
    assert isinstance(one, Program)
    assert one.name == "08_accumulation"
    assert other.source == "x = 1\n"


def test_a_recording_is_opened_against_a_recording(tmp_path: Path, opened: list[tuple[Any, Any]]) -> None:
    (tmp_path / "a.recording").write_bytes(b"tutor-recording\n")
    (tmp_path / "b.recording").write_bytes(b"tutor-recording\n")
    assert run_command_line(["open", "a.recording", "--against", "b.recording"]) == 0
    assert opened == [(Path("a.recording"), Path("b.recording"))]


@pytest.mark.parametrize("missing", ["first", "second"])
def test_the_target_that_cannot_be_opened_is_named(
    tmp_path: Path, opened: list[tuple[Any, Any]], capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    (tmp_path / "there.py").write_text("x = 1\n")
    targets = ["there.py", "gone.py"] if missing == "second" else ["gone.py", "there.py"]
    assert run_command_line(["open", targets[0], "--against", targets[1]]) == 2
    assert "no file named 'gone.py'" in capsys.readouterr().err
    assert not opened


def test_without_a_terminal_nothing_is_read(tmp_path: Path) -> None:
    assert_one_line(tutor("open", "a.py", "--against", "b.py", cwd=tmp_path), "need a terminal", "tutor run TARGET")
