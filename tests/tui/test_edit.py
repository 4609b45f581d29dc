"""A copy of a program changed on the screen and run: what is seen, what is kept, what is never touched."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Input

from tests.recorder.record import Children
from tutor.lesson.pack import Pack, built_in
from tutor.lesson.reading import read_program
from tutor.tui.copies import Copy
from tutor.tui.screens.compare import CompareScreen
from tutor.tui.screens.edit import EditScreen
from tutor.tui.screens.save_copy import SaveCopy
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.code_area import CodeArea

from .compared import TRAINING, recorded
from .looking import app_of, at, check_golden, screen_text, stepping, until
from .tape import accumulation, empty

WIDE, NARROW = (120, 36), (80, 24)


@pytest.fixture(scope="module")
def runs(children_in_turn: Children, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Saved recordings of real runs."""
    return recorded(children_in_turn, tmp_path_factory.mktemp("runs"))


def editor(app: App[None]) -> EditScreen:
    """The editor, which is on the screen."""
    assert isinstance(app.screen, EditScreen)
    return app.screen


def area(app: App[None]) -> CodeArea:
    return editor(app).query_one(CodeArea)


def note(app: App[None]) -> str:
    return app.screen.query_one(BottomLine).note


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_code_cell_of_the_present_step_is_edited(tmp_path: Path, size: tuple[int, int]) -> None:
    async with stepping(accumulation(tmp_path / "log").path, size=size) as (pilot, screen):
        await at(pilot, screen, 5)
        await pilot.press("e")
        assert area(app_of(pilot)).cursor_location == (5, 0)
        await check_golden(pilot, f"edit-{size[0]}")


async def test_a_copy_is_run_and_compared_and_kept(runs: dict[str, Path], tmp_path: Path) -> None:
    source = runs["training"].with_suffix(".py")
    async with stepping(runs["training"]) as (pilot, stepper):
        app = app_of(pilot)
        await pilot.press("e", "ctrl+s")
        assert note(app).startswith("Nothing is changed yet")
        area(app).text = TRAINING.replace("    optimizer.zero_grad()\n", "").rstrip("\n")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and app.screen.ready, seconds=60)
        text = screen_text(app)
        assert "first different line 6, turn 1 · first different state: w.grad, line 7, turn 2" in text
        assert "2 your copy" in text
        # Back in the editor, the text is there, and nobody has touched the file.
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, EditScreen))
        assert "zero_grad" not in area(app).text
        assert source.read_text() == TRAINING
        # Leaving asks once, since no file has the text; coming back brings it.
        await pilot.press("escape")
        assert "Escape again leaves; your text is kept until tutor ends." in note(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is stepper)
        await pilot.press("e")
        assert "zero_grad" not in area(app).text
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is stepper)
        # The stepper offers the copy to be compared with.
        await pilot.press("d")
        assert "Enter alone: your changed copy of it" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and app.screen.ready, seconds=60)
        assert "2 your copy" in screen_text(app)


async def test_a_file_made_from_another_is_compared_with_that(runs: dict[str, Path]) -> None:
    async with stepping(runs["forgotten"]) as (pilot, stepper):
        app = app_of(pilot)
        original = read_program(runs["training"].with_suffix(".py"))
        assert stepper.recording.header is not None
        app.copies.saved(stepper.recording.header.program, Copy(original))
        await pilot.press("d")
        assert "Enter alone: training.py, from which this was made" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and app.screen.ready, seconds=60)
        assert "first different state: w.grad" in screen_text(app)


async def test_an_error_of_python_is_said_at_its_line(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, screen):
        app = app_of(pilot)
        await at(pilot, screen, 3)
        await pilot.press("e")
        area(app).text = area(app).text.replace("y = x**2", "y = (x**2")
        await pilot.press("f5")
        await until(pilot, lambda: bool(note(app)))
        assert note(app) == "Line 15: '(' was never closed. Correct this line."
        assert area(app).cursor_location == (4, 8)
        assert " 15      y = (x**2" in screen_text(app).replace("│", " ")


async def test_a_new_line_begins_where_python_wants_it(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, _):
        await pilot.press("e")
        code = area(app_of(pilot))
        code.text = ""
        await pilot.press(*"if a:", "enter", *"b", "enter", *"c", "enter", "backspace", *"d")
        assert code.text == "if a:\n    b\n    c\n   d"


async def test_changes_can_be_taken_back(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, stepper):
        app = app_of(pilot)
        await pilot.press("e")
        before = area(app).text
        await pilot.press(*"abc")
        assert "changed" in screen_text(app).split("\n")[0]
        await pilot.press("ctrl+r")
        assert area(app).text == before
        assert "not changed" in screen_text(app).split("\n")[0]
        await pilot.press("ctrl+z")
        assert area(app).text != before
        await pilot.press("ctrl+r", "escape")
        await until(pilot, lambda: app.screen is stepper)


