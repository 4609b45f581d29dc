"""Reviews of programs of one's own: they come again, nothing runs before it may, and what is gone stands in no way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tutor.lesson.pack import Pack
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.progress.folder import COURSE, OWN
from tutor.progress.review import Schedule
from tutor.progress.store import Card, OwnFile, Store
from tutor.quiz.question import PICKED, TYPED, Question
from tutor.tui.app import TutorApp
from tutor.tui.questions.due import about_due
from tutor.tui.questions.plans import Part, Plan, about_program
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.may_run import MayRun
from tutor.tui.screens.quiz import QuizScreen
from tutor.tui.widgets.question_box import QuestionBox

from .asked import LESSON, PROGRAM, desk, recorder, shared
from .looking import app_of, check_golden, screen_text, until
from .test_quiz import asking, box_of, give_right, go_on

__all__ = ["desk", "recorder", "shared"]

pytestmark = pytest.mark.usefixtures("shared")

LATER = timedelta(days=70)

TELLING = f"from pathlib import Path\nPath(__file__).with_name('ran').touch()\n{PROGRAM}"
"""A program that leaves a file behind when it runs."""

GRADIENT = "grad:w:L8:t3"
"""A question about ``PROGRAM``: what is in ``w.grad`` after line 8, in the third turn."""


def own(folder: Path, text: str = PROGRAM, name: str = "own.py") -> Path:
    """A file of one's own."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def answered(path: Path, *questions: str, about: str = "loss.backward()", file: OwnFile | None = None) -> None:
    """Questions about a file of one's own that were answered long ago."""
    long_ago = datetime.now(UTC) - LATER
    with closing(Store.open()) as store:
        for question in questions:
            Schedule(store, lambda: long_ago).rate(OWN, str(path), question, right=True, source="quiz", about=about)
        store.keep_own(file or OwnFile(str(path)))


def review() -> Plan:
    """What is due of one's own programs."""
    with closing(Store.open()) as store:
        return about_due([], Schedule(store).due_cards(pack=OWN), store.own_files(), [])


def due() -> list[str]:
    """The ids of what is scheduled until now, whether it can be asked or not."""
    with closing(Store.open()) as store:
        return [question for _, _, question in Schedule(store).due(pack=OWN)]


def ids(plan: Plan) -> set[str]:
    return {id for part in plan.parts for id in [*part.again, *(draft.question.id for draft in part.drafts)]}


def says(pilot: Pilot[Any], text: str) -> bool:
    """Whether a text is on the screen, wherever its lines end; a long path is broken within a word."""
    return "".join(text.split()) in "".join(screen_text(app_of(pilot)).replace("│", " ").split())


@asynccontextmanager
async def reviewing(plan: Plan, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Pilot[Any], QuizScreen]]:
    """A review that asks whether it may run something."""
    app = TutorApp(plan)
    app.animation_level = "none"
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MayRun))
        screen = app.screen_stack[-2]
        assert isinstance(screen, QuizScreen)
        await pilot.pause()
        yield pilot, screen


async def all_asked(pilot: Pilot[Any], screen: QuizScreen) -> list[Question]:
    """All questions, each of them skipped."""
    await until(pilot, lambda: bool(screen.query(QuestionBox)) or screen.complete, seconds=90)
    asked = []
    while app_of(pilot).screen is screen and screen.query(QuestionBox):
        asked.append(box_of(pilot).asking.question)
        box_of(pilot).action_skip()
        await go_on(pilot)
    return asked


async def test_every_question_about_a_file_of_ones_own_comes_again(tmp_path: Path) -> None:
    path = own(tmp_path)
    async with asking(about_program(read_program(path))) as (pilot, screen):
        first = await all_asked(pilot, screen)
    lines = PROGRAM.split("\n")
    for question in first:
        answered(path, question.id, about=lines[question.line - 1].strip())
    assert {"grad", "lines", "fill", "which", "bug"} <= {question.id.partition(":")[0] for question in first}
    plan = review()
    assert (plan.size, plan.note, ids(plan)) == (len(first), "", {question.id for question in first})
    async with reviewing(plan) as (pilot, screen):
        await pilot.press("enter")
        again = await all_asked(pilot, screen)
    assert {question.id: (question.prompt, question.answer) for question in again} == {
        question.id: (question.prompt, question.answer) for question in first
    }


