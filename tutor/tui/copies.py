"""Copies of programs that somebody changes: the text of each code cell, until the application ends.

The file of a program is never written to. A copy keeps the lines of the file: prose and questions stay where they are,
and of a mark that tells what a line prints only the sign is left, so that nobody reads it before running the copy.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import msgspec

from tutor.lesson.program import Cell, Program

PLACEHOLDER = "#> …"
"""What stands in a copy in the place of a line with a mark."""


class Wrong(NamedTuple):
    """Why Python would refuse to run a copy."""

    line: int
    """From 1, in the whole copy."""
    column: int
    """From 0."""
    text: str
    """In words, with the number of the line."""


class Copy:
    """A copy of a program, cell by cell.

    Args:
        original: The program; no notebook.
    """

    def __init__(self, original: Program) -> None:
        self.original = original
        self._lines = original.source.split("\n")
        code = (cell for cell in original.cells if cell.kind == "code" and cell.first_line <= cell.last_line)
        self._cells = list(code) or [Cell("code", 1, len(self._lines), 1)]
        masked = _masked(original, self._lines)
        self._first = [_text(masked, cell) for cell in self._cells]
        self._texts = list(self._first)
        self._saved = list(self._first)

    @property
    def cells(self) -> int:
        """How many code cells there are."""
        return len(self._cells)

    @property
    def changed(self) -> bool:
        """Whether a cell is not as it was."""
        return self._texts != self._first

    @property
    def unsaved(self) -> bool:
        """Whether something was changed that is in no file."""
        return self._texts not in (self._first, self._saved)

    def mark_saved(self) -> None:
        """Note that the copy is in a file as it is now."""
        self._saved = list(self._texts)

    def original_line(self, cell: int) -> int:
        """The line of the original on which a cell begins."""
        return self._cells[cell].first_line

    def cell_at(self, line: int) -> int:
        """The code cell, from 0, that a line of the original is in, or the last one before it."""
        return max((number for number, cell in enumerate(self._cells) if cell.first_line <= line), default=0)

    def text(self, cell: int) -> str:
        """The text of a cell now."""
        return self._texts[cell]

    def first_text(self, cell: int) -> str:
        """The text of a cell before anything was changed."""
        return self._first[cell]

    def set_text(self, cell: int, text: str) -> None:
        """Change a cell."""
        self._texts[cell] = text

    def first_line(self, cell: int) -> int:
        """The line of the copy on which a cell begins."""
        return self._ranges()[cell][0]

    def cell_of(self, line: int) -> int:
        """The code cell, from 0, that a line of the copy is in, or the last one before it."""
        return max((number for number, (first, _) in enumerate(self._ranges()) if first <= line), default=0)

    @property
    def source(self) -> str:
        """The whole copy, prose and all."""
        return self._joined(self._texts)

    @property
    def to_save(self) -> str:
        """The whole copy as a file: cells that were not changed as they are in the original, no empty marks."""
        whole = [_text(self._lines, cell) for cell in self._cells]
        texts = [
            own if text == first else _without_placeholders(text)
            for text, first, own in zip(self._texts, self._first, whole, strict=True)
        ]
        return self._joined(texts).rstrip("\n") + "\n"

    def wrong(self) -> Wrong | None:
        """Why Python would refuse to run it, None if it would not."""
        # Cell by cell first: what a cell leaves open would only be noticed in the one after it.
        for (first, last), text in zip(self._ranges(), self._texts, strict=True):
            found = self._refused("\n" * (first - 1) + text, first, last)
            if found is not None:
                return found
        return self._refused(self.source, 1, self.source.count("\n") + 1)

    def _refused(self, source: str, first: int, last: int) -> Wrong | None:
        """Why Python refuses a text whose lines are those of the copy."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(source, self.original.path, "exec", dont_inherit=True)
        except SyntaxError as error:
            line = min(max(error.lineno or first, first), last)
            message = error.msg if error.msg.endswith((".", "?", "!")) else f"{error.msg}."
            column = max((error.offset or 1) - 1, 0) if line == error.lineno else 0
            return Wrong(line, column, f"Line {line}: {message} Correct this line.")
        except ValueError as error:
            return Wrong(first, 0, f"{error}. Remove those characters.")
        except (RecursionError, MemoryError):
            return Wrong(first, 0, "The code is nested too deeply for Python. Split its largest expression.")
        return None

    def program(self) -> Program:
        """The copy as a program of the same path, without what the original says of its own output."""
        ranges = dict(zip((cell.number for cell in self._cells), self._ranges(), strict=True))
        shift, cells = 0, []
        for cell in self.original.cells:
            first, last = ranges.get(cell.number, (cell.first_line + shift, cell.last_line + shift))
            shift = last - cell.last_line
            cells.append(msgspec.structs.replace(cell, first_line=first, last_line=last))
        # Where the original says that a cell raises, the run of the copy goes on after it too.
        announces = [msgspec.structs.replace(announce, mark_line=0) for announce in self.original.announces]
        return msgspec.structs.replace(
            self.original, source=self.source, cells=cells, asks=[], expects=[], announces=announces, questions=[]
        )

    def _ranges(self) -> list[tuple[int, int]]:
        """First and last line of each code cell in the copy."""
        ranges, shift = [], 0
        for cell, text in zip(self._cells, self._texts, strict=True):
            first = cell.first_line + shift
            last = first + text.count("\n")
            shift = last - cell.last_line
            ranges.append((first, last))
        return ranges

    def _joined(self, texts: list[str]) -> str:
        pieces, at = [], 1
        for cell, text in zip(self._cells, texts, strict=True):
            pieces += self._lines[at - 1 : cell.first_line - 1]
            pieces.append(text)
            at = cell.last_line + 1
        return "\n".join([*pieces, *self._lines[at - 1 :]])


