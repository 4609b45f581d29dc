"""Checking a gradient on the screen: which leaf, what the page says, and where it is refused."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Static

from tutor.lesson.reading import read_program
from tutor.recording.file import save
from tutor.recording.format import Kind
from tutor.recording.index import NameKey
from tutor.tui.app import Settings, TutorApp
from tutor.tui.screens.nudge import NudgeScreen
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.bottom_line import BottomLine

from .looking import at, screen_text, stepping, until
from .tape import accumulation

PROGRAM = """\
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor(1.0)
loss = ((w - 3) ** 2 + b).sum()
loss.backward()
print(w.grad)
"""


def note(screen: StepperScreen) -> str:
    return screen.query_one(BottomLine).note


async def test_the_gradient_that_arrives_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    app = TutorApp(read_program(path), Settings(timeout=50))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.screen
        assert isinstance(screen, StepperScreen)
        await until(pilot, lambda: screen.ended, seconds=60)
        recording = screen.recording
        last = recording.count
        await at(pilot, screen, last)
        await pilot.press("g")
        assert "Choose a leaf in tensors first" in note(screen)
        screen._followed = NameKey(None, "b")
        await pilot.press("g")
        assert note(screen) == "b does not require grad, so it gets no gradient."
        screen._followed = None
        arrives = next(step for step in range(1, last + 1) if recording.kind(step) is Kind.ACCUMULATE)
        await at(pilot, screen, arrives)
        await pilot.press("g")
        page = app.screen
        assert isinstance(page, NudgeScreen)
        await until(pilot, lambda: page.slopes is not None, seconds=60)
        await pilot.pause()
        assert "the gradient of w as a slope" in screen_text(app)
        text = " ".join(str(page.query_one(Static).content).split())
        assert "before line 5 uses it" in text
        assert "w[0] 1.0 1e-06 -4.0 -4.0" in text
        assert "w[1] 2.0 2e-06 -2.0 -2.0" in text
        assert "They agree." in text
        assert "computed in float64." in text
        assert page.slopes is not None
        assert f"{page.slopes.runs} runs" in text
        await pilot.press("escape")
        assert app.screen is screen


async def test_a_saved_recording_runs_nothing(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        saved = tmp_path / "it.recording"
        save(screen.recording, saved)
    async with stepping(saved) as (pilot, screen):
        await at(pilot, screen, 7)
        await pilot.press("g")
        assert "opening it runs no code" in note(screen)


async def test_leaving_stops_the_runs(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    app = TutorApp(read_program(path), Settings(timeout=50))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.screen
        assert isinstance(screen, StepperScreen)
        await until(pilot, lambda: screen.ended, seconds=60)
        arrives = next(s for s in range(1, screen.recording.count) if screen.recording.kind(s) is Kind.ACCUMULATE)
        await at(pilot, screen, arrives)
        await pilot.press("g")
        page = app.screen
        assert isinstance(page, NudgeScreen)
        await pilot.press("escape")
        assert app.screen is screen
        assert not page._told(0, 9)
