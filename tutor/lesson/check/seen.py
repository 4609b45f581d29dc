"""What is to be found out by running a lesson, and what was seen."""

from __future__ import annotations

import msgspec

from tutor.lesson.readings import Reading
from tutor.lesson.value import Value


class Stop(msgspec.Struct, frozen=True):
    """An expression to evaluate, after a line or after a cell of the program."""

    key: str
    """Name under which its value is given back."""
    expression: str
    line: int = 0
    """First line of the statement after which it is evaluated; 0 if it is after a cell."""
    turn: int | None = None
    """Turn of the innermost loop around that line, None for the last."""
    cell: int = 0
    """Number of the cell after which it is evaluated."""
    group: str = ""
    """Expressions of a group are evaluated one after the other in a copy of the program's state."""


class Variant(msgspec.Struct, frozen=True):
    """The program with a change, up to the question that is asked."""

    key: str
    cells: list[tuple[int, int, str]]
    """Number, first line and text of each code cell."""
    stop: Stop


class Misread(msgspec.Struct, frozen=True):
    """The program under a wrong reading, and what is to be evaluated in it."""

    reading: Reading
    stops: list[Stop]


class Plan(msgspec.Struct, frozen=True):
    """What is to be found out about a lesson."""

    stops: list[Stop] = []
    variants: list[Variant] = []
    misread: list[Misread] = []


class Raised(msgspec.Struct, frozen=True):
    """An error that the program raised and did not catch."""

    cell: int
    line: int
    text: str
    """Name and message."""
    announced: bool
    """Whether the cell announces it; if not, the program ended with it."""
    outside: bool = False
    """Whether it was raised in code that is neither the program's nor a thin layer of torch over its operations."""


class VariantSeen(msgspec.Struct, frozen=True):
    """What came of a changed program."""

    value: Value | None
    """None if the place was not reached."""
    raised: list[Raised] = []
    reason: str = ""
    """Why it did not run to its end, apart from an error."""


class Difference(msgspec.Struct, frozen=True):
    """The first step in which two recordings differ."""

    step: int
    line: int
    source: str


class Seen(msgspec.Struct, frozen=True):
    """What was seen when a lesson ran."""

    finished: bool
    """Whether it ran to its end, apart from announced errors."""
    reason: str = ""
    """Why it did not."""
    line: int = 0
    """Line of the error that it ended with, or of its last step."""
    error: bool = False
    """Whether it ended with an error."""
    steps: int = 0
    printed: list[tuple[int, str]] = []
    """Line and text of everything written to standard output, in order."""
    errors: list[tuple[int, str]] = []
    """Line and text of each error, caught or not, in order."""
    visits: dict[int, int] = {}
    """For each line how many times the run came to it."""
    difference: Difference | None = None
    """Where the second recording differs from the first."""
    values: dict[str, Value] = {}
    """What the stops gave; those that were not reached are missing."""
    raised: list[Raised] = []
    variants: dict[str, VariantSeen] = {}
    """What came of the changed programs, and of the program under each reading at each of its stops."""
