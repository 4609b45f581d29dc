"""Home with what somebody has done: marks, going on, own files, the preview."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tutor.lesson.program import Program
from tutor.progress.store import Store
from tutor.recorder.process import Recorder
from tutor.tui import beginnings
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets import preview

from .hand import Hand
from .looking import app_of, check_golden, screen_text, until
from .tape import ACCUMULATION, accumulation

WIDE, NARROW = (120, 36), (80, 24)


@pytest.fixture(autouse=True)
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests record nothing."""
    monkeypatch.setattr(Recorder, "warm", lambda self: None)


@pytest.fixture
def app(pack: Path, tmp_path: Path) -> Hand:
    return Hand(pack, tmp_path / "log")


def keep(pack: Path, *places: tuple[str, int, int, bool], files: tuple[Path, ...] = ()) -> None:
    """What somebody did before."""
    with closing(Store.open()) as store:
        for lesson, step, count, done in places:
            store.keep_place(str(pack), lesson, step, count, done)
        for path in files:
            store.keep_recent(str(path))


async def seen(pilot: Pilot[Any], text: str) -> None:
    """Wait until a text is on the screen."""
    await until(pilot, lambda: text in screen_text(app_of(pilot)))


async def stepping(pilot: Pilot[Any]) -> StepperScreen:
    """Wait for the stepper, at the end of its recording."""
    await until(pilot, lambda: isinstance(pilot.app.screen, StepperScreen) and pilot.app.screen.ended)
    assert isinstance(pilot.app.screen, StepperScreen)
    return pilot.app.screen


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_marks_of_what_was_done(app: Hand, pack: Path, size: tuple[int, int]) -> None:
    keep(
        pack, ("09_second", 3, 3, True), ("08_accumulation", 14, 18, False), files=(Path("/a/b.py"), Path("/c/d.ipynb"))
    )
    async with app.run_test(size=size) as pilot:
        await seen(pilot, "1 of 3 lessons done")
        if size == WIDE:
            await seen(pilot, "at the end?")
        await check_golden(pilot, f"home-progress-{size[0]}")


async def test_enter_goes_on_where_the_last_lesson_was_left(app: Hand, pack: Path) -> None:
    keep(pack, ("08_accumulation", 6, 18, False))
    async with app.run_test() as pilot:
        await seen(pilot, "› ◐ continue: 08 Gradients add up, step 6/18")
        await pilot.press("enter")
        screen = await stepping(pilot)
        await until(pilot, lambda: screen.number == 6)


@pytest.mark.parametrize("key", ["q", "escape"])
async def test_home_shows_the_step_at_which_a_lesson_was_just_left(app: Hand, key: str) -> None:
    async with app.run_test() as pilot:
        await seen(pilot, "▶ next")
        await pilot.press("enter")
        screen = await stepping(pilot)
        await pilot.press("right", "right", "right", "right", key)
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await seen(pilot, f"step 5/{screen.recording.count}")


async def test_after_a_lesson_that_is_done_the_next_one_is_chosen(app: Hand, pack: Path) -> None:
    keep(pack, ("08_accumulation", 18, 18, True))
    async with app.run_test() as pilot:
        await seen(pilot, "›   09")
        assert "continue:" not in screen_text(app)
        await pilot.press("enter")
        await stepping(pilot)
        assert app.opened[0].name == "09_second"


@pytest.mark.parametrize("early", [True, False])
async def test_who_finishes_a_lesson_comes_back_to_the_next_one(app: Hand, early: bool) -> None:
    async with app.run_test() as pilot:
        await seen(pilot, "Gradients add up" if early else "▶ next")
        await pilot.press("enter")
        screen = await stepping(pilot)
        await pilot.press("end")
        app.keep_place(app.opened[0], screen.number, screen.recording.count, True)
        await pilot.press("q")
        await seen(pilot, "✓ 08")
        await seen(pilot, "›   09")


async def test_what_another_tutor_kept_is_seen_after_a_lesson(app: Hand, pack: Path) -> None:
    async with app.run_test() as pilot:
        await seen(pilot, "▶ next")
        await pilot.press("enter")
        await stepping(pilot)
        keep(pack, ("09_second", 2, 5, False))
        await pilot.press("q")
        await seen(pilot, "◐ 09")
        await seen(pilot, "step 2/5")


