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

from tutor.lesson.pack import Pack, built_in
from tutor.lesson.program import Program, Question
from tutor.lesson.reading import read_program
from tutor.lesson.syntax import statement_lines

LESSONS = [lesson.path for lesson in Pack.load(built_in()).lessons]
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def code_cells(program: Program) -> list[tuple[int, int, int]]:
    return [(cell.number, cell.first_line, cell.last_line) for cell in program.cells if cell.kind == "code"]


@cache
def run(path: Path) -> dict[str, Any]:
    """What the cells of a lesson print, by line, and raise, by cell, when plain Python runs them."""
    program = read_program(path)
    script = Path(__file__).with_name("run_cells.py")
    result = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), str(path)],
        input=json.dumps(code_cells(program)),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    seen: dict[str, Any] = json.loads(result.stdout)
    return seen


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
def test_a_lesson_asks_for_a_prediction_and_has_two_questions(path: Path) -> None:
    program = read_program(path)
    assert program.asks
    assert len(program.questions) == 2
    assert program.cells[1].kind == "markdown"


def questions() -> list[tuple[Path, Question]]:
    return [(path, question) for path in LESSONS for question in read_program(path).questions]


each_question = pytest.mark.parametrize(
    ("path", "question"), [pytest.param(path, question, id=question.id) for path, question in questions()]
)


@each_question
def test_a_question_says_what_to_ask_and_explains_each_wrong_answer(path: Path, question: Question) -> None:
    content: dict[str, Any] = question.content
    assert {"type", "prompt", "ask", "hint", "wrong"} == content.keys()
    assert content["type"] in {"number", "tensor", "choice"}
    ast.parse(content["ask"], mode="eval")
    assert content["hint"]
    assert all(hint.strip() for hint in content["hint"])
    assert len(content["wrong"]) == 3
    for wrong in content["wrong"]:
        (form,) = wrong.keys() - {"why"}
        assert form in {"read_as", "value", "change"}
        assert wrong["why"].strip()


PROBE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import torch

def shown(value):
    if value is None or isinstance(value, str):
        return str(value)
    return str([float(f"{number:.4g}") for number in torch.as_tensor(value).detach().reshape(-1).tolist()])

def run(cells):
    names = {"__name__": "__main__"}
    for cell in cells:
        try:
            exec(cell, names)
        except Exception:
            pass  # An announced error, which another test looks at.
    return names

def answers(cells, ask, wrongs):
    names = run(cells)
    yield shown(eval(ask, names))
    for wrong in wrongs:
        if "change" in wrong:
            old, new = wrong["change"]
            assert old in cells[-1], old
            yield shown(eval(ask, run([*cells[:-1], cells[-1].replace(old, new)])))
        elif wrong.get("value", "").endswith("Error"):
            yield wrong["value"]
        elif "value" in wrong:
            yield shown(eval(wrong["value"], names))

requests = json.load(sys.stdin)
sys.stdout, output = None, sys.stdout
json.dump([list(answers(*request)) for request in requests], output)
"""


@cache
def all_answers() -> dict[str, list[str]]:
    """For each question its right answer and the wrong ones that need no misreading of torch, rounded."""
    requests = []
    for path, question in questions():
        program = read_program(path)
        lines = program.source.split("\n")
        spans = [(first, last) for number, first, last in code_cells(program) if number < question.cell]
        cells = ["\n".join(lines[first - 1 : last]) for first, last in spans]
        requests.append([cells, question.content["ask"], question.content["wrong"]])
    command = [sys.executable, "-c", PROBE]
    result = subprocess.run(
        command, input=json.dumps(requests), capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr
    return dict(zip([question.id for _, question in questions()], json.loads(result.stdout), strict=True))


@each_question
def test_no_two_answers_to_a_question_are_the_same(path: Path, question: Question) -> None:
    answers = all_answers()[question.id]
    assert len(set(answers)) == len(answers), answers


def test_no_two_questions_have_the_same_id() -> None:
    identities = [question.id for _, question in questions()]
    assert len(set(identities)) == len(identities)
