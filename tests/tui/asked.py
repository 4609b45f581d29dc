"""Lessons that ask, opened with processes that the tests share, since each of them imports torch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.recorder.process import Recorder
from tutor.tui.app import TutorApp
from tutor.tui.questions.desk import Desk
from tutor.tui.screens.question import QuestionScreen
from tutor.tui.screens.stepper import StepperScreen

from .looking import app_of, until

LESSON = """\
# %% [raw] tutor="lesson"
# title = "Sums"

# %% [markdown]
# What is in `x.grad` in the end?

# %%
import torch

x = torch.tensor(3.0, requires_grad=True)
for turn in range(3):
    y = x**2
    y.backward()  #? x.grad
print(x.grad)  #> tensor(18.)

# %% [raw] id="sum-1" tutor="quiz"
# type = "number"
# prompt = "After the third `backward()`, what is in `x.grad`?"
# ask = "x.grad"
# hint = ["Look at `.grad` before the third call.", "Each call brings 6.0."]
# [[wrong]]
# read_as = "grad_overwrites"
# why = "That is one share. `.grad` still held 12 when the third arrived."

# %% [raw] id="sum-2" tutor="quiz"
# type = "choice"
# prompt = "Is `y` a leaf?"
# ask = "y.is_leaf"
# hint = ["Was it computed?"]
# [[wrong]]
# value = "True"
# why = "It was computed from `x`."
"""
"""A lesson with a mark and two quiz cells."""

MARK = 13
"""Line of its mark."""

PROGRAM = """\
import torch

w = torch.tensor([2.0, -3.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.25)
for turn in range(3):
    loss = ((w * 3 - 1) ** 2 + w).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(w)
"""
"""A file of one's own."""


@pytest.fixture(scope="package")
def desk() -> Iterator[Desk]:
    """Runs what the questions need."""
    desk = Desk()
    desk.warm()
    yield desk
    desk.close()


@pytest.fixture(scope="package")
def recorder() -> Iterator[Recorder]:
    """Records what is opened."""
    with Recorder() as recorder:
        recorder.warm()
        yield recorder


@pytest.fixture
def shared(desk: Desk, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Applications use these processes, and leave them running."""
    monkeypatch.setattr(TutorApp, "desk", desk)
    monkeypatch.setattr(TutorApp, "recorder", recorder)


def lesson(folder: Path, text: str = LESSON, name: str = "01_sums.py") -> Program:
    """A lesson in a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_program(path)


@asynccontextmanager
async def walking(
    program: Program, size: tuple[int, int] = (80, 24), *, pack: Path | None = None
) -> AsyncIterator[tuple[Pilot[Any], StepperScreen]]:
    """A stepper over a program that is recorded to its end, its questions ready."""
    app = TutorApp(program, pack=pack)
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, StepperScreen)
        await until(pilot, lambda: screen.asks_now, seconds=60)
        await pilot.pause()
        yield pilot, screen


async def until_asked(pilot: Pilot[Any], key: str = "right") -> QuestionScreen:
    """Press a key until a question is asked."""
    app = app_of(pilot)
    for _ in range(200):
        await pilot.press(key)
        await pilot.pause()
        if isinstance(app.screen, QuestionScreen):
            return app.screen
    raise AssertionError("nothing was asked")


async def answer(pilot: Pilot[Any], text: str) -> None:
    """Type an answer."""
    for character in text:
        await pilot.press({" ": "space", "-": "minus", ".": "full_stop", ",": "comma"}.get(character, character))
    await pilot.press("enter")
    await pilot.pause()
