"""Translations: ``08_accumulation.fr.md`` beside ``08_accumulation.py`` says in French what the lesson says.

A translation is Markdown, cut into parts by comment lines. A part replaces the cell of its id: prose the prose, a
question its prompt, its hints and the reasons of its wrong answers, in their order. What is missing stays as it is.

    <!-- %% tutor="lesson" -->

    ```toml
    title = "Les gradients s'additionnent"
    ```

    <!-- %% id="opening" -->

    La pente de `x**2` est `2 * x`.

    <!-- %% id="accumulation-after-zero" tutor="quiz" -->

    ```toml
    prompt = "Que contient `weights.grad` ?"
    hint = ["Quelle ligne vient après le dernier `print` ?"]
    why = ["C'est ce que le dernier tour a affiché."]
    ```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tutor.lesson.contents import read_toml
from tutor.lesson.percent import read_marker
from tutor.lesson.place import Place
from tutor.lesson.program import Program, Question, UnreadableError
from tutor.lesson.text import read_text

OWN_LANGUAGE = "en"
"""Language of a lesson that does not say another (``language = "fr"``)."""

_MARKER = re.compile(r"<!--\s*(%%.*?)-->\s*")
_TABLE = re.compile(r"\s*```toml\n(.*)\n```\s*", re.DOTALL)
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class Part(msgspec.Struct, frozen=True):
    """The translation of one cell."""

    line: int
    """Line on which its marker stands."""
    text: str = ""
    content: dict[str, object] = {}
    """Its TOML, for a question and for the lesson itself."""


class Translation(msgspec.Struct, frozen=True):
    """A translated lesson."""

    path: Path
    prose: dict[str, Part] = {}
    """By the id of the cell."""
    questions: dict[str, Part] = {}
    """By the id of the question."""
    about: Part | None = None


def wanted_languages(given: str | None, environment: Mapping[str, str]) -> list[str]:
    """The languages that somebody wants, the best first: ``["fr_CA", "fr"]``.

    Args:
        given: What the command line says.
        environment: Variables of the environment.
    """
    said = given or next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    languages: list[str] = []
    for name in said.split(":"):
        name = re.split(r"[.@]", name)[0].replace("-", "_")
        if name and name not in ("C", "POSIX"):
            languages += [name, name.partition("_")[0]]
    return list(dict.fromkeys(languages))


def translation_path(path: Path, languages: Iterable[str], own: object = OWN_LANGUAGE) -> Path | None:
    """The translation of a lesson into the first of some languages that it has, None if it needs none or has none.

    Args:
        path: The lesson.
        languages: The languages, the best first.
        own: The language of the lesson itself.
    """
    for language in languages:
        if language == own:
            return None
        beside = path.with_suffix(f".{language}.md")
        if beside.is_file():
            return beside
    return None


def translations(path: Path) -> list[Path]:
    """All translations beside a lesson."""
    return sorted(other for other in path.parent.glob("*.md") if other.name.partition(".")[0] == path.stem)


def translated(program: Program, languages: Iterable[str]) -> Program:
    """A lesson in the first of some languages that it has.

    Raises:
        UnreadableError: its translation cannot be read.
    """
    if not program.about:
        return program
    path = translation_path(Path(program.path), languages, program.about.get("language", OWN_LANGUAGE))
    return program if path is None else _apply(program, read_translation(path))


def translated_title(path: Path, languages: Iterable[str], title: str) -> str:
    """The title of a lesson in the first of some languages that it has; as it is if its translation has none."""
    beside = translation_path(path, languages)
    if beside is None:
        return title
    try:
        about = read_translation(beside).about
    except UnreadableError:
        return title
    return _text(about.content.get("title") if about is not None else None, title)


def _apply(program: Program, translation: Translation) -> Program:
    cells = [
        msgspec.structs.replace(cell, text=part.text)
        if cell.kind == "markdown" and (part := translation.prose.get(cell.attributes.get("id", "")))
        else cell
        for cell in program.cells
    ]
    title = translation.about.content.get("title") if translation.about is not None else None
    questions = [_apply_question(question, translation) for question in program.questions]
    return msgspec.structs.replace(program, cells=cells, questions=questions, title=_text(title, program.title))


def _apply_question(question: Question, translation: Translation) -> Question:
    part = translation.questions.get(question.id)
    if part is None:
        return question
    content = dict(question.content)
    content["prompt"] = _text(part.content.get("prompt"), content.get("prompt"))
    if _texts(part.content.get("hint")):
        content["hint"] = part.content["hint"]
    reasons, wrongs = part.content.get("why"), content.get("wrong")
    if isinstance(reasons, list) and isinstance(wrongs, list) and len(reasons) == len(wrongs) and _texts(reasons):
        content["wrong"] = [wrong | {"why": why} for wrong, why in zip(wrongs, reasons, strict=True)]
    return msgspec.structs.replace(question, content=content)


def _text(said: object, otherwise: object) -> str:
    return said if isinstance(said, str) and said.strip() else str(otherwise)


def _texts(said: object) -> bool:
    return isinstance(said, list) and all(isinstance(text, str) and text.strip() for text in said)


def read_translation(path: Path) -> Translation:
    """Read a translation.

    Raises:
        UnreadableError: it cannot be read, a part has no id or its TOML is none.
    """
    translation = Translation(path, {}, {})
    place = Place(str(path))
    about: Part | None = None
    lines = read_text(path).split("\n")
    starts = [number for number, line in enumerate(lines, 1) if _MARKER.fullmatch(line)]
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        match = _MARKER.fullmatch(lines[start - 1])
        marker = read_marker(f"# {match[1]}" if match is not None else "")
        assert marker is not None
        text = "\n".join(lines[start : end - 1]).strip("\n")
        identity, purpose = marker.attributes.get("id", ""), marker.attributes.get("tutor")
        if purpose is None and identity:
            translation.prose[identity] = Part(start, text)
        elif purpose == "quiz" and identity:
            translation.questions[identity] = Part(start, content=_table(text, place, start, lines))
        elif purpose == "lesson":
            about = Part(start, content=_table(text, place, start, lines))
        else:
            raise place.error('the part names no cell. Write: <!-- %% id="..." -->', start)
    return msgspec.structs.replace(translation, about=about)


def _table(text: str, place: Place, start: int, lines: list[str]) -> dict[str, object]:
    """The TOML of a part."""
    match = _TABLE.fullmatch(text)
    if match is None:
        raise place.error("the part holds no TOML. Write it between ```toml and ```.", start)
    first = next(number for number, line in enumerate(lines, 1) if number > start and line.startswith("```toml"))
    return read_toml(match[1], place, first + 1)
