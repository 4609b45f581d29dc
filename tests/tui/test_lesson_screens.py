"""Golden screens of lessons as they are really recorded: each pane at telling steps, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recorder.record import Children
from tutor.lesson.pack import Pack, built_in
from tutor.lesson.reading import read_program
from tutor.recorder.process import Request
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

from .looking import app_of, at, check_golden, screen_text, stepping

Find = Callable[[Recording], int]


def nth(kind: Kind, count: int) -> Find:
    """The step that is the n-th of a kind."""

    def find(recording: Recording) -> int:
        steps = [step for step in range(1, recording.count + 1) if recording.kind(step) is kind]
        return steps[count - 1]

    return find


def last(recording: Recording) -> int:
    """The last step."""
    return recording.count


TELLING: dict[str, tuple[str, Find]] = {
    "08-added": ("08_accumulation", nth(Kind.ACCUMULATE, 2)),
    "08-node": ("08_accumulation", nth(Kind.NODE, 5)),
    "11-node": ("11_detach", nth(Kind.NODE, 2)),
    "11-last": ("11_detach", last),
    "14-update": ("14_manual_update", nth(Kind.ACCUMULATE, 4)),
    "14-output": ("14_manual_update", nth(Kind.OUTPUT, 3)),
    "16-inner": ("16_sgd", nth(Kind.INNER, 4)),
    "16-call": ("16_sgd", nth(Kind.CALL, 3)),
    "29-error": ("29_requires_grad_error", nth(Kind.ERROR, 1)),
}
"""By name of the golden screen: lesson and step."""


@pytest.fixture(scope="module")
def recorded(children_in_turn: Children, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The lessons, each recorded once."""
    folder = tmp_path_factory.mktemp("lessons")
    found: dict[str, Path] = {}
    names = {name for name, _ in TELLING.values()}
    for lesson in Pack.load(built_in()).lessons:
        if lesson.name in names:
            saved = folder / f"{lesson.name}.recording"
            found[lesson.name] = children_in_turn.save(Request.of(read_program(lesson.path)), saved)
    return found


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
@pytest.mark.parametrize("name", TELLING)
async def test_a_telling_step(recorded: dict[str, Path], name: str, size: tuple[int, int]) -> None:
    lesson, find = TELLING[name]
    async with stepping(recorded[lesson], size=size) as (pilot, screen):
        await at(pilot, screen, find(screen.recording))
        await check_golden(pilot, f"lesson-{name}-{size[0]}")


@pytest.mark.parametrize("panel", ["graph", "why", "output"])
async def test_each_panel_of_a_narrow_terminal(recorded: dict[str, Path], panel: str) -> None:
    lesson, find = TELLING["08-added"]
    async with stepping(recorded[lesson], size=(80, 24)) as (pilot, screen):
        await at(pilot, screen, find(screen.recording))
        while f"[{panel}]" not in screen_text(app_of(pilot)):
            await pilot.press("tab")
        await check_golden(pilot, f"lesson-08-added-{panel}")
