"""Looking at a screen: its text, the golden text it should have, and waiting until it is there."""

from __future__ import annotations

import difflib
import io
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from textual.app import App
from textual.pilot import Pilot

from tutor.lesson.program import Program
from tutor.tui.app import TutorApp
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.source import OpenedRecording, Source

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "TUTOR_REWRITE_GOLDEN"
"""Set this in the environment to write the golden screens anew; then look at what changed."""


def screen_text(app: App[Any]) -> str:
    """What is on the screen, without blanks at the ends of lines."""
    width, height = app.size
    console = Console(width=width, height=height, file=io.StringIO(), record=True, color_system=None)
    console.print(app.screen._compositor.render_update(full=True))
    text = console.export_text(styles=False)
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n") + "\n"


async def settled_text(pilot: Pilot[Any]) -> str:
    """What is on the screen once it no longer changes; scroll bars are drawn a moment after the rest."""
    seen: list[str] = []
    while len(seen) < 40 and (len(seen) < 3 or len(set(seen[-3:])) > 1):
        await pilot.pause()
        seen.append(screen_text(pilot.app))
    return seen[-1]


async def check_golden(pilot: Pilot[Any], name: str) -> None:
    """Compare the screen with the golden one of a name."""
    path = GOLDEN / f"{name}.txt"
    text = await settled_text(pilot)
    if os.environ.get(REWRITE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"there is no golden screen {name}; set {REWRITE}=1 to write it"
    golden = path.read_text(encoding="utf-8")
    difference = difflib.unified_diff(golden.split("\n"), text.split("\n"), "golden", "seen", lineterm="", n=0)
    assert text == golden, f"the screen differs from golden/{name}.txt\n" + "\n".join(difference)


async def until(pilot: Pilot[Any], condition: Callable[[], bool], seconds: float = 60) -> None:
    """Let the application work until something is so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        await pilot.pause()
    raise AssertionError("it never came to that")


@asynccontextmanager
async def stepping(
    source: Source | Path, program: Program | None = None, size: tuple[int, int] = (120, 36), *, ended: bool = True
) -> AsyncIterator[tuple[Pilot[Any], StepperScreen]]:
    """A stepper over a recording, at its first step."""
    opened = OpenedRecording(source) if isinstance(source, Path) else source
    app = TutorApp(opened)
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, StepperScreen)
        await until(pilot, lambda: screen.ended or not ended)
        await pilot.pause()
        yield pilot, screen


async def at(pilot: Pilot[Any], screen: StepperScreen, number: int) -> None:
    """Go to a step and wait until it is drawn."""
    screen.go(number)
    await pilot.pause()
    assert screen.number == number


def app_of(pilot: Pilot[Any]) -> TutorApp:
    """The application of a pilot."""
    assert isinstance(pilot.app, TutorApp)
    return pilot.app
