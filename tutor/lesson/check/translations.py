"""Rules about the translations beside a lesson: they can be read, and speak of what is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tutor.lesson.check.packs import complaint
from tutor.lesson.check.problem import Problem, problem
from tutor.lesson.program import Program, UnreadableError
from tutor.lesson.translation import Translation, read_translation, translations


def check_translations(program: Program) -> Iterator[Problem]:
    """Whether the prose can be told apart, and each translation fits the lesson."""
    taken: dict[str, int] = {}
    for cell in program.cells:
        identity = cell.attributes.get("id")
        if cell.kind != "markdown" or identity is None:
            continue
        if identity in taken:
            text = f"the id {identity} is taken by line {taken[identity]}. Choose another."
            yield problem("id", program.path, cell.first_line - 1, text)
        taken[identity] = cell.first_line - 1
    for path in translations(Path(program.path)):
        try:
            translation = read_translation(path)
        except UnreadableError as error:
            yield complaint(path, str(error), "translation")
        else:
            yield from _check_parts(program, translation, set(taken))


def _check_parts(program: Program, translation: Translation, prose: set[str]) -> Iterator[Problem]:
    path = str(translation.path)
    questions = {question.id: question for question in program.questions}
    for identity, part in translation.prose.items():
        if identity not in prose:
            text = f'the lesson has no cell # %% [markdown] id="{identity}". Correct the id, or remove the part.'
            yield problem("untranslated", path, part.line, text)
    for identity, part in translation.questions.items():
        question = questions.get(identity)
        if question is None:
            text = f"the lesson has no question {identity}. Correct the id, or remove the part."
            yield problem("untranslated", path, part.line, text)
            continue
        reasons, wrongs = part.content.get("why", []), question.content.get("wrong", [])
        if isinstance(reasons, list) and isinstance(wrongs, list) and reasons and len(reasons) != len(wrongs):
            text = f"it gives {len(reasons)} reasons (why) for {len(wrongs)} wrong answers. Give one for each."
            yield problem("untranslated", path, part.line, text)
