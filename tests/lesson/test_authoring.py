"""The guide for authors: each of its examples passes the check, and its tables are those of the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lesson.checked import check
from tutor.lesson.beliefs import BELIEFS
from tutor.lesson.check.problem import REFUSED, WARNED
from tutor.lesson.pack import Pack, built_in
from tutor.lesson.questions import FORMS, KEYS, TYPES
from tutor.lesson.reading import read_program
from tutor.lesson.translation import read_translation, translated
from tutor.recorder.evaluate_lesson import LessonRunner

GUIDE = (built_in() / "AUTHORING.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    """The blocks of a language, those inside other blocks left out."""
    return [body for _, name, body in re.findall(r"^(`{3,})(\w*)\n(.*?)^\1$", GUIDE, re.S | re.M) if name == language]


PROGRAMS = examples("python")


@pytest.fixture(scope="module")
def runner() -> Iterator[LessonRunner]:
    with LessonRunner() as runner:
        yield runner


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_each_example_passes_the_check(tmp_path: Path, runner: LessonRunner, number: int) -> None:
    path = tmp_path / "01_slope.py"
    path.write_text(PROGRAMS[number], encoding="utf-8")
    assert [problem for problem in check(path, runner.look) if problem.rule != "questions"] == []


def test_there_is_an_example_of_each_step_and_the_last_asks_questions(tmp_path: Path) -> None:
    assert len(PROGRAMS) == 3
    path = tmp_path / "01_slope.py"
    path.write_text(PROGRAMS[2], encoding="utf-8")
    assert len(read_program(path).questions) == 2


def test_the_example_of_a_translation_translates_the_last_example(tmp_path: Path) -> None:
    path = tmp_path / "01_slope.py"
    path.write_text(PROGRAMS[2], encoding="utf-8")
    (tmp_path / "01_slope.fr.md").write_text(examples("markdown")[0], encoding="utf-8")
    read_translation(tmp_path / "01_slope.fr.md")
    assert [problem for problem in check(path) if problem.rule in ("translation", "untranslated")] == []
    french = translated(read_program(path), ["fr"])
    assert french.title == "La pente d'un cube"
    assert french.cells[1].text.startswith("`y` vaut")
    assert french.questions[0].content["hint"] == ["Un gradient est une pente, pas une valeur."]


def test_the_example_of_a_pack_is_one(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(examples("toml")[0], encoding="utf-8")
    pack = Pack.load(tmp_path)
    assert pack.problems == []
    assert [lesson.name for lesson in pack.lessons] == ["01_slope", "02_chain"]


MISREADINGS = {belief.name: belief.believes for belief in BELIEFS.values()}


@pytest.mark.parametrize("table", [MISREADINGS, REFUSED, WARNED])
def test_the_tables_are_those_of_the_program(table: dict[str, str]) -> None:
    for name, meaning in table.items():
        assert f"| `{name}` | {meaning} |\n" in GUIDE


def test_each_word_of_a_question_is_explained() -> None:
    for word in (*TYPES, *FORMS, *KEYS):
        assert word in GUIDE
