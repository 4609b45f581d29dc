"""A program as it is read on the screen: numbered lines of code, prose between them, no raw cells, no spoilers."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from typing import Final, NamedTuple

from textual.content import Content
from textual.highlight import HighlightTheme, highlight

from tutor.lesson.program import Cell, Program
from tutor.lesson.syntax import statement_lines
from tutor.tui.looks import MUTED
from tutor.tui.prose import prose_lines
from tutor.tui.text import LINE_LIMIT, display_column, expanded, source_lines

PROSE_WIDTH: Final = 88
"""Prose is not set wider than this."""

_CONTINUES: Final = {">": ("#>",), "!": ("#!", "# ! ")}
"""How a line begins on which a mark goes on; jupytext writes ``# !`` for a ``#!`` on a line of its own."""


class PageRow(NamedTuple):
    """A row of the page."""

    line: int
    """The line of the program, 0 for prose and gaps."""
    content: Content
    cell: int
    """Number of the cell that it is in, or that it follows."""


class Mark(NamedTuple):
    """A ``#>`` or ``#!`` on a line, which is not to be read before its line has run."""

    sign: str
    column: int
    """Where it begins, once tabs are spaces."""
    owner: int
    """The line that has to run."""


class Theme(HighlightTheme):
    """Code as a page of a book has it: nothing underlined, since underlining marks the present expression."""

    STYLES = {  # noqa: RUF012
        token: MUTED if "60%" in style else " ".join(word for word in style.split() if word != "underline")
        for token, style in HighlightTheme.STYLES.items()
    }


class Page:
    """The rows of a program.

    Args:
        program: What is read.
        width: Cells that prose may use.
    """

    def __init__(self, program: Program, width: int) -> None:
        self.lines = source_lines(program.source)
        """The lines of the program, from index 0."""
        self.owners = _statement_lines(program.source)
        """For each line of code the first line of its statement."""
        self.statements: dict[int, list[int]] = {}
        """For the first line of each statement all its lines; of a compound one those of its head."""
        for line, head in self.owners.items():
            self.statements.setdefault(head, []).append(line)
        self.marks = _marks(program, self.lines)
        """For each line its mark, if it has one."""
        self.rows: list[PageRow] = []
        self.row_of: dict[int, int] = {}
        """The row of each line that is shown."""
        self._questions = {
            ask.mark_line: display_column(self.lines[ask.mark_line - 1], ask.mark_column)
            for ask in program.asks
            if 0 < ask.mark_line <= len(self.lines)
        }
        self.code_cells: dict[int, range] = {}
        """The lines of each code cell that is shown, by its number."""
        self._code = highlighted(self.lines)
        self._build(program, width)

    def code(self, line: int, revealed: bool) -> Content:
        """A line of code.

        Args:
            line: From 1.
            revealed: Whether what a mark says may be read.
        """
        content = self._code[line - 1]
        mark = self.marks.get(line)
        question = self._questions.get(line)
        if question is not None:
            rest = content[mark.column :] if mark is not None and mark.column > question else Content("")
            content = content[:question].rstrip()
            if rest:
                mark = mark._replace(column=len(content) + 2) if mark is not None else None
                content = content + Content("  ") + rest
        if mark is None or revealed:
            return content
        return content[: mark.column] + Content.styled(f"#{mark.sign} …", MUTED)

    def owner(self, line: int) -> int:
        """The first line of the statement that a line belongs to; the line itself where there is none."""
        return self.owners.get(line, line)

    def _build(self, program: Program, width: int) -> None:
        for cell in program.cells or [Cell("code", 1, len(self.lines), 1)]:
            if cell.kind == "raw" or cell.last_line < cell.first_line:
                continue
            if self.rows:
                self._add(Content(""), cell)
            if cell.kind == "markdown":
                for content in prose_lines(cell.text, min(width, PROSE_WIDTH)):
                    self._add(content, cell)
                continue
            if program.notebook:
                self._add(Content.styled(f"cell {cell.number}", f"{MUTED} italic"), cell)
            first, last = _without_blank(self.lines, cell.first_line, cell.last_line)
            self.code_cells[cell.number] = range(first, last + 1)
            for line in range(first, last + 1):
                self._add(self._code[line - 1], cell, line)

    def is_open(self, row: int, reached: int) -> bool:
        """Whether a row of prose may be read: what stands below code tells what the code did.

        Args:
            row: The row.
            reached: Number of the last code cell that has begun, or is to begin with the next step.
        """
        cell = self.rows[row].cell
        return cell < reached or not any(number < cell for number in self.code_cells)

    def prose_after(self, row: int) -> int:
        """The last row of the prose that follows the cell of a row; the row itself where there is none."""
        cell, last = self.rows[row].cell, row
        for number in range(row + 1, len(self.rows)):
            following = self.rows[number]
            if following.line and following.cell != cell:
                break
            if not following.line and following.content:
                last = number
        return last

    def _add(self, content: Content, cell: Cell, line: int = 0) -> None:
        if line:
            self.row_of[line] = len(self.rows)
        self.rows.append(PageRow(line, content, cell.number))


def highlighted(lines: list[str]) -> list[Content]:
    """Each line with its syntax coloured; once for the whole program."""
    shown = [expanded(line)[:LINE_LIMIT] for line in lines]
    content = highlight("\n".join(shown), language="python", theme=Theme)
    # Names and blanks stay in the colour of the pane.
    content = Content(content.plain, [span for span in content.spans if span.style != "$text"])
    coloured = content.split("\n", allow_blank=True)
    coloured += [Content("")] * (len(shown) - len(coloured))
    return coloured[: len(shown)]


def _statement_lines(source: str) -> dict[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return statement_lines(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # A notebook with magics, or a recording of a program for another Python: each line stands for itself.
        return {}


def _marks(program: Program, lines: list[str]) -> dict[int, Mark]:
    """The marks by line; one that goes on over several lines has a mark on each."""
    places = [(">", expect.line, expect.mark_line, expect.mark_column) for expect in program.expects]
    places += [("!", announce.line, announce.mark_line, announce.mark_column) for announce in program.announces]
    return dict(_spread(places, lines))


def _spread(places: Iterable[tuple[str, int, int, int]], lines: list[str]) -> Iterable[tuple[int, Mark]]:
    for sign, owner, line, column in places:
        if not 0 < line <= len(lines):
            continue
        yield line, Mark(sign, display_column(lines[line - 1], column), owner)
        while line < len(lines) and lines[line].lstrip().startswith(_CONTINUES[sign]):
            text = lines[line]
            line += 1
            yield line, Mark(sign, display_column(text, len(text) - len(text.lstrip())), owner)


def _without_blank(lines: list[str], first: int, last: int) -> tuple[int, int]:
    """A range of lines without the blank ones at its ends."""
    while first <= last and not lines[first - 1].strip():
        first += 1
    while last >= first and not lines[last - 1].strip():
        last -= 1
    return first, last
