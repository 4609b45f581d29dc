"""The marks in the comments of a lesson's code: ``#?`` asks, ``#>`` says what is printed, ``#!`` announces an error.

A mark is a comment that begins with its sign and a blank, at the end of a line of code or on lines of its own
directly below. It belongs to the statement of that line: to the innermost one, of which the first line counts. So

    print(x.grad, y)  #> tensor(18.) 9.0

and a statement that prints several lines, be it at once or in the turns of a loop, is followed by all of them:

    print(weights.grad)
    #> tensor([3., 3.])
    #> tensor([6., 6.])

A long error goes on in the same way, and ``...`` shortens both. ``#?`` and another mark may share a comment:

    print(x.grad)  #? x.grad  #> tensor(18.)

Comments are found with ``tokenize``, so a ``#>`` inside a string is no mark. In a file that is no lesson, a comment
that only resembles a mark is a comment; in a lesson it is an error, since the author would wait for it in vain.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from tutor.lesson.place import Place
from tutor.lesson.program import Announce, Ask, Cell, Expect
from tutor.lesson.syntax import statement_lines

_SIGN = re.compile(r"#[?>!]")
_CONVERTED = re.compile(r"^([ \t]*)# !(?= )", re.MULTILINE)
_MARK = re.compile(r"#[?>!](?:[ \t](.*))?")
_TURN = re.compile(r"(.*)\s@\s*turn\s+(\d+)")
_ERROR = re.compile(r"[^\W\d][\w.]*(:.*)?")
_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


class Marks(NamedTuple):
    """The marks of one cell."""

    asks: list[Ask]
    expects: list[Expect]
    announces: list[Announce]


class _Comment(NamedTuple):
    """A comment that may be a mark."""

    text: str
    line: int
    column: int
    alone: bool
    """Whether it has its line for itself."""
    owner: int | None
    """First line of the statement that it belongs to."""


def read_marks(source: str, cell: Cell, tree: ast.Module, place: Place, *, lesson: bool) -> Marks:
    """The marks of a code cell.

    Args:
        source: Text of the whole file.
        cell: The cell.
        tree: Syntax tree of the cell alone.
        place: Where errors are said to be.
        lesson: Whether a comment that only resembles a mark is an error.

    Raises:
        UnreadableError: a mark of a lesson is written wrongly or belongs to no statement.
    """
    reader = _Reader(cell, place, lesson=lesson)
    text = "\n".join(source.split("\n")[cell.first_line - 1 : cell.last_line])
    # Most programs have no marks, and tokenizing is slow.
    if _SIGN.search(text) is not None or (lesson and _CONVERTED.search(text) is not None):
        for comment in _comments(_as_written(text) if lesson else text, statement_lines(tree), cell.first_line - 1):
            reader.take(comment)
    return reader.marks


def _as_written(text: str) -> str:
    """The code with ``#!`` where jupytext made ``# !`` of it, since it takes such a line for a command of IPython."""
    return _CONVERTED.sub(r"\1#!", text)


def _comments(text: str, owners: dict[int, int], lines_before: int) -> Iterator[_Comment]:
    """Comments that begin like a mark, in order, each with its owner."""
    code_lines: set[int] = set()
    owner_above: int | None = None
    line_above = -1
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line, column = token.start
        if token.type not in _LAYOUT:
            code_lines.update(range(line, token.end[0] + 1))
        if token.type != tokenize.COMMENT or _SIGN.match(token.string) is None:
            continue
        alone = line not in code_lines
        if not alone:
            owner_above = owners.get(line, line)
        elif line - 1 in code_lines and line - 1 != line_above:
            owner_above = owners.get(line - 1, line - 1)
        elif line - 1 != line_above:
            owner_above = None
        line_above = line
        owner = None if owner_above is None else owner_above + lines_before
        yield _Comment(token.string, line + lines_before, column, alone, owner)


class _Reader:
    """Takes the comments of a cell and makes marks of them."""

    def __init__(self, cell: Cell, place: Place, *, lesson: bool) -> None:
        self.marks = Marks([], [], [])
        self._cell = cell
        self._place = place
        self._lesson = lesson

    def take(self, comment: _Comment) -> None:
        """Make a mark of a comment, or refuse it. The first line of a file may name an interpreter."""
        if comment.line == 1 and comment.text.startswith("#!"):
            return
        match = _MARK.fullmatch(comment.text.rstrip())
        sign = comment.text[:2]
        if match is None:
            self._refuse(comment, f"there is no blank after {sign}. Write: {sign} {comment.text[2:]}")
        elif comment.owner is None:
            self._refuse(comment, f"{sign} belongs to no line of code. Put it at the end of one or below it.")
        else:
            take = {"#?": self._ask, "#>": self._expect, "#!": self._announce}[sign]
            take(comment, comment.owner, match[1] or "")

    def _refuse(self, comment: _Comment, problem: str) -> None:
        if self._lesson:
            raise self._place.error(problem, comment.line)

    def _ask(self, comment: _Comment, owner: int, content: str) -> None:
        column = _comment_column(content)
        expression = content[:column].strip()
        turn = None
        match = _TURN.fullmatch(expression)
        if match is not None:
            expression, turn = match[1].strip(), int(match[2])
        if turn == 0:
            self._refuse(comment, "turns are counted from 1. Write: @ turn 1")
        elif not _is_expression(expression):
            self._refuse(comment, "what stands after #? is no expression. Write for example: #? x.grad")
        else:
            self.marks.asks.append(Ask(owner, expression, turn, comment.line, comment.column))
        if _SIGN.match(content, column) is not None:
            start = comment.text.index(content) + column
            self.take(comment._replace(text=comment.text[start:], column=comment.column + start))

    def _expect(self, comment: _Comment, owner: int, content: str) -> None:
        expects = self.marks.expects
        if expects and expects[-1].line == owner:
            last = expects.pop()
            expects.append(Expect(owner, f"{last.text}\n{content}", last.mark_line, last.mark_column))
        else:
            expects.append(Expect(owner, content, comment.line, comment.column))

    def _announce(self, comment: _Comment, owner: int, content: str) -> None:
        announces = self.marks.announces
        content = content.strip()
        if announces and announces[-1].line == owner and comment.alone:
            last = announces.pop()
            text = f"{last.text} {content}"
            announces.append(Announce(owner, text, self._cell.number, last.mark_line, last.mark_column))
        elif _ERROR.fullmatch(content) is None:
            self._refuse(comment, "#! names no error. Write for example: #! RuntimeError: the message")
        else:
            announces.append(Announce(owner, content, self._cell.number, comment.line, comment.column))


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _comment_column(text: str) -> int:
    """Column at which a comment begins in a text, its length if there is none."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                return token.start[1]
    except (tokenize.TokenError, SyntaxError):
        # An unfinished expression, which its own check reports.
        return len(text)
    return len(text)
