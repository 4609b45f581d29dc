"""Takes the pictures of the README from real screens: ``python -m tests.pictures``. They are written to ``docs/``."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from tutor.lesson.pack import Pack, built_in
from tutor.lesson.reading import read_program
from tutor.recording.format import Kind
from tutor.tui.app import TutorApp
from tutor.tui.screens.stepper import StepperScreen

FOLDER = Path(__file__).resolve().parents[1] / "docs"

BROKEN = """\
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
p = (w * 3).exp()
loss = p.sum()
p += 1
loss.backward()
"""
"""A program that breaks what a node had saved."""

SECONDS = 60.0
"""Longest that a recording may take."""


class Picture(NamedTuple):
    """A screen to be taken."""

    name: str
    title: str
    accumulate: int
    """The step is that of this gradient arriving at a leaf, counted from 1; 0 for the last step."""


PICTURES = (
    Picture("accumulate", "08_accumulation", 2),
    Picture("broken", "broken.py", 0),
)


async def take(picture: Picture) -> str:
    """One picture as SVG, without anything that a viewer would have to load."""
    lessons = {lesson.name: lesson.path for lesson in Pack.load(built_in()).lessons}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TUTOR_DATA"] = os.environ["TUTOR_CONFIG"] = str(Path(folder) / "nobody")
        path = lessons.get(picture.title) or Path(folder) / picture.title
        if picture.title not in lessons:
            path.write_text(BROKEN, encoding="utf-8")
        app = TutorApp(read_program(path))
        async with app.run_test(size=(120, 36)) as pilot:
            screen = await _recorded(app, pilot)
            recording = screen.recording
            steps = [step for step in range(1, recording.count + 1) if recording.kind(step) is Kind.ACCUMULATE]
            screen.number = steps[picture.accumulate - 1] if picture.accumulate else recording.count
            await pilot.pause(0.5)
            picture_text = app.export_screenshot(title="tutor")
    return re.sub(r"@font-face \{.*?\}\s*", "", picture_text, flags=re.DOTALL)


async def _recorded(app: TutorApp, pilot: Pilot[None]) -> StepperScreen:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        screen = app.screen
        if isinstance(screen, StepperScreen) and screen.ended and screen.recording.count:
            return screen
        await pilot.pause(0.05)
    raise TimeoutError("the program was not recorded in time")


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        path = FOLDER / f"{picture.name}.svg"
        path.write_text(asyncio.run(take(picture)), encoding="utf-8")
        print(path.relative_to(FOLDER.parent))


if __name__ == "__main__":
    main()