async def test_an_answer_is_kept_so_that_its_file_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is written as a lesson, and has the name of one.
    path = own(tmp_path, LESSON, "08_accumulation.py")
    async with asking(about_program(read_program(path))) as (pilot, _):
        while isinstance(app_of(pilot).screen, QuizScreen):
            if box_of(pilot).asking.question.way in (PICKED, TYPED):
                await give_right(pilot)
            else:
                box_of(pilot).action_skip()
            await go_on(pilot)
        store = app_of(pilot).store
        await until(pilot, lambda: len(store.cards(OWN, str(path))) > 3)
        kept = {card.question for card in store.cards(OWN)}
        assert {answer.lesson for answer in store.answers(OWN)} == {str(path)}
    later = TutorApp.now() + LATER
    monkeypatch.setattr(TutorApp, "now", staticmethod(lambda: later))
    app = TutorApp()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: f"{len(kept)} due for review (F3)" in screen_text(app))
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, MayRun))
        await pilot.press("enter")
        screen = app.screen
        assert isinstance(screen, QuizScreen)
        await until(pilot, lambda: bool(screen.query(QuestionBox)), seconds=90)
        question = box_of(pilot).asking.question
        await give_right(pilot)
        await until(pilot, lambda: len(app.schedule.due(pack=OWN)) == len(kept) - 1)
        assert question.id not in {id for _, _, id in app.schedule.due(pack=OWN)}
        assert {answer.source for answer in app.store.answers(OWN, str(path), question.id)} == {"quiz", "review"}
        assert app.store.answers(COURSE) == []


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_what_is_run_is_said_before_it_runs(tmp_path: Path, size: tuple[int, int]) -> None:
    path = own(tmp_path, TELLING)
    answered(path, "grad:w:L10:t3", file=OwnFile(str(path), ("--epochs", "3 4")))
    ran = tmp_path / "ran"
    async with reviewing(review(), size) as (pilot, _):
        assert says(pilot, path.name)
        assert says(pilot, "--epochs '3 4' 1 question")
        await pilot.press("n", "escape")
        await until(pilot, lambda: not app_of(pilot).is_running or not isinstance(app_of(pilot).screen, MayRun))
    assert not ran.exists()
    async with reviewing(review(), size) as (pilot, screen):
        await pilot.press("enter")
        assert [question.id for question in await all_asked(pilot, screen)] == ["grad:w:L10:t3"]
    assert ran.exists()


async def test_who_does_not_want_them_run_is_asked_about_the_lessons_only(tmp_path: Path) -> None:
    path = own(tmp_path, TELLING)
    answered(path, "grad:w:L10:t3")
    lesson = own(tmp_path, LESSON, "01_sums.py")
    plan = review()
    plan = plan._replace(parts=[about_program(read_program(lesson)).parts[0]._replace(more=False), *plan.parts])
    async with reviewing(plan) as (pilot, screen):
        assert says(pilot, "n asks only about the lessons.")
        await pilot.press("n")
        assert {question.lesson for question in await all_asked(pilot, screen)} == {"01_sums"}
    assert not (tmp_path / "ran").exists()


def test_what_is_gone_is_said_in_one_line_and_keeps_nothing_else_from_being_asked(tmp_path: Path) -> None:
    good, broken = own(tmp_path), own(tmp_path, "for\n", "broken.py")
    answered(tmp_path / "gone.py", GRADIENT, "fill:L7")
    answered(good, GRADIENT)
    answered(good, "fill:L7", about="optimizer.zero_grad(set_to_none=False)")
    answered(broken, GRADIENT)
    moved = own(tmp_path, name="moved.py")
    answered(moved, GRADIENT, file=OwnFile(str(moved), directory=str(tmp_path / "no folder")))
    plan = review()
    assert (plan.size, ids(plan)) == (1, {GRADIENT})
    assert plan.note == (
        "Not asked: 1 question about broken.py, which cannot be read; 2 questions about gone.py, which is gone; "
        f"1 question about moved.py, which ran in {tmp_path / 'no folder'}, which is gone; "
        "1 question about own.py, which has changed."
    )
    assert len(due()) == 6
    own(tmp_path, name="gone.py")
    with closing(Store.open()) as store:
        store.keep_about(OWN, str(tmp_path / "gone.py"), "fill:L7", "optimizer.zero_grad()")
    assert review().size == 3


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (PROGRAM, True),
        (PROGRAM + "print('more')\n", True),
        ("\n" + PROGRAM, False),
        (PROGRAM.replace("loss.backward()", "loss.sum().backward()"), False),
        ("import torch\n", False),
    ],
)
def test_a_made_question_is_due_as_long_as_its_line_stands_there(tmp_path: Path, text: str, known: bool) -> None:
    path = own(tmp_path)
    answered(path, GRADIENT)
    own(tmp_path, text)
    assert review().size == known
    assert due() == [GRADIENT]


def test_a_mark_is_due_wherever_it_stands(tmp_path: Path) -> None:
    path = own(tmp_path, PROGRAM.replace("step()", "step()  #? w"))
    answered(path, "ask-w-1", about="optimizer.step()  #? w")
    own(tmp_path, "# a comment\n" + path.read_text())
    assert ids(review()) == {"ask-w-1"}
    own(tmp_path, PROGRAM)
    assert review().size == 0


