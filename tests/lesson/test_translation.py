"""A lesson in another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lesson.checked import QUESTION, TOP, WRONG, check
from tutor.lesson.pack import Pack, built_in
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.lesson.translation import translated, wanted_languages

LESSON = (
    TOP.replace("# %%\n", '# %% [markdown] id="a"\n# One.\n# %% [markdown] id="b"\n# Two.\n# %%\n')
    + "x = 3\n"
    + QUESTION
    + WRONG
)

ABOUT = '<!-- %% tutor="lesson" -->\n\n```toml\ntitle = "Titre"\n```\n'
QUIZ = (
    '<!-- %% id="q" tutor="quiz" -->\n\n```toml\nprompt = "Combien ?"\nhint = ["I", "J"]\nwhy = ["Parce que."]\n```\n'
)
PROSE = '<!-- %% id="b" -->\n\nDeux.\n'


def lesson(folder: Path, french: str, name: str = "01_a.fr.md") -> Program:
    (folder / "01_a.py").write_text(LESSON, encoding="utf-8")
    (folder / name).write_text(french, encoding="utf-8")
    return read_program(folder / "01_a.py")


def test_what_is_translated_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    french = translated(lesson(tmp_path, "A word for translators.\n" + ABOUT + QUIZ + PROSE), ["fr"])
    assert french.title == "Titre"
    assert [cell.text for cell in french.cells if cell.kind == "markdown"] == ["One.", "Deux."]
    (question,) = french.questions
    assert question.content["prompt"] == "Combien ?"
    assert question.content["hint"] == ["I", "J"]
    assert question.content["wrong"] == [{"value": "x", "why": "Parce que."}]
    assert question.content["ask"] == "x.grad"


def test_a_question_keeps_what_its_translation_lacks(tmp_path: Path) -> None:
    part = QUIZ.replace('why = ["Parce que."]', 'why = ["A", "B"]').replace('prompt = "Combien ?"', "")
    (question,) = translated(lesson(tmp_path, part), ["fr"]).questions
    assert (question.content["prompt"], question.content["hint"]) == ("P", ["I", "J"])
    assert question.content["wrong"] == [{"value": "x", "why": "W"}]


@pytest.mark.parametrize("languages", [["en", "fr"], ["de"], []])
def test_without_a_wanted_translation_a_lesson_is_as_it_is(tmp_path: Path, languages: list[str]) -> None:
    program = lesson(tmp_path, ABOUT)
    assert translated(program, languages) == program


def test_the_first_language_that_there_is_counts(tmp_path: Path) -> None:
    lesson(tmp_path, ABOUT.replace("Titre", "Titel"), "01_a.de.md")
    program = lesson(tmp_path, ABOUT)
    assert translated(program, ["it", "de", "fr"]).title == "Titel"


@pytest.mark.parametrize(
    ("given", "environment", "languages"),
    [
        ("fr", {"LANG": "de_DE.UTF-8"}, ["fr"]),
        (None, {"LANGUAGE": "fr:de", "LANG": "it_IT"}, ["fr", "de"]),
        (None, {"LC_MESSAGES": "fr_CA.UTF-8", "LANG": "it_IT"}, ["fr_CA", "fr"]),
        (None, {"LANGUAGE": "", "LANG": "de_DE@euro"}, ["de_DE", "de"]),
        ("pt-BR", {}, ["pt_BR", "pt"]),
        (None, {"LANG": "C.UTF-8"}, []),
        (None, {"LANG": "POSIX"}, []),
        (None, {}, []),
    ],
)
def test_the_language_is_that_of_the_command_line_or_of_the_environment(
    given: str | None, environment: dict[str, str], languages: list[str]
) -> None:
    assert wanted_languages(given, environment) == languages


def test_a_list_shows_translated_titles_and_no_translation_as_a_lesson(tmp_path: Path) -> None:
    lesson(tmp_path, ABOUT)
    assert [(each.name, each.title) for each in Pack.load(tmp_path, ["fr"]).lessons] == [("01_a", "Titre")]
    assert [(each.name, each.title) for each in Pack.load(tmp_path).lessons] == [("01_a", "T")]


@pytest.mark.parametrize(
    "french", ["<!-- %% -->\nA.\n", ABOUT.replace("```\n", "", 1), ABOUT.replace("title =", "title :")]
)
def test_a_broken_translation_is_refused_and_the_list_shows_the_title_as_it_is(tmp_path: Path, french: str) -> None:
    lesson(tmp_path, "\n" + french)
    (found,) = (each for each in check(tmp_path / "01_a.py") if each.rule == "translation")
    assert Path(found.file).name == "01_a.fr.md"
    assert found.line == (5 if "title :" in french else 2)
    assert Pack.load(tmp_path, ["fr"]).lessons[0].title == "T"


@pytest.mark.parametrize(
    "part", [PROSE.replace('"b"', '"z"'), QUIZ.replace('"q"', '"z"'), QUIZ.replace("que.", '", "')]
)
def test_a_translation_of_what_is_not_there_is_warned_of(tmp_path: Path, part: str) -> None:
    lesson(tmp_path, "\n" + part)
    (found,) = (each for each in check(tmp_path / "01_a.py") if each.rule == "untranslated")
    assert (Path(found.file).name, found.line, found.refused) == ("01_a.fr.md", 2, False)


def test_the_french_lesson_of_the_course_is_whole() -> None:
    program = read_program(built_in() / "08_accumulation.py")
    french = translated(program, ["fr"])
    pairs = zip(program.cells, french.cells, strict=True)
    assert all(one.text != other.text for one, other in pairs if one.kind == "markdown")
    for one, other in zip(program.questions, french.questions, strict=True):
        for key in ("prompt", "hint", "wrong"):
            assert one.content[key] != other.content[key]
    assert max(len(line) for cell in french.cells if cell.kind == "markdown" for line in cell.text.split("\n")) <= 76
