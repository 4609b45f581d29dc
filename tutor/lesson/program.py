"""A program to be recorded: a script, a lesson or a notebook, read but not run."""

from __future__ import annotations

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


class Ask(msgspec.Struct, frozen=True):
    """``#? x.grad @ turn 1``: ask for an expression after a line."""

    line: int
    expression: str
    turn: int | None = None
    """Turn of the innermost loop, None for the last."""


class Expect(msgspec.Struct, frozen=True):
    """``#> text``: what a line prints. ``...`` in it stands for any text."""

    line: int
    text: str


class Announce(msgspec.Struct, frozen=True):
    """``#! Error: text``: the cell of this line raises this here."""

    line: int
    text: str
    cell: int
    """Number of the cell."""


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


class UnreadableError(Exception):
    """A file that cannot be read as a program. The text is ``FILE:LINE: what is wrong. What to do.``"""
