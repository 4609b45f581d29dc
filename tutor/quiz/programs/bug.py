"""Where a program goes wrong: the first line after which its run is not what it should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.lesson.changes import CodeCell
from tutor.lesson.program import Program
from tutor.lesson.value import Value
from tutor.quiz.made.shown_code import without_marks
from tutor.quiz.made.statements import Statement, statements_in
from tutor.quiz.made.words import one_line
from tutor.quiz.question import PICKED, Choice, Question

_OTHERS: Final = 4
"""Lines besides the right one, at most."""


def bug(program: Program, cells: Sequence[CodeCell], line: int, wanted: str, got: str) -> Question | None:
    """The question at which line a wrong program first goes another way than it should.

    Args:
        program: The program as it should be; only its name counts.
        cells: The code cells of the wrong one.
        line: The first line, of the wrong one, after which the two runs differ.
        wanted: What it should come to: ``w = 1.976``.
        got: What it comes to.

    Returns:
        None where no statement begins on the line, or there is nothing to choose from.
    """
    first_line = cells[0][1] if cells else 1
    last = max((first + text.count("\n") for _, first, text in cells), default=0)
    rows = [""] * (last - first_line + 1)
    for _, first, text in cells:
        rows[first - first_line : first - first_line + text.count("\n") + 1] = without_marks(text).split("\n")
    source = "\n" * (first_line - 1) + "\n".join(rows)
    statements = statements_in(source, [[first, first + text.count("\n"), number] for number, first, text in cells])
    right = statements.at(line)
    if right is None:
        return None
    simple = [each for each in statements.all() if each.cell == right.cell and not getattr(each.node, "body", [])]
    if right not in simple:
        simple.append(right)
    near = sorted(simple, key=lambda each: abs(each.first - right.first))[: _OTHERS + 1]
    if len(near) < 2:
        return None
    near.sort(key=lambda each: each.first)
    answer = Value("int", content=right.first)
    return Question(
        id=f"bug:L{right.first}",
        kind="bug",
        way=PICKED,
        prompt=f"This program should come to {wanted}, but it comes to {got}. After which line is something in it "
        "not as it should be for the first time?",
        answer=answer,
        choices=[_choice(each, right) for each in near],
        hints=["Go through the lines and say after each what should be there now."],
        right_why=[f"Until line {right.first} runs, everything is as it should be. After it, something is not."],
        code="\n".join(rows).rstrip(),
        first_line=first_line,
        lesson=program.name or program.path,
        line=right.first,
    )


def _choice(statement: Statement, right: Statement) -> Choice:
    text = f"line {statement.first}: {one_line(statement.text)}"
    value = Value("int", content=statement.first)
    if statement is right:
        return Choice(text, value, right=True)
    return Choice(text, value, why=[f"The first thing that is not as it should be comes with line {right.first}."])
