"""A program to be recorded: a script, a lesson or a notebook, read but not run."""

from __future__ import annotations

import re

import msgspec


class Cell(msgspec.Struct, frozen=True):
    """A part of the program between two markers. A plain script is one code cell."""

    kind: str
    """``code``, ``markdown`` or ``raw``."""
    first_line: int
    """First line of its content in ``Program.source``, from 1. A marker line belongs to no cell."""
    last_line: int
    """Last line of its content; ``first_line - 1`` when it is empty."""
    number: int
    """Number among the cells of its file, from 1."""
    attributes: dict[str, str] = {}
    """What the marker says: ``tutor="quiz"``, ``id="acc-1"``."""
    text: str = ""
    """Prose or TOML without the comment signs; empty for code."""
    title: str = ""
    """Title written in the marker, before the attributes."""


class Ask(msgspec.Struct, frozen=True):
    """``#? x.grad @ turn 1``: ask for an expression after a line."""

    line: int
    """First line of the statement that the mark belongs to."""
    expression: str
    turn: int | None = None
    """Turn of the innermost loop, None for the last."""
    mark_line: int = 0
    """Line on which the mark itself is written."""
    mark_column: int = 0
    """Column, in characters, at which the mark begins."""


class Expect(msgspec.Struct, frozen=True):
    """``#> text``: all that a statement prints in the run. ``...`` in it stands for any text."""

    line: int
    """First line of the statement that prints."""
    text: str
    """The output, several lines of it joined by line feeds, without the last line feed."""
    mark_line: int = 0
    """Line on which the first of its marks is written; the others follow on the lines below."""
    mark_column: int = 0
    """Column, in characters, at which the first mark begins."""

    def matches(self, printed: str) -> bool:
        """Whether the output is the expected one. Blanks at the ends of lines and the last line feed do not count."""
        return _fits(_trimmed(self.text), _trimmed(printed))


class Announce(msgspec.Struct, frozen=True):
    """``#! Error: text``: the cell of this line raises this here."""

    line: int
    """First line of the statement that raises."""
    text: str
    """Name of the error and its message; a name alone stands for any message."""
    cell: int
    """Number of the cell."""
    mark_line: int = 0
    """Line on which the first of its marks is written; the others follow on the lines below."""
    mark_column: int = 0
    """Column, in characters, at which the first mark begins."""

    def matches(self, raised: str) -> bool:
        """Whether an error is the announced one.

        Args:
            raised: Name of the error without its module, a colon, a blank and the message, as Python prints it.
        """
        announced, seen = " ".join(self.text.split()), " ".join(raised.split())
        if ":" not in announced:
            return _fits(announced, seen.partition(":")[0])
        return _fits(announced, seen)


class Question(msgspec.Struct, frozen=True):
    """A quiz cell, its TOML read."""

    id: str
    cell: int
    content: dict[str, object]


class Program(msgspec.Struct, frozen=True):
    """Everything the recorder and the screens need to know of a file before it runs."""

    path: str
    """Absolute path of the file."""
    title: str
    source: str
    """The text that all line numbers speak of: the file itself, or a notebook's cells one after the other."""
    cells: list[Cell]
    notebook: bool = False
    name: str = ""
    """Name of the lesson (``08_accumulation``), empty for other programs."""
    about: dict[str, object] = {}
    """The lesson's own TOML: title, needs, minutes."""
    asks: list[Ask] = []
    expects: list[Expect] = []
    announces: list[Announce] = []
    questions: list[Question] = []
    arguments: list[str] = []
    """What stands in ``sys.argv`` after the path when it runs."""
    directory: str = ""
    """Working directory of a run, empty for that of this process."""


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n")


def _fits(pattern: str, text: str) -> bool:
    """Whether a text is the pattern, each ``...`` of which stands for any text."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("..."))), text, re.DOTALL) is not None


class UnreadableError(Exception):
    """A file that cannot be read as a program. The text is ``FILE:LINE: what is wrong. What to do.``"""
