"""Real recordings to compare, and the comparison of two of them on the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.recorder.record import Children
from tutor.lesson.reading import read_program
from tutor.recorder.process import Request
from tutor.tui.app import TutorApp
from tutor.tui.screens.compare import CompareScreen
from tutor.tui.source import OpenedRecording, Source

from .looking import until

TRAINING = """\
import torch

w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for turn in range(3):
    optimizer.zero_grad()
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
    print(f"{w.item():.3f}")
"""

FORGOTTEN = TRAINING.replace("    optimizer.zero_grad()\n", "")

DRAWN = """\
import torch

x = torch.ones(3)
noise = torch.rand(3)


def shifted(values):
    moved = values + noise
    return moved


y = shifted(x)
if y.sum() > 4.4:
    y = y - 1
print(y.shape)
"""


def recorded(children: Children, folder: Path) -> dict[str, Path]:
    """Saved recordings: a training loop, one without zero_grad, and a program with two seeds."""
    found: dict[str, Path] = {}
    programs = {"training": (TRAINING, 0), "forgotten": (FORGOTTEN, 0), "drawn": (DRAWN, 0), "again": (DRAWN, 5)}
    for name, (source, seed) in programs.items():
        path = folder / f"{name}.py"
        path.write_text(source)
        found[name] = children.save(Request.of(read_program(path), seed=seed), folder / f"{name}.recording")
    return found


@asynccontextmanager
async def comparing(
    one: Source | Path,
    other: Source | Path,
    titles: tuple[str, str] = ("the program", "without zero_grad"),
    step: int | None = None,
    size: tuple[int, int] = (120, 36),
    *,
    ready: bool = True,
) -> AsyncIterator[tuple[Pilot[Any], CompareScreen]]:
    """A comparison of two recordings, on top of home."""
    sources = [OpenedRecording(source) if isinstance(source, Path) else source for source in (one, other)]
    app = TutorApp()
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = CompareScreen(sources[0], sources[1], titles, step)
        await app.push_screen(screen)
        await until(pilot, lambda: screen.ready or not ready)
        await pilot.pause()
        yield pilot, screen