async def test_the_choice_stays_where_the_person_put_it(app: Hand, pack: Path) -> None:
    keep(pack, ("08_accumulation", 6, 18, False))
    async with app.run_test() as pilot:
        await seen(pilot, "› ◐ continue")
        await pilot.press("down", "down")
        await seen(pilot, "›   09")
        await pilot.press("f1", "escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await seen(pilot, "›   09")
        await pilot.press(*"grad")
        await seen(pilot, "› ◐ 08")
        assert "continue:" not in screen_text(app)


async def test_a_click_opens_and_the_filter_still_takes_keys(app: Hand) -> None:
    async with app.run_test() as pilot:
        await seen(pilot, "▶ next")
        lines = screen_text(app).split("\n")
        row = next(number for number, line in enumerate(lines) if " 09 " in line)
        await pilot.click(offset=(12, row - 1))
        await pilot.press(*"second")
        await until(pilot, lambda: "08" not in screen_text(app))
        row = next(number for number, line in enumerate(screen_text(app).split("\n")) if " 09 " in line)
        await pilot.click(offset=(12, row))
        await stepping(pilot)
        assert app.opened[0].name == "09_second"


async def test_own_files_are_opened_and_missing_ones_forgotten(app: Hand, pack: Path, tmp_path: Path) -> None:
    mine, gone = tmp_path / "mine.py", tmp_path / "gone.py"
    mine.write_text("x = 1\n")
    keep(pack, files=(mine, gone))
    async with app.run_test(size=(200, 36)) as pilot:
        await seen(pilot, "Your files")
        await pilot.press("up", "up", "enter")
        await seen(pilot, "gone.py: this file is gone, so it is no longer listed.")
        await until(pilot, lambda: screen_text(app).count("gone.py") == 1)
        await pilot.press("up", "enter")
        await stepping(pilot)
        assert app.opened[0].path == str(mine)
    with closing(Store.open()) as store:
        assert [recent.path for recent in store.recent()] == [str(mine)]


async def test_an_own_recording_is_opened_without_running_anything(app: Hand, pack: Path, tmp_path: Path) -> None:
    recording, damaged = tmp_path / "mine.recording", tmp_path / "damaged.recording"
    accumulation(recording).close()
    damaged.write_bytes(recording.read_bytes()[:16] + b"\xff" * 40)
    keep(pack, files=(recording, damaged))
    async with app.run_test(size=(200, 36)) as pilot:
        await seen(pilot, "Your files")
        await pilot.press("up", "up", "enter")
        await seen(pilot, f"{damaged}: ")
        await pilot.press("down", "enter")
        screen = await stepping(pilot)
        assert screen.recording.count == 18
        assert not app.opened
        app.keep_place(Program("elsewhere.py", "", "", []), 1, 18, True)
        assert app.store.recent()[0].path == str(recording)


async def test_a_place_is_kept_for_lessons_of_the_pack_and_the_path_of_everything_else(
    app: Hand, pack: Path, tmp_path: Path
) -> None:
    (tmp_path / "08_accumulation.py").write_text(ACCUMULATION)
    lesson = Program(str(pack / "08_accumulation.py"), "", "", [], name="08_accumulation")
    copy = Program(str(tmp_path / "08_accumulation.py"), "", "", [], name="08_accumulation")
    script = Program(str(pack / "script.py"), "", "", [])
    async with app.run_test() as pilot:
        await seen(pilot, "▶ next")
        app.keep_place(lesson, 0, 0, True)
        assert app.store.place(str(pack), lesson.name) is None
        for step, ended, done in ((3, True, False), (4, False, False), (4, True, True)):
            app.keep_place(lesson, step, 4, ended)
            kept = app.store.place(str(pack), lesson.name)
            assert kept is not None
            assert (kept.step, kept.count, kept.done) == (step, 4, done)
        app.keep_place(copy, 1, 4, False)
        app.keep_place(script, 1, 4, False)
        assert [recent.path for recent in app.store.recent()] == [script.path, copy.path]
        assert set(app.store.places(str(pack))) == {lesson.name}


async def test_the_preview_says_how_the_chosen_lesson_begins(app: Hand, pack: Path) -> None:
    (pack / "09_second.py").write_text(
        '# %% [raw] tutor="lesson"\n# title = "Second"\n# needs = ["accumulation"]\n# minutes = 1\n\n'
        "# %% [markdown]\n# # Second\n#\n# Some [red]prose[/red].\n\n# %%\ny = 1\n"
    )
    async with app.run_test(size=WIDE) as pilot:
        await seen(pilot, "at the end?")
        await pilot.press("down")
        await seen(pilot, "Some [red]prose[/red].")
        text = screen_text(app)
        assert "needs 08 Gradients add up" in text
        assert "1 minute " in text
        assert text.count("Second") == 2
        assert "at the end?" not in text
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: "Some" not in screen_text(app))


async def test_only_the_lesson_at_which_the_keys_rest_is_read(
    app: Hand, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    reading = beginnings._read

    def reading_noted(path: Path) -> beginnings.Beginning:
        read.append(path.stem)
        return reading(path)

    monkeypatch.setattr(beginnings, "_read", reading_noted)
    async with app.run_test(size=WIDE) as pilot:
        await seen(pilot, "at the end?")
        monkeypatch.setattr(preview, "REST", 3600.0)
        for key in ("down", "down", "up"):
            await pilot.press(key)
            await pilot.pause()
        assert read == ["08_accumulation"]
        monkeypatch.setattr(preview, "REST", 0.001)
        await pilot.press("down", "up")
        await seen(pilot, "09 Second")
        await pilot.press("up")
        await seen(pilot, "at the end?")
    assert read.count("08_accumulation") == 1


async def test_progress_that_cannot_be_kept_is_said(app: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "file" / "data"))
    async with app.run_test(size=(200, 36)) as pilot:
        await seen(pilot, "Progress cannot be kept in")
        await seen(pilot, "▶ next")
        await pilot.press("down")
        await seen(pilot, "Progress cannot be kept in")
