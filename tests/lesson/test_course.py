"""Each lesson of the course keeps to the format and says what is true."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.lesson.checked import check
from tutor.lesson.pack import Pack, built_in
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.lesson.syntax import statement_lines
from tutor.recorder.evaluate_lesson import LessonRunner

LESSONS = [lesson.path for lesson in Pack.load(built_in()).lessons]
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def code_cells(program: Program) -> list[tuple[int, int, int]]:
    return [(cell.number, cell.first_line, cell.last_line) for cell in program.cells if cell.kind == "code"]


@cache
def runs() -> dict[str, Any]:
    """For each lesson what its cells print, by line, and raise, by cell, when plain Python runs them."""
    script = Path(__file__).with_name("run_cells.py")
    result = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)],
        input=json.dumps([[str(path), code_cells(read_program(path))] for path in LESSONS]),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    seen: dict[str, Any] = json.loads(result.stdout)
    return seen


def run(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = runs()[str(path)]
    return found


def printed(path: Path) -> dict[int, str]:
    """What each statement of a lesson prints, by its first line."""
    owners = statement_lines(ast.parse(read_program(path).source))
    texts: dict[int, str] = {}
    for line, text in run(path)["printed"]:
        texts[owners[line]] = texts.get(owners[line], "") + text
    return texts


@each_lesson
def test_every_line_prints_what_the_lesson_says_and_no_other_line_prints(path: Path) -> None:
    texts = printed(path)
    expects = {expect.line: expect for expect in read_program(path).expects}
    assert expects.keys() == texts.keys()
    for line, expect in expects.items():
        assert expect.matches(texts[line]), f"{path.name}:{line} printed {texts[line]!r}"


@each_lesson
def test_each_announced_error_is_raised_where_it_says_and_no_other(path: Path) -> None:
    announced = {announce.cell: announce for announce in read_program(path).announces}
    raised = {cell: (line, text) for cell, line, text in run(path)["raised"]}
    assert announced.keys() == raised.keys(), raised
    for cell, announce in announced.items():
        line, text = raised[cell]
        assert line == announce.line
        assert announce.matches(text), text


@each_lesson
def test_a_lesson_is_written_to_be_read_in_a_terminal(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    assert [number for number, line in enumerate(lines, 1) if len(line) > 78 or line != line.rstrip()] == []


@each_lesson
def test_a_lesson_begins_with_prose_and_asks_for_a_prediction(path: Path) -> None:
    program = read_program(path)
    assert program.asks
    assert program.cells[1].kind == "markdown"


def test_the_check_refuses_nothing() -> None:
    with LessonRunner() as runner:
        assert [problem for problem in check(built_in(), runner.look) if problem.refused] == []