def test_what_was_made_from_a_lesson_comes_again_too(tmp_path: Path) -> None:
    own(tmp_path, LESSON, "01_sums.py")
    made = [("grad:x:L13:t3", "y.backward()  #? x.grad"), ("grad:x:L12:t3", "y.backward()"), ("sum-1", None)]
    cards = [Card("pack", "01_sums", id, "{}", "2026-03-05", about) for id, about in made]
    plan = about_due(Pack.load(tmp_path).lessons, cards, {}, [])
    assert (ids(plan), plan.size, plan.note) == ({"grad:x:L13:t3", "sum-1"}, 2, "")
    assert not any(part.own for part in plan.parts)


def test_what_was_asked_about_a_saved_recording_is_never_run(tmp_path: Path) -> None:
    path = own(tmp_path)
    long_ago = datetime.now(UTC) - LATER
    with closing(Store.open()) as store:
        Schedule(store, lambda: long_ago).rate(OWN, str(path), GRADIENT, right=True, source="quiz")
    assert review() == Plan("Review", [], source="review")


async def test_a_question_that_the_program_does_not_give_any_more_is_not_due_any_more(tmp_path: Path) -> None:
    path = own(tmp_path)
    answered(path, GRADIENT, "grad:w:L8:t1")
    own(tmp_path, PROGRAM.replace("range(3)", "range(1)"))
    assert review().size == 2
    async with reviewing(review(), (120, 36)) as (pilot, screen):
        await pilot.press("enter")
        await until(pilot, lambda: screen.complete, seconds=90)
        await until(pilot, lambda: says(pilot, "1 question about own.py"))
    assert len(due()) == 2
    assert ids(review()) == {"grad:w:L8:t1"}
    # Once it was asked again it is known again.
    answered(own(tmp_path), GRADIENT)
    assert review().size == 2


async def test_a_program_that_fails_now_keeps_what_is_due(tmp_path: Path) -> None:
    path = own(tmp_path)
    answered(path, GRADIENT)
    own(tmp_path, "\n".join(["import absent, torch", *PROGRAM.split("\n")[1:]]))
    async with reviewing(review(), (120, 36)) as (pilot, screen):
        await pilot.press("enter")
        await until(pilot, lambda: screen.complete, seconds=90)
        await until(pilot, lambda: "There is nothing to ask here" in screen_text(app_of(pilot)))
        assert says(pilot, "Not asked: 1 question about own.py")
    assert review().size == 1


async def test_a_program_runs_again_as_it_ran_before(tmp_path: Path) -> None:
    text = (
        "import argparse\nfrom pathlib import Path\nimport torch\n\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--scale', type=float, default=1.0)\nscale = parser.parse_args().scale\n"
        "data = float(Path('data.txt').read_text())\nx = torch.tensor(data, requires_grad=True)\n"
        "y = x**2 * scale\ny.backward()  #? x.grad\n"
    )
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "data.txt").write_text("3")
    path = own(tmp_path, text)
    answered(path, "ask-x.grad-1", "grad:x:L11", about="", file=OwnFile(str(path), ("--scale", "5"), str(folder)))
    with closing(Store.open()) as store:
        store.keep_about(OWN, str(path), "grad:x:L11", "y.backward()  #? x.grad")
    async with reviewing(review()) as (pilot, screen):
        await pilot.press("enter")
        asked = await all_asked(pilot, screen)
    assert {question.id: question.answer.content for question in asked} == {"ask-x.grad-1": 30.0, "grad:x:L11": 30.0}


async def test_home_counts_what_can_be_asked_and_says_what_cannot(tmp_path: Path) -> None:
    answered(own(tmp_path), GRADIENT)
    answered(tmp_path / "gone.py", GRADIENT)
    app = TutorApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1 due for review (F3)" in screen_text(app))
        (tmp_path / "own.py").unlink()
        await pilot.press("f3")
        await until(pilot, lambda: "Nothing is due for review today." in screen_text(app))
        assert isinstance(app.screen, HomeScreen)
        assert says(pilot, "1 question about gone.py, which is gone; 1 question about own.py, which is gone.")


async def test_with_another_pack_only_that_is_reviewed(tmp_path: Path, pack: Path) -> None:
    answered(own(tmp_path), GRADIENT)
    app = TutorApp(pack=pack)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "▶ next" in screen_text(app))
        await pilot.press("f3")
        await until(pilot, lambda: "Nothing is due for review today." in screen_text(app))


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_page_that_asks_first(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    ways = [("/home/ada/train.py", ["--epochs", "3"]), ("/tmp/[red]fit.py", [])]
    programs = [Program(path, "", "", [], arguments=arguments) for path, arguments in ways]
    counts = [frozenset({"grad:w:L8"}), frozenset({"fill:L7", "fill:L8"})]
    parts = [Part(program, [], again=ids, own=True) for program, ids in zip(programs, counts, strict=True)]
    async with reviewing(Plan("Review", parts, source="review"), size) as (pilot, _):
        await check_golden(pilot, f"may-run-{size[0]}")
