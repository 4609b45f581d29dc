"""Where in the author's file something is wrong, and the error that says so."""

from __future__ import annotations

from os import PathLike, fspath

import msgspec

from tutor.lesson.program import Cell, UnreadableError


def printable(text: str) -> str:
    """A text on one line, with control characters and lone surrogates written as escapes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def unreadable(path: str | PathLike[str], problem: str, line: int | str | None = None) -> UnreadableError:
    """The error ``FILE:LINE: problem``, on one line whatever is in the path or the problem.

    Args:
        path: The file, as the person named it.
        problem: What is wrong, and what to do.
        line: Line from 1, or another name for the place, or None for the whole file.
    """
    name = fspath(path)
    if line is None:
        return UnreadableError(printable(f"{name}: {problem}"))
    separator = ":" if isinstance(line, int) else ": "
    return UnreadableError(printable(f"{name}{separator}{line}: {problem}"))


class Place(msgspec.Struct, frozen=True):
    """A file whose lines errors can point at.

    The lines of a notebook are those of its cells one after the other, which nobody sees in the notebook itself,
    so there an error names the cell and the line in it.
    """

    path: str
    """The file, as the person named it."""
    notebook_cells: list[Cell] = []
    """Cells of a notebook; none for other files."""

    def error(self, problem: str, line: int | None = None) -> UnreadableError:
        """The error that says what is wrong at a line."""
        for cell in self.notebook_cells:
            if line is not None and cell.first_line <= line <= cell.last_line:
                return unreadable(self.path, problem, f"cell {cell.number}, line {line - cell.first_line + 1}")
            if line == cell.first_line - 1:
                return unreadable(self.path, problem, f"cell {cell.number}")
        return unreadable(self.path, problem, line)
