"""Checking a gradient on the screen: which leaf, what the page says, and where it is refused."""

from __future__ import annotations

from pathlib import Path

import msgspec
from textual.widgets import Static

from tutor.lesson.reading import read_program
from tutor.recording.file import save
from tutor.recording.format import Kind
from tutor.recording.index import NameKey
from tutor.recording.nudge import NudgePlan, Slope, Slopes
from tutor.tui.app import Settings, TutorApp
from tutor.tui.screens.nudge import NudgeScreen, found, meaning, opening
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


HELD = NudgePlan(
    name="w",
    paths=["w"],
    shape=[40],
    dtype="float32",
    values=[1.0] * 40,
    use_line=4,
    use_calls=1,
    call=2,
    call_line=5,
    roots=[[1.0]],
    gradient=[-4.0] * 40,
    held=[-8.0] * 40,
    elements=[3, 4, 5],
)


def test_what_the_page_says() -> None:
    assert opening(HELD).startswith("Each of the 3 elements of w with the largest gradients is made a little larger")
    agreeing = Slopes(5, 1.0, "float64", [Slope(3, 1.0, 1e-6, -4.0, -4.0, 1e-9)])
    text = str(found(HELD, agreeing))
    assert "They agree." in text
    assert "w.grad holds more" in text
    assert text.splitlines()[0].split() == [
        "element",
        "value",
        "nudged",
        "by",
        "slope",
        "gradient",
        "difference",
        ".grad",
    ]
    assert text.splitlines()[1].split() == ["w[3]", "1.0", "1e-06", "-4.0", "-4.0", "0.0e+00", "-8.0"]
    alone = msgspec.structs.replace(HELD, held=HELD.gradient)
    assert ".grad" not in str(found(alone, agreeing))
    coarse = Slopes(5, 1.0, "float32", [Slope(3, 1.0, 5e-3, -3.0, -4.0, 2.0)])
    assert "float32 is too coarse here to tell. Rounding alone can put the two apart by 2e+00" in meaning(alone, coarse)
    apart = Slopes(5, 1.0, "float32", [Slope(3, 1.0, 5e-3, -3.0, -4.0, 0.1)])
    assert meaning(alone, apart).startswith("They do not agree.")


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
