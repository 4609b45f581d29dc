"""The statements of the program that a recording speaks of: the loops around each, whether a line holds another."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeGuard

from tutor.lesson.syntax import first_line, statement_lines
from tutor.recording.recording import Recording

_LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
_BRANCHES: Final = (ast.If, ast.Try, ast.TryStar, ast.Match, ast.ExceptHandler, ast.match_case)
_FRAMES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Statement(NamedTuple):
    """A statement, by lines of the file."""

    first: int
    last: int
    """Last line of it, its body included."""
    node: ast.stmt
    """Its lines count from the beginning of the cell."""
    text: str
    """As it is written, on one line; of a compound one the head."""
    loops: tuple[int, ...]
    """Lines of the loops around it in its function, outermost first."""
    branch: bool
    """Whether a turn can pass it by."""
    function: bool
    """Whether it stands in a function or a class."""
    alone: bool
    """Whether no other statement begins on its first line."""
    cell: int
    """Number of its cell."""
    simple: bool
    """Whether it has no body of further statements."""
    outer: int
    """First line of the statement of the top level that it stands in."""
    outer_last: int


class Statements:
    """The statements of a program.

    Args:
        source: The program.
        cells: First and last line and number of each code cell. One that Python cannot read has no statements.
    """

    def __init__(self, source: str, cells: tuple[tuple[int, ...], ...]) -> None:
        self.lines = source.split("\n")
        """The lines of the program, from index 0."""
        self.cells = cells
        self._owners: dict[int, int] = {}
        self._at: dict[int, Statement] = {}
        for cell in cells:
            first, last = cell[:2]
            number = cell[2] if len(cell) > 2 else 1
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tree = ast.parse("\n".join(self.lines[first - 1 : last]))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            shift = first - 1
            self._owners |= {line + shift: owner + shift for line, owner in statement_lines(tree).items()}
            for statement in tree.body:
                self._take(statement, _Around(shift, number, first_line(statement) + shift, _end(statement) + shift))

    def at(self, line: int) -> Statement | None:
        """The statement that a line belongs to, the last of those that begin on its first line."""
        return self._at.get(self._owners.get(line, line))

    def inside(self, line: int) -> list[Statement]:
        """The statements directly in the body of the loop on a line, in order."""
        loop = self._at.get(line)
        if loop is None or not isinstance(loop.node, _LOOPS):
            return []
        shift = loop.first - loop.node.lineno
        return [found for node in loop.node.body if (found := self._at.get(node.lineno + shift)) is not None]

    def all(self) -> list[Statement]:
        """Every statement, one for each line on which one begins, in order."""
        return [self._at[line] for line in sorted(self._at)]

    def _take(self, node: ast.stmt, around: _Around) -> None:
        line = node.lineno + around.shift
        known = self._at.get(line)
        self._at[line] = Statement(
            line,
            _end(node) + around.shift,
            node,
            self._text(node, around.shift),
            around.loops,
            around.branch,
            around.function,
            known is None,
            around.cell,
            not _has_body(node),
            around.outer,
            around.outer_last,
        )
        inner = around
        if isinstance(node, _LOOPS):
            inner = around._replace(loops=(*around.loops, line), branch=False)
        elif isinstance(node, _FRAMES):
            inner = around._replace(loops=(), branch=False, function=True)
        elif isinstance(node, _BRANCHES):
            inner = around._replace(branch=True)
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            after_loop = field == "orelse" and isinstance(node, _LOOPS)
            for child in getattr(node, field, []):
                self._body(child, around._replace(branch=True) if after_loop else inner)

    def _body(self, child: ast.AST, around: _Around) -> None:
        if isinstance(child, ast.stmt):
            self._take(child, around)
        else:
            for statement in getattr(child, "body", []):
                self._take(statement, around._replace(branch=True))

    def _text(self, node: ast.stmt, shift: int) -> str:
        if _has_body(node):
            return " ".join(self.lines[node.lineno + shift - 1].split())
        end = _end(node)
        lines = [line.encode() for line in self.lines[node.lineno + shift - 1 : end + shift]]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return " ".join(b" ".join(lines).decode().split())


class _Around(NamedTuple):
    shift: int
    cell: int
    outer: int
    outer_last: int
    loops: tuple[int, ...] = ()
    branch: bool = False
    function: bool = False


def _has_body(node: ast.stmt) -> bool:
    return bool(getattr(node, "body", [])) or isinstance(node, ast.Match)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def is_line(statement: Statement | None) -> TypeGuard[Statement]:
    """Whether it is known, simple, and the only one that begins on its line."""
    return statement is not None and statement.alone and statement.simple


def statements_in(source: str, cells: Iterable[Sequence[int]]) -> Statements:
    """The statements of a program, read once.

    Args:
        source: The program.
        cells: First and last line and number of each code cell.
    """
    return _read(source, tuple(tuple(cell) for cell in cells))


def statements_of(recording: Recording) -> Statements:
    """The statements of a recording's program, read once."""
    header = recording.header
    if header is None:
        return _read("", ())
    return statements_in(header.source, header.cells)


@lru_cache(8)
def _read(source: str, cells: tuple[tuple[int, ...], ...]) -> Statements:
    return Statements(source, cells)
