"""Once with everything: a real program in a real child, from the first frame to the last step."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.reading import read_program
from tutor.tui.app import Settings, TutorApp
from tutor.tui.screens.stepper import StepperScreen

from .looking import screen_text, until
from .tape import ACCUMULATION


async def test_a_lesson_is_recorded_and_walked(tmp_path: Path) -> None:
    path = tmp_path / "08_accumulation.py"
    path.write_text(ACCUMULATION)
    app = TutorApp(read_program(path), Settings(timeout=50))
    async with app.run_test(size=(120, 36)) as pilot:
        screen = app.screen
        assert isinstance(screen, StepperScreen)
        assert "import torch" in screen_text(app)
        await until(pilot, lambda: screen.ended, seconds=60)
        assert screen.recording.end is not None
        assert screen.recording.end.how == "finished"
        await pilot.press("end")
        await pilot.pause()
        text = screen_text(app)
        assert "tutor · 08 Gradients add up" in text
        assert "It is 18" in text
        while screen.number > 1:
            await pilot.press("up")
        await pilot.press("end", "q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0


async def test_leaving_ends_a_program_that_would_never_end(tmp_path: Path) -> None:
    path = tmp_path / "endless.py"
    path.write_text("n = 0\nwhile True:\n    n = n + 1\n")
    app = TutorApp(read_program(path))
    async with app.run_test() as pilot:
        screen = app.screen
        assert isinstance(screen, StepperScreen)
        await until(pilot, lambda: screen.number > 0, seconds=60)
        await pilot.press("down", "down", "down")
        assert screen.number > 1
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app.is_running)
    assert not screen.recording.end or screen.recording.end.how == "stopped"
