"""Random keys and sizes over every lesson and over programs that fail: nothing breaks, and the place is kept."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from textual import events

from tests.recorder.record import Children
from tutor.lesson.pack import Pack, built_in
from tutor.lesson.reading import read_program
from tutor.recorder.process import Request
from tutor.tui.keys import STEPPER

from .looking import app_of, screen_text, stepping
from .tape import clinic, empty, loop

KEYS = 300
"""Keys for each program."""

SIZES = ((120, 36), (80, 24), (60, 18), (40, 10), (200, 60), (100, 20))

BROKEN = """\
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
y = (w * 3).exp()
y.add_(1)
y.sum().backward()
"""

LESSONS = [lesson.name for lesson in Pack.load(built_in()).lessons]


async def press_at_random(path: Path, seed: int) -> None:
    """Press keys, click and resize; the step now is always one that exists, and is what the screen shows."""
    chosen = random.Random(seed)
    left_out = ("leave", "escape", "copy")
    keys = [key for binding in STEPPER if binding.action not in left_out for key in binding.key.split(",")]
    keys += ["pageup", "pagedown", "ctrl+up", "ctrl+down", "backspace", "7", "w"]
    async with stepping(path) as (pilot, screen):
        app = app_of(pilot)
        for count in range(KEYS):
            key = chosen.choice(keys)
            app.post_message(events.Key(key, key if len(key) == 1 else None))
            if count % 10 == 9:
                await pilot.pause()
                if app.screen is not screen and chosen.random() < 0.5:
                    await pilot.press("escape")
                if chosen.random() < 0.3:
                    await pilot.resize_terminal(*chosen.choice(SIZES))
                    await pilot.pause()
                assert 0 <= screen.number <= screen.recording.count
        for _ in range(20):
            if app.screen is screen:
                break
            await pilot.press("escape")
        await pilot.resize_terminal(120, 36)
        number = screen.number
        for _ in range(3):
            await pilot.pause()
        assert app.screen is screen
        assert screen.number == number
        if number:
            assert f"step {number:,}/{screen.recording.count:,}" in screen_text(app)


@pytest.mark.parametrize("name", LESSONS)
async def test_a_lesson_takes_random_keys(tmp_path: Path, children_in_turn: Children, name: str) -> None:
    lesson = next(lesson for lesson in Pack.load(built_in()).lessons if lesson.name == name)
    await press_at_random(
        children_in_turn.save(Request.of(read_program(lesson.path)), tmp_path / "saved.recording"), seed=len(name)
    )


async def test_a_program_that_fails_takes_random_keys(tmp_path: Path, children_in_turn: Children) -> None:
    path = tmp_path / "broken.py"
    path.write_text(BROKEN)
    await press_at_random(children_in_turn.save(Request.of(read_program(path)), tmp_path / "saved.recording"), seed=1)


@pytest.mark.parametrize("make", [clinic, empty])
@pytest.mark.parametrize("seed", [2, 3, 4])
async def test_a_recording_takes_random_keys(tmp_path: Path, make: object, seed: int) -> None:
    assert callable(make)
    await press_at_random(make(tmp_path / "log").path, seed)


async def test_a_long_loop_takes_random_keys(tmp_path: Path) -> None:
    tape = loop(tmp_path / "log", 400)
    tape.end()
    await press_at_random(tape.path, seed=5)
