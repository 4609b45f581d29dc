"""The questions of a lesson's quiz cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tutor.lesson.changes import NotOnceError, changed, code_cells
from tutor.lesson.check.seen import Stop
from tutor.lesson.program import Program
from tutor.lesson.questions import Asked, Wrong, read_question
from tutor.lesson.readings import Reading
from tutor.lesson.value import Value
from tutor.quiz.choices import change_name
from tutor.quiz.listing import code_above
from tutor.quiz.question import PICKED, TYPED, Draft, Question

WAYS: Final = {"number": TYPED, "tensor": TYPED, "shape": TYPED, "choice": PICKED, "error": PICKED, "order": PICKED}
"""How each type of question is asked, as long as its answer allows it."""


def drafts_of(program: Program) -> list[Draft]:
    """The questions of a lesson, those that cannot be read left out."""
    drafts = []
    for question in program.questions:
        asked = read_question(program, question, lambda rule, line, text: None)
        if asked is not None and asked.type in WAYS:
            drafts.append(_draft(program, asked, question.content))
    return drafts


def stops_of(drafts: Iterable[Draft]) -> list[Stop]:
    """All that has to be evaluated for some questions of one program."""
    return [stop for draft in drafts for stop in _stops(draft)]


def readings_of(drafts: Iterable[Draft]) -> list[Reading]:
    """The changes of the source that authors gave as wrong answers, as readings to be run like others."""
    return [
        Reading(change_name(draft.question.id, number), cells, "")
        for draft in drafts
        for number, (cells, _) in enumerate(draft.changed)
    ]


def _stops(draft: Draft) -> list[Stop]:
    own = [draft.stop] if draft.stop is not None else []
    return [*own, *(stop for stop, _ in draft.authored)]


def _draft(program: Program, asked: Asked, content: dict[str, object]) -> Draft:
    code, first_line = code_above(program, asked.cell)
    hints = content.get("hint")
    question = Question(
        asked.id,
        asked.type,
        WAYS[asked.type],
        flowed(str(content.get("prompt", ""))),
        Value("NoneType"),
        hints=[flowed(str(hint)) for hint in hints] if isinstance(hints, list) else [],
        code=code,
        first_line=first_line,
        lesson=program.name or program.path,
        line=next(cell.last_line for cell in program.cells if cell.number == asked.cell),
        expression=asked.ask,
    )
    draft = Draft(question, _stop(asked, "ask", asked.ask), cell=asked.cell)
    for number, wrong in enumerate(asked.wrongs):
        _add_wrong(draft, program, asked, number, wrong)
    return draft


def _add_wrong(draft: Draft, program: Program, asked: Asked, number: int, wrong: Wrong) -> None:
    why = flowed(wrong.why)
    if wrong.form == "value":
        draft.authored.append((_stop(asked, str(number), wrong.text), why))
    elif wrong.form == "read_as":
        draft.named.append((wrong.text, why))
    else:
        try:
            cells = changed(code_cells(program, asked.cell), wrong.text, wrong.replacement)
        except NotOnceError:
            return
        draft.changed.append((cells, why))


def _stop(asked: Asked, part: str, expression: str) -> Stop:
    return Stop(f"{asked.id}/{part}", expression, cell=asked.cell, group=asked.id)


def flowed(text: str) -> str:
    """Text without the ends of lines inside its paragraphs, as a screen of any width can show it."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip()))