async def test_copying_a_text_does_not_leave_tutor(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, stepper):
        app = app_of(pilot)
        await pilot.press("e", "home", "shift+end", "ctrl+c")
        await pilot.pause()
        assert isinstance(app.screen, EditScreen)
        assert app.clipboard == area(app).selected_text != ""
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is stepper)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app.is_running)


async def test_a_copy_is_saved_where_the_person_says(runs: dict[str, Path], tmp_path: Path) -> None:
    async with stepping(runs["training"]) as (pilot, stepper):
        app = app_of(pilot)
        await pilot.press("e")
        area(app).text = "x = 1"
        await pilot.press("ctrl+t")
        assert isinstance(app.screen, SaveCopy)
        field = app.screen.query_one(Input)
        assert field.value == "training_copy.py"
        taken = tmp_path / "taken.py"
        taken.write_text("mine")
        field.value = str(taken)
        await pilot.press("enter")
        assert taken.read_text() == "mine"
        assert "This file exists." in screen_text(app)
        await pilot.press("end", "enter")
        await until(pilot, lambda: isinstance(app.screen, EditScreen))
        assert taken.read_text() == "x = 1\n"
        assert note(app) == f"Saved as {taken}."
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is stepper)


def test_a_file_is_taken_only_when_it_can_be_and_is_not_the_lesson(tmp_path: Path) -> None:
    lesson = next(lesson.path for lesson in Pack.load(built_in()).lessons)
    question = SaveCopy("", [lesson])
    assert question.read("") == "Type the name of a file, for example mine.py."
    assert question.read(str(tmp_path)) == "This is a folder. Type the name of a file in it."
    assert (
        question.read(str(tmp_path / "none" / "a.py")) == "Its folder does not exist. Make it first, or type another."
    )
    for _ in range(2):
        assert str(question.read(str(lesson))).startswith("This is the lesson itself")
    there, other = tmp_path / "a.py", tmp_path / "b.py"
    assert question.read(str(there)) == there
    there.write_text("")
    other.write_text("")
    assert isinstance(question.read(str(there)), str)
    assert isinstance(question.read(str(other)), str)
    assert isinstance(question.read(str(there)), str)
    assert question.read(str(there)) == there


async def test_the_persons_own_editor_changes_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho "z = 3" >> "$1"\n')
    script.chmod(0o755)
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, _):
        app = app_of(pilot)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.delenv("EDITOR", raising=False)
        await pilot.press("e", "ctrl+o")
        assert note(app).startswith("No editor is named.")
        monkeypatch.setenv("EDITOR", str(script))
        await pilot.press("ctrl+o")
        assert note(app) == "Another editor cannot be opened in this terminal."
        # The terminal of the tests cannot be lent to another program.
        monkeypatch.setattr(App, "suspend", lambda _: contextlib.nullcontext())
        await pilot.press("ctrl+o")
        await until(pilot, lambda: area(app).text.endswith("\nz = 3"))
        monkeypatch.setenv("EDITOR", "false")
        await pilot.press("ctrl+o")
        assert note(app) == "false did not work: it ended with status 1."


async def test_what_cannot_be_edited_says_why(tmp_path: Path) -> None:
    async with stepping(empty(tmp_path / "log").path) as (pilot, screen):
        await pilot.press("e")
        assert isinstance(app_of(pilot).screen, EditScreen)
        await pilot.press("escape")
        await until(pilot, lambda: app_of(pilot).screen is screen)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"notebook": True, "source": "x = 1", "cells": [[1, 1, 1]]}, "This is a notebook"),
        ({"source": ""}, "This recording came without its program, so there is nothing to edit."),
    ],
)
async def test_a_notebook_or_a_recording_without_its_program_cannot_be_edited(
    tmp_path: Path, header: dict[str, object], reason: str
) -> None:
    from tutor.recording.format import VERSION, Frame, Kind

    from .tape import Tape

    class Other(Tape):
        def frame(self, *items: object) -> None:
            if items[0] == Frame.HEADER:
                items = (Frame.HEADER, VERSION, {"program": "hand.ipynb", "title": "hand", **header})
            super().frame(*items)

    tape = Other(tmp_path / "log", "x = 1")
    tape.step(Kind.STATEMENT, 1, "x = 1")
    tape.end()
    async with stepping(tape.path) as (pilot, screen):
        await pilot.press("e")
        assert isinstance(app_of(pilot).screen, StepperScreen)
        assert screen.query_one(BottomLine).note.startswith(reason)


async def test_help_tells_the_keys(tmp_path: Path) -> None:
    async with stepping(accumulation(tmp_path / "log").path) as (pilot, _):
        await pilot.press("e", "f1")
        text = screen_text(app_of(pilot))
        assert "What you change here is a copy." in text
        assert "ctrl+s F5" in text
