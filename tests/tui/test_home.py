"""Home: choosing a lesson, and what is said where one cannot be opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.recorder.process import Recorder
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.stepper import StepperScreen

from .hand import Hand
from .looking import screen_text, until


@pytest.fixture(autouse=True)
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests record nothing."""
    monkeypatch.setattr(Recorder, "warm", lambda self: None)


async def test_enter_opens_the_chosen_lesson_and_q_comes_back(pack: Path, tmp_path: Path) -> None:
    app = Hand(pack, tmp_path / "log")
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StepperScreen))
        assert app.opened[0].name == "08_accumulation"
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_typing_filters_and_escape_shows_all(pack: Path, tmp_path: Path) -> None:
    app = Hand(pack, tmp_path / "log")
    async with app.run_test() as pilot:
        await pilot.press(*"nothing")
        await pilot.pause()
        assert "No lesson fits. Press escape to see all." in screen_text(app)
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert "Gradients add up" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: not app.is_running)


async def test_a_broken_lesson_says_what_is_wrong(pack: Path, tmp_path: Path) -> None:
    app = Hand(pack, tmp_path / "log")
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert "10_broken.py:2:" in screen_text(app).replace("\n", "")
        assert not app.opened


async def test_a_lesson_that_became_unreadable_says_so(pack: Path, tmp_path: Path) -> None:
    app = Hand(pack, tmp_path / "log")
    async with app.run_test(size=(200, 36)) as pilot:
        await pilot.pause()
        (pack / "08_accumulation.py").write_text("x = (\n")
        await pilot.press("enter")
        await pilot.pause()
        assert "08_accumulation.py:1: '(' was never closed." in screen_text(app)
        await pilot.press("f1", "escape", "down")
        assert isinstance(app.screen, HomeScreen)


@pytest.mark.parametrize("make", [True, False])
async def test_an_empty_or_missing_pack_says_so(tmp_path: Path, make: bool) -> None:
    folder = tmp_path / "none"
    if make:
        folder.mkdir()
    app = Hand(folder, tmp_path / "log")
    async with app.run_test(size=(160, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        text = screen_text(app)
        assert ("pack.toml" if make else "the pack cannot be read") in text
