"""Quizzes and reviews: one question after the other, what came of them, and what comes again on a later day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tutor.lesson.pack import Pack
from tutor.progress.folder import OWN
from tutor.quiz.question import ARRANGED, CODE, PICKED
from tutor.tui.app import TutorApp
from tutor.tui.questions.desk import Desk
from tutor.tui.questions.due import about_due
from tutor.tui.questions.plans import Plan, about_lessons, about_program
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.quiz import QuizScreen
from tutor.tui.screens.results import Results
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.question_box import QuestionBox

from .asked import LESSON, PROGRAM, answer, desk, lesson, recorder, shared
from .looking import app_of, check_golden, screen_text, until

__all__ = ["desk", "recorder", "shared"]

pytestmark = pytest.mark.usefixtures("shared")


@asynccontextmanager
async def asking(
    plan: Plan, size: tuple[int, int] = (80, 24), *, pack: Path | None = None
) -> AsyncIterator[tuple[Pilot[Any], QuizScreen]]:
    """A quiz at its first question."""
    app = TutorApp(plan, pack=pack)
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, QuizScreen)
        await until(pilot, lambda: bool(screen.query(QuestionBox)), seconds=90)
        await pilot.pause()
        yield pilot, screen


def box_of(pilot: Pilot[Any]) -> QuestionBox:
    """The question that is asked now."""
    return app_of(pilot).screen.query_one(QuestionBox)


async def give_right(pilot: Pilot[Any]) -> None:
    """Answer the present question as the real run does."""
    box = box_of(pilot)
    question = box.asking.question
    if question.way == PICKED:
        await pilot.press(str(next(place for place, choice in enumerate(question.choices, 1) if choice.right)))
    else:
        content = question.answer.content
        await answer(pilot, str(content).strip("[]"))
    await pilot.pause()


async def go_on(pilot: Pilot[Any]) -> None:
    """Leave a question that is over."""
    box = box_of(pilot)
    assert box.asking.done
    screen = app_of(pilot).screen
    await pilot.press("enter")
    # The next questions may still be on their way.
    await until(
        pilot,
        lambda: app_of(pilot).screen is not screen or any(each is not box for each in screen.query(QuestionBox)),
        60,
    )
    await pilot.pause()


def own_only(plan: Plan) -> Plan:
    """The plan without what is made from a recording."""
    return plan._replace(parts=[part._replace(more=False) for part in plan.parts])


async def test_a_quiz_asks_what_the_lesson_asks_and_shows_what_came_of_it(tmp_path: Path) -> None:
    plan = own_only(about_program(lesson(tmp_path)))
    async with asking(plan) as (pilot, _):
        ids = []
        while isinstance(app_of(pilot).screen, QuizScreen):
            ids.append(box_of(pilot).asking.question.id)
            await give_right(pilot)
            await go_on(pilot)
        assert ids == ["ask-x.grad-1", "sum-1", "sum-2"]
        assert isinstance(app_of(pilot).screen, Results)
        await until(pilot, lambda: "3 of 3 right at the first try" in screen_text(app_of(pilot)))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app_of(pilot).screen, StepperScreen))
        stepper = app_of(pilot).screen
        assert isinstance(stepper, StepperScreen)
        await until(pilot, lambda: stepper.ended and stepper.number > 1, seconds=60)
        assert stepper.recording.site(stepper.number + 1).line == plan.parts[0].drafts[0].question.line


async def test_a_missed_question_comes_back_and_its_belief_is_named_in_the_end(tmp_path: Path) -> None:
    async with asking(own_only(about_program(lesson(tmp_path)))) as (pilot, _):
        await answer(pilot, "6")
        await answer(pilot, "7")
        await go_on(pilot)
        asked = []
        while isinstance(app_of(pilot).screen, QuizScreen):
            asked.append(box_of(pilot).asking.question.id)
            await give_right(pilot)
            await go_on(pilot)
        assert asked == ["sum-1", "sum-2", "ask-x.grad-1"]
        text = screen_text(app_of(pilot))
        assert "2 of 3 right at the first try" in text
        assert "backward() replaces .grad" in text
        answers = app_of(pilot).store.answers(OWN)
        assert [(kept.question, kept.outcome) for kept in answers] == [
            ("ask-x.grad-1", "wrong"),
            ("ask-x.grad-1", "wrong"),
            ("sum-1", "right"),
            ("sum-2", "right"),
            ("ask-x.grad-1", "right"),
        ]


async def test_what_was_answered_before_the_program_was_ended_is_kept(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    lesson(pack)
    lessons = Pack.load(pack).lessons

    def plan(app: TutorApp) -> Plan:
        return about_lessons("all", lessons, app.store, str(pack), [])

    first = TutorApp(pack=pack)
    async with asking(plan(first), pack=pack) as (pilot, _):
        await answer(pilot, "18")
    first.close()
    second = TutorApp(pack=pack)
    assert [kept.question for kept in second.store.answers(str(pack))] == ["ask-x.grad-1"]
    assert len(plan(second).parts[0].drafts) == 3
    second.close()


async def test_a_review_on_a_later_day_asks_what_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    program = lesson(pack)
    name = str(pack)
    today = TutorApp.now()
    plan = own_only(about_program(program))
    async with asking(plan, pack=pack) as (pilot, _):
        await give_right(pilot)
        await go_on(pilot)
        await answer(pilot, "6")
        await answer(pilot, "7")
        await until(pilot, lambda: app_of(pilot).schedule.next_due(pack=name) is not None)
        assert app_of(pilot).schedule.due(pack=name) == []
    later = today + timedelta(days=70)
    monkeypatch.setattr(TutorApp, "now", staticmethod(lambda: later))
    app = TutorApp(pack=pack)
    due = app.schedule.due_cards(pack=name)
    app.close()
    assert {card.question for card in due} == {"ask-x.grad-1", "sum-1"}
    async with asking(about_due(Pack.load(pack).lessons, due, {}, []), pack=pack) as (pilot, _):
        assert "Review" in screen_text(app_of(pilot))
        while isinstance(app_of(pilot).screen, QuizScreen):
            await give_right(pilot)
            await go_on(pilot)
        await until(pilot, lambda: app_of(pilot).schedule.due(pack=name) == [])
        assert {kept.source for kept in app_of(pilot).store.answers(name)} == {"quiz", "review"}


async def test_home_says_what_is_due_and_asks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    lesson(pack)
    name = str(pack)
    app = TutorApp(pack=pack)
    app.schedule.rate(name, "01_sums", "sum-1", right=True, source="quiz")
    app.close()
    later = TutorApp.now() + timedelta(days=70)
    monkeypatch.setattr(TutorApp, "now", staticmethod(lambda: later))
    app = TutorApp(pack=pack)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        assert isinstance(app.screen, HomeScreen)
        await until(pilot, lambda: "1 due for review" in screen_text(app))
        await pilot.press("f3")
        await until(pilot, lambda: bool(app.screen.query(QuestionBox)), seconds=90)
        assert box_of(pilot).asking.question.id == "sum-1"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, QuizScreen))


@pytest.mark.parametrize("answered", [0, 1])
async def test_who_leaves_a_quiz_that_was_begun_in_the_shell_is_back_there(tmp_path: Path, answered: int) -> None:
    async with asking(own_only(about_program(lesson(tmp_path)))) as (pilot, _):
        app = app_of(pilot)
        for _ in range(answered):
            await pilot.press("s")
        await pilot.press("escape")
        await pilot.pause()
        if answered:
            assert isinstance(app.screen, Results)
            await pilot.press("escape")
        await until(pilot, lambda: not app.is_running)


async def test_nothing_due_is_said(tmp_path: Path) -> None:
    lesson(tmp_path)
    app = TutorApp(pack=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "01" in screen_text(app))
        await pilot.press("f3")
        await until(pilot, lambda: "Nothing is due" in screen_text(app))


async def test_a_file_of_ones_own_gives_questions_of_every_way(tmp_path: Path) -> None:
    plan = about_program(lesson(tmp_path, PROGRAM, "own.py"))
    async with asking(plan) as (pilot, _):
        ways, ids = set(), []
        while isinstance(app_of(pilot).screen, QuizScreen):
            box = box_of(pilot)
            ways.add(box.asking.question.way)
            ids.append(box.asking.question.id)
            box.action_skip()
            await go_on(pilot)
        assert {PICKED, ARRANGED, CODE} <= ways
        assert len(ids) == len(set(ids))


async def test_written_code_is_graded_by_running_it(tmp_path: Path) -> None:
    plan = about_program(lesson(tmp_path, PROGRAM, "own.py"))
    async with asking(plan, (100, 30)) as (pilot, _):
        while box_of(pilot).asking.question.way != CODE:
            box_of(pilot).action_skip()
            await go_on(pilot)
        asking_now = box_of(pilot).asking
        await answer(pilot, "pass")
        await until(pilot, lambda: len(asking_now.misses) == 1, seconds=30)
        await answer(pilot, "(")
        assert len(asking_now.misses) == 1
        assert "Python cannot read this" in screen_text(app_of(pilot))


async def test_an_answer_that_cannot_be_run_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = about_program(lesson(tmp_path, PROGRAM, "own.py"))
    async with asking(plan, (100, 30)) as (pilot, _):
        while box_of(pilot).asking.question.way != CODE:
            box_of(pilot).action_skip()
            await go_on(pilot)
        gone = Desk()
        gone.warm()
        assert gone._misreader is not None
        gone._misreader.close()
        monkeypatch.setattr(TutorApp, "desk", gone)
        await answer(pilot, "pass")
        await until(pilot, lambda: "could not be run" in screen_text(app_of(pilot)), seconds=30)
        assert not box_of(pilot).asking.given
        gone.close()


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_each_way_of_asking(tmp_path: Path, size: tuple[int, int]) -> None:
    plan = about_program(lesson(tmp_path, LESSON + "\n\n# %%\n" + PROGRAM))
    async with asking(plan, size) as (pilot, screen):
        await until(pilot, lambda: screen.complete, 90)
        seen: set[str] = set()
        while isinstance(app_of(pilot).screen, QuizScreen):
            question = box_of(pilot).asking.question
            if question.kind not in seen:
                seen.add(question.kind)
                await check_golden(pilot, f"quiz-{question.kind}-{size[0]}")
            if len(seen) == 1:
                await answer(pilot, "6")
                await answer(pilot, "7")
            else:
                box_of(pilot).action_skip()
            await go_on(pilot)
        await check_golden(pilot, f"quiz-results-{size[0]}")
