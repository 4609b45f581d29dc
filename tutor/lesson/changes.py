"""A program with a part of its source changed, as somebody would have read it who read it wrongly."""

from __future__ import annotations

import io
import tokenize

from tutor.lesson.program import Program

CodeCell = tuple[int, int, str]
"""Number, first line and text of a code cell."""


class NotOnceError(Exception):
    """The text to change stands more than once in the code, or nowhere."""

    def __init__(self, count: int) -> None:
        super().__init__(f"stands {count} times" if count else "does not stand")
        self.count = count
        """How often it stands there."""


def code_cells(program: Program, last: int) -> list[CodeCell]:
    """The code cells up to one of them."""
    lines = program.source.split("\n")
    return [
        (cell.number, cell.first_line, "\n".join(lines[cell.first_line - 1 : cell.last_line]))
        for cell in program.cells
        if cell.kind == "code" and cell.number <= last
    ]


def changed(cells: list[CodeCell], old: str, new: str) -> list[CodeCell]:
    """The cells with a text replaced that stands once in the last of them, or is not in it and once in the others.

    Comments are no code.

    Raises:
        NotOnceError: it stands there more than once, or not at all.
    """
    found = [(index, at) for index, (_, _, text) in enumerate(cells) for at in _places(_without_comments(text), old)]
    found = [place for place in found if place[0] == len(cells) - 1] or found
    if len(found) != 1:
        raise NotOnceError(len(found))
    ((index, at),) = found
    number, first_line, text = cells[index]
    text = text[:at] + new + text[at + len(old) :]
    return [*cells[:index], (number, first_line, text), *cells[index + 1 :]]


def _places(text: str, part: str) -> list[int]:
    places, at = [], text.find(part)
    while at >= 0:
        places.append(at)
        at = text.find(part, at + 1)
    return places


def _without_comments(text: str) -> str:
    """The code with blanks for its comments, so that every character stays where it is."""
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            (line, start), (_, end) = token.start, token.end
            lines[line - 1] = lines[line - 1][:start] + " " * (end - start) + lines[line - 1][end:]
    return "\n".join(lines)
