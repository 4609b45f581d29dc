"""A question as it is put to somebody, whatever it came from: a lesson's own cell, a ``#?`` mark, a recording."""

from __future__ import annotations

from typing import Final

import msgspec

from tutor.lesson.changes import CodeCell
from tutor.lesson.check.seen import Stop
from tutor.lesson.value import Value

TYPED: Final = "typed"
"""The answer is written: ``18``, ``[2, 0, 60]``, ``None``, ``3, 1``."""

PICKED: Final = "picked"
"""One of the choices is the answer."""

ARRANGED: Final = "arranged"
"""The choices are put into an order; ``Question.order`` holds the texts, and the answer is graded by running."""

CODE: Final = "code"
"""A piece of code is written; it is graded by running."""


class Choice(msgspec.Struct, frozen=True):
    """An answer that was thought of before it is given, the right one or a wrong one."""

    text: str
    """The answer on one line."""
    value: Value | None = None
    """What a typed answer is compared with; None where there is nothing to compare."""
    right: bool = False
    why: list[str] = []
    """What was believed and what torch does instead, one text for each reading that gives it."""
    readings: list[str] = []
    """Names of the misreadings that give it, the first of which the comparison shows; empty for trace neighbours."""


class Question(msgspec.Struct, frozen=True):
    """A question that can be asked now: its answer is known."""

    id: str
    """Stable within its lesson. Progress is kept by it."""
    kind: str
    """``number``, ``tensor``, ``shape``, ``choice``, ``error``, ``order``, ``node``, ``saved``, ``leaf``, ``program``,
    ``bug``, ``lines`` or ``fill``."""
    way: str
    """``typed``, ``picked``, ``arranged`` or ``code``."""
    prompt: str
    answer: Value
    """The right answer, as the real run gave it."""
    choices: list[Choice] = []
    """Of a picked question all of them, shuffled the same way each time; of others the wrong answers that are known.
    No two are the same answer."""
    hints: list[str] = []
    """In levels, from a nudge to nearly the answer."""
    right_why: list[str] = []
    """Why the right answer is right."""
    code: str = ""
    """The program that is asked about, as far as it has to be seen; empty where the screen shows it anyway."""
    first_line: int = 1
    """Line of the file on which ``code`` begins."""
    lesson: str = ""
    """Name of the lesson or path of the program."""
    line: int = 0
    """Line that the question is about, 0 if it is about none."""
    turn: int | None = None
    """Turn of the innermost loop around that line."""
    step: int = 0
    """The step that answers it, 0 where there is none or it is not known."""
    order: list[str] = []
    """What is put into an order, as it is first shown."""
    run: Run | None = None
    """How an answer is graded by running; None where it is compared."""
    expression: str = ""
    """What is asked for, as the program would write it (``x.grad``); empty where it is no expression."""


class Run(msgspec.Struct, frozen=True):
    """How to grade an answer by running it: the answer makes cells, and the stop must give ``Question.answer``."""

    cells: list[CodeCell]
    """The code cells, with ``HOLE`` where the answer goes."""
    stop: Stop


HOLE: Final = "__answer__"
"""Stands in ``Run.cells`` on a line of its own, or in one, where the answer goes."""


class Draft(msgspec.Struct, frozen=True):
    """A question whose answer has still to be evaluated, or whose wrong answers have still to be run."""

    question: Question
    """Its ``answer`` and ``choices`` hold what is known without running anything (trace neighbours)."""
    stop: Stop | None = None
    """The expression whose value is the answer, for the run itself and for each misreading of it."""
    authored: list[tuple[Stop, str]] = []
    """Wrong answers that an author gave as expressions, each with its ``why``."""
    named: list[tuple[str, str]] = []
    """Wrong answers that an author gave as misreadings, by name, each with its ``why``."""
    changed: list[tuple[list[CodeCell], str]] = []
    """Wrong answers that an author gave as changes of the source: the changed cells, each with its ``why``."""
    cell: int = 0
    """The last code cell that has to run."""
