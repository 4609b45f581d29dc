"""Asking while stepping: before a step runs its outcome is predicted, and nothing gives it away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tutor.progress.folder import COURSE, OWN
from tutor.tui.questions.stops import MODES
from tutor.tui.screens.question import QuestionScreen
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.question_box import QuestionBox

from .asked import LESSON, MARK, PROGRAM, answer, desk, lesson, recorder, shared, until_asked, walking
from .looking import app_of, check_golden, screen_text, until

__all__ = ["desk", "recorder", "shared"]

pytestmark = pytest.mark.usefixtures("shared")


async def back(pilot: Pilot[Any], screen: StepperScreen) -> None:
    """Wait until the stepper is on the screen again."""
    await until(pilot, lambda: app_of(pilot).screen is screen)
    await pilot.pause()


@pytest.mark.parametrize("key", ["right", "down", "n"])
async def test_the_step_with_a_mark_is_not_taken_before_it_was_predicted(tmp_path: Path, key: str) -> None:
    async with walking(lesson(tmp_path)) as (pilot, screen):
        await until_asked(pilot, key)
        following = screen.recording.site(screen.number + 1)
        assert following.line == MARK
        assert "turn 3 of 3" in screen_text(app_of(pilot))
        assert "18.0" not in screen_text(app_of(pilot))


async def test_a_right_answer_is_kept_and_the_step_is_taken(tmp_path: Path) -> None:
    async with walking(lesson(tmp_path)) as (pilot, screen):
        await until_asked(pilot)
        before = screen.number
        await answer(pilot, "18")
        assert "18 — yes." in screen_text(app_of(pilot))
        await pilot.press("enter")
        await back(pilot, screen)
        assert screen.number == before + 1
        (kept,) = app_of(pilot).store.answers()
        assert (kept.pack, kept.question, kept.outcome, kept.source) == (OWN, "ask-x.grad-1", "right", "step")
        assert kept.torch.startswith("2.")


async def test_a_wrong_answer_is_told_by_the_belief_that_gives_it(tmp_path: Path) -> None:
    async with walking(lesson(tmp_path)) as (pilot, _):
        await until_asked(pilot)
        await answer(pilot, "6")
        text = screen_text(app_of(pilot))
        assert "6 — no." in text
        assert "costs nothing" in text
        assert "replaces .grad" in text
        await answer(pilot, "7")
        text = screen_text(app_of(pilot))
        assert "The answer is 18.0." in text
        assert "d compare the two runs" in text
        assert [kept.outcome for kept in app_of(pilot).store.answers()] == ["wrong", "wrong"]
        assert app_of(pilot).store.answers()[0].beliefs == ("grad_overwrites",)
        assert "costs nothing" not in text


async def test_skipping_shows_the_answer_and_counts_as_skipped(tmp_path: Path) -> None:
    async with walking(lesson(tmp_path)) as (pilot, screen):
        await until_asked(pilot)
        await pilot.press("s")
        await pilot.pause()
        assert "The answer is 18.0." in screen_text(app_of(pilot))
        await pilot.press("enter")
        await back(pilot, screen)
        assert [kept.outcome for kept in app_of(pilot).store.answers()] == ["skipped"]
        assert app_of(pilot).schedule.next_due() is None


async def test_hints_come_one_by_one(tmp_path: Path) -> None:
    async with walking(lesson(tmp_path)) as (pilot, _):
        await until_asked(pilot)
        await pilot.press("h")
        await pilot.pause()
        assert screen_text(app_of(pilot)).count("Hint:") == 1
        for _ in range(3):
            await pilot.press("h")
        await pilot.pause()
        text = screen_text(app_of(pilot))
        assert text.count("Hint:") == 2
        assert "no more hints" in text


async def test_who_looks_around_is_asked_again_where_it_was_left(tmp_path: Path) -> None:
    async with walking(lesson(tmp_path)) as (pilot, screen):
        await until_asked(pilot)
        here = screen.number
        await answer(pilot, "6")
        await pilot.press("escape")
        await back(pilot, screen)
        assert "asks it again" in screen_text(app_of(pilot))
        await pilot.press("left")
        await pilot.pause()
        assert screen.number == here - 1
        box = (await until_asked(pilot)).query_one(QuestionBox)
        assert screen.number == here
        assert len(box.asking.misses) == 1
        await answer(pilot, "18")
        await pilot.press("enter")
        await back(pilot, screen)
        await pilot.press("left", "left", "right", "right", "right")
        await pilot.pause()
        assert app_of(pilot).screen is screen, "a question that is over is not asked again"


async def test_what_comes_later_is_not_drawn_before_it_was_predicted(tmp_path: Path) -> None:
    async with walking(lesson(tmp_path), (120, 36)) as (pilot, screen):
        await until_asked(pilot)
        await pilot.press("escape")
        await back(pilot, screen)
        assert screen_text(app_of(pilot)).count("◂") == 2
        await pilot.press("2", "down", "enter")
        await until(pilot, lambda: "history" in screen_text(app_of(pilot)))
        assert "18.0" not in screen_text(app_of(pilot))
        await pilot.press("escape")
        await back(pilot, screen)
        await pilot.press("a", "a")
        await pilot.pause()
        assert screen_text(app_of(pilot)).count("◂") == 3


async def test_who_jumps_is_not_asked(tmp_path: Path) -> None:
    async with walking(lesson(tmp_path)) as (pilot, screen):
        await pilot.press("end")
        await pilot.pause()
        assert screen.number == screen.recording.count


async def test_asking_can_be_switched_off_and_stays_off(tmp_path: Path) -> None:
    program = lesson(tmp_path)
    async with walking(program) as (pilot, screen):
        while app_of(pilot).store.setting("asking", MODES[0]) != "off":
            await pilot.press("a")
            await pilot.pause()
        assert "No questions" in screen_text(app_of(pilot))
    async with walking(program) as (pilot, screen):
        while screen.number < screen.recording.count:
            await pilot.press("right")
            await pilot.pause()
            assert app_of(pilot).screen is screen


async def test_with_telling_steps_a_file_of_ones_own_asks_too(tmp_path: Path) -> None:
    async with walking(lesson(tmp_path, PROGRAM, "own.py")) as (pilot, screen):
        await pilot.press("a")
        asked = []
        while screen.number < screen.recording.count:
            await pilot.press("right")
            await until(pilot, lambda: not screen.busy)
            if isinstance(app_of(pilot).screen, QuestionScreen):
                box = app_of(pilot).screen.query_one(QuestionBox)
                asked.append(box.asking.question.id)
                box.action_skip()
                await pilot.press("enter")
                await back(pilot, screen)
        assert len(asked) == len(set(asked))
        assert any(id.startswith("grad:w:") for id in asked)
        assert any(id.startswith("node:") for id in asked)
        assert {kept.lesson for kept in app_of(pilot).store.answers()} == {str(tmp_path / "own.py")}


async def test_answers_about_the_course_are_kept_under_its_name(tmp_path: Path) -> None:
    program = lesson(tmp_path)
    async with walking(program, pack=tmp_path) as (pilot, _):
        await until_asked(pilot)
        await answer(pilot, "18")
        (kept,) = app_of(pilot).store.answers()
        assert (kept.pack, kept.lesson) == (str(tmp_path), "01_sums")
        assert kept.pack != COURSE
        await until(pilot, lambda: app_of(pilot).schedule.next_due() is not None)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_question_below_the_program(tmp_path: Path, size: tuple[int, int]) -> None:
    async with walking(lesson(tmp_path, LESSON), size) as (pilot, _):
        await until_asked(pilot)
        await check_golden(pilot, f"question-asked-{size[0]}")
        await answer(pilot, "6")
        await answer(pilot, "12")
        await check_golden(pilot, f"question-shown-{size[0]}")


BREAKING = """\
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
z = y.sum()
y.mul_(3)
z.backward()
"""


async def test_how_it_ends_is_not_told_before_it_was_predicted(tmp_path: Path) -> None:
    program = lesson(tmp_path, BREAKING, "breaking.py")
    async with walking(program, (120, 36)) as (pilot, screen):
        assert "raised" in screen_text(app_of(pilot))
        await pilot.press("a")
        await pilot.pause()
        asked = await until_asked(pilot)
        assert asked.query_one(QuestionBox).asking.question.kind == "error"
        assert "raised" not in screen_text(app_of(pilot))
        await pilot.press("escape")
        await back(pilot, screen)
        assert "will fail" not in screen_text(app_of(pilot))
        await pilot.press("a")
        await pilot.pause()
        assert app_of(pilot).store.setting("asking") == "off"
        assert "will fail" in screen_text(app_of(pilot))
        assert "raised" in screen_text(app_of(pilot))
