"""Golden text screens: what a person sees at telling moments, wide and narrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region

from tutor.tui.app import TutorApp
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.pane import Pane

from . import chains
from .looking import app_of, at, check_golden, screen_text, stepping, until
from .tape import accumulation, clinic, empty, names

WIDE, NARROW = (120, 36), (80, 24)


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("step", [1, 4, 6, 12, 18])
async def test_gradients_add_up(tmp_path: Path, size: tuple[int, int], step: int) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=size) as (pilot, screen):
        await at(pilot, screen, step)
        await check_golden(pilot, f"accumulation-{step:02}-{size[0]}")


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("step", [5, 7, 8, 15, 17])
async def test_wide_characters_calls_and_an_error(tmp_path: Path, size: tuple[int, int], step: int) -> None:
    async with stepping(clinic(tmp_path / "log").path, size=size) as (pilot, screen):
        await at(pilot, screen, step)
        await check_golden(pilot, f"clinic-{step:02}-{size[0]}")


@pytest.mark.parametrize("panel", ["graph", "why", "output"])
async def test_each_panel_below_the_program(tmp_path: Path, panel: str) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=NARROW) as (pilot, screen):
        await at(pilot, screen, 12)
        while f"[{panel}]" not in screen_text(app_of(pilot)):
            await pilot.press("tab")
        await check_golden(pilot, f"panel-{panel}")


async def test_help(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=(100, 60)) as (pilot, _):
        await pilot.press("question_mark")
        await check_golden(pilot, "help")


async def test_a_zoomed_pane(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=WIDE) as (pilot, screen):
        await at(pilot, screen, 12)
        await pilot.press("tab", "tab", "z")
        await check_golden(pilot, "zoomed")


async def test_a_recording_without_steps(tmp_path: Path) -> None:
    async with stepping(empty(tmp_path / "log").path, size=NARROW) as (pilot, _):
        await pilot.press("tab", "tab", "tab")
        await check_golden(pilot, "empty")


async def test_three_hundred_names(tmp_path: Path) -> None:
    async with stepping(names(tmp_path / "log", 300).path, size=WIDE) as (pilot, _):
        await pilot.press("tab", "pagedown")
        await pilot.pause()
        await check_golden(pilot, "names")


@pytest.mark.parametrize("size", [(59, 30), (100, 17)])
async def test_a_terminal_too_small_says_so(tmp_path: Path, size: tuple[int, int]) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=size) as (pilot, _):
        text = screen_text(app_of(pilot))
        assert "This terminal is too small; tutor needs 60 x 18." in text
        assert "import torch" not in text


async def test_home(pack: Path) -> None:
    app = TutorApp(pack=pack)
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: "▶ next" in screen_text(app))
        await check_golden(pilot, "home-80")
        await pilot.press(*"second")
        await pilot.pause()
        await check_golden(pilot, "home-filtered")


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_deep_graph_is_folded(tmp_path: Path, size: tuple[int, int]) -> None:
    chain, root = chains.loop(tmp_path / "log", 40)
    chain.backward(7, root, source="h.backward()")
    chain.tape.end()
    async with stepping(chain.tape.path, size=size) as (pilot, screen):
        await at(pilot, screen, screen.recording.count - 60)
        await pilot.press("3")
        await check_golden(pilot, f"deep-graph-{size[0]}")


async def test_a_wide_terminal(tmp_path: Path) -> None:
    async with stepping(clinic(tmp_path / "log").path, size=(200, 60)) as (pilot, screen):
        await at(pilot, screen, 15)
        await check_golden(pilot, "clinic-15-200")


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark", "ansi-light"])
async def test_another_theme_says_the_same(tmp_path: Path, theme: str) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=WIDE) as (pilot, screen):
        app_of(pilot).theme = theme
        await at(pilot, screen, 12)
        await check_golden(pilot, "accumulation-12-120")


async def test_without_colour_the_screen_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with stepping(accumulation(tmp_path / "log").path, size=WIDE) as (pilot, screen):
        await at(pilot, screen, 12)
        await check_golden(pilot, "accumulation-12-120")
        assert colours(screen)
        assert all(red == green == blue for red, green, blue in colours(screen))


async def test_with_colour_there_are_colours(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=WIDE) as (pilot, screen):
        await at(pilot, screen, 12)
        assert not all(red == green == blue for red, green, blue in colours(screen))


def colours(screen: StepperScreen) -> set[tuple[int, int, int]]:
    """Every colour in the lines of the panes, as the terminal would get them."""
    found = set()
    for pane in screen.query(Pane):
        for strip in pane.render_lines(Region(0, 0, *pane.size)):
            for line_filter in pane.app._filters:
                strip = strip.apply_filter(line_filter, pane.background_colors[1])
            for segment in strip:
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    if colour is not None and colour.triplet is not None:
                        found.add(tuple(colour.triplet))
    return {(red, green, blue) for red, green, blue in found}
