"""The program that a question is about, as it is shown with it: code only, without the marks that tell answers."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.lesson.program import Announce, Ask, Expect, Program
from tutor.quiz.question import Question


def code_above(program: Program, last: int) -> tuple[str, int]:
    """The code of a program up to a cell, and the line of the file on which it begins.

    Lines that are no code, and the marks ``#?``, ``#>`` and ``#!``, are left empty, so that the others keep their
    numbers.
    """
    lines = program.source.split("\n")
    cells = [cell for cell in program.cells if cell.kind == "code" and cell.number <= last]
    if not cells:
        return "", 1
    first, end = cells[0].first_line, cells[-1].last_line
    kept = [""] * (end - first + 1)
    for cell in cells:
        for number in range(cell.first_line, cell.last_line + 1):
            kept[number - first] = lines[number - 1]
    for mark, sign in _marks(program):
        at = mark.mark_line - first
        if not 0 <= at < len(kept):
            continue
        kept[at] = kept[at][: mark.mark_column].rstrip()
        while at + 1 < len(kept) and kept[at + 1].lstrip().startswith(sign):
            at += 1
            kept[at] = ""
    return "\n".join(kept), first


def _marks(program: Program) -> Iterator[tuple[Ask | Expect | Announce, str]]:
    """Each mark, and how its further lines begin."""
    yield from ((ask, "#?") for ask in program.asks)
    yield from ((expect, "#>") for expect in program.expects)
    yield from ((announce, "#!") for announce in program.announces)


def listing(question: Question) -> list[tuple[int, str]]:
    """Number and text of each line of a question's code; of empty lines that follow each other only the first."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(question.code.split("\n"), question.first_line):
        if line.strip() or (found and found[-1][1]):
            found.append((number, line.rstrip()))
    while found and not found[-1][1]:
        found.pop()
    return found
