"""The way in: what is refused before anything is drawn, and that garbage is collected afterwards."""

from __future__ import annotations

import gc
import io
import sys
from pathlib import Path

import pytest

from tutor.tui import start
from tutor.tui.app import TutorApp

from .looking import until


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "terminal_problem", lambda: "")


def test_not_a_terminal_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.start(None) == 2
    assert capsys.readouterr().err == "tutor: the screens need a terminal. Use: tutor run TARGET\n"


@pytest.mark.parametrize(("kind", "problem"), [("xterm", ""), ("dumb", "this terminal cannot"), ("", "this terminal")])
def test_a_dumb_terminal_is_refused(monkeypatch: pytest.MonkeyPatch, kind: str, problem: str) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("TERM", kind)
    assert start.terminal_problem().startswith(problem)
    assert bool(start.terminal_problem()) == bool(problem)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("content", [None, b"", b"no recording at all, just text"])
def test_a_recording_that_cannot_be_opened_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = tmp_path / "saved.recording"
    if content is not None:
        path.write_bytes(content)
    assert start.start(path) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"tutor: {path}: ")
    assert error.count("\n") == 1


@pytest.mark.usefixtures("terminal")
def test_an_unknown_lesson_or_theme_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.start("no_such_lesson") == 2
    assert "no lesson or file named 'no_such_lesson'" in capsys.readouterr().err
    assert start.start(None, theme="mud") == 2
    assert capsys.readouterr().err.startswith("tutor: there is no theme 'mud'. Choose one of: ")


async def test_garbage_is_collected_again_from_the_first_frame_on(pack: Path) -> None:
    gc.disable()
    try:
        app = TutorApp(pack=pack)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, gc.isenabled)
    finally:
        gc.enable()
        gc.unfreeze()