class Copies:
    """All copies of a session, and from which program each file was made."""

    def __init__(self) -> None:
        self._copies: dict[str, Copy] = {}
        self._originals: dict[str, Program] = {}

    def of(self, program: Program) -> Copy:
        """The copy of a program, as it was left; a new one if there is none, or the program is another by now."""
        copy = self._copies.get(program.path)
        if copy is None or copy.original.source != program.source:
            copy = self._copies[program.path] = Copy(program)
        return copy

    def changed(self, program: Program) -> Copy | None:
        """The copy of a program, if there is one that is not as the program."""
        copy = self._copies.get(program.path)
        same = copy is not None and copy.original.source == program.source
        return copy if same and copy is not None and copy.changed else None

    def saved(self, path: str, copy: Copy) -> None:
        """Note that a copy was saved as a file."""
        copy.mark_saved()
        self._originals[path] = copy.original

    def original_of(self, program: Program) -> Program | None:
        """The program that a file was made from, None if it was not made here."""
        return self._originals.get(program.path)


def _text(lines: list[str], cell: Cell) -> str:
    return "\n".join(lines[cell.first_line - 1 : cell.last_line])


def _masked(program: Program, lines: list[str]) -> list[str]:
    """The lines without marks; a line that holds nothing else keeps a sign that there was one."""
    masked = list(lines)
    marks: list[tuple[int, int, tuple[str, ...]]] = []
    marks += [(ask.mark_line, ask.mark_column, ()) for ask in program.asks]
    marks += [(expect.mark_line, expect.mark_column, ("#>",)) for expect in program.expects]
    # jupytext writes ``# !`` for a ``#!`` on a line of its own.
    marks += [(announce.mark_line, announce.mark_column, ("#!", "# ! ")) for announce in program.announces]
    for line, column, goes_on in marks:
        if not 0 < line <= len(lines):
            continue
        masked[line - 1] = _cut(masked[line - 1], column)
        while goes_on and line < len(lines) and lines[line].lstrip().startswith(goes_on):
            line += 1
            masked[line - 1] = _cut(lines[line - 1], len(lines[line - 1]) - len(lines[line - 1].lstrip()))
    return masked


def _cut(line: str, column: int) -> str:
    code = line[:column].rstrip()
    return code if code else line[:column] + PLACEHOLDER


def _without_placeholders(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip() != PLACEHOLDER)
