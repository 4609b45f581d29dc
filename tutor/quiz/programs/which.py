"""Which program made this run: the program as it is, or one that differs from it in a line."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tutor.lesson.changes import CodeCell, code_cells
from tutor.lesson.check.seen import Stop
from tutor.lesson.program import Cell, Program
from tutor.lesson.readings import Reading
from tutor.lesson.value import Value, same
from tutor.quiz.listing import code_above
from tutor.quiz.made.shown_code import without_marks
from tutor.quiz.made.statements import Statement, Statements
from tutor.quiz.made.words import brief, code, listed
from tutor.quiz.programs.outcome import outcome_of, statements_of_program, whole_cells
from tutor.quiz.question import PICKED, Choice, Question
from tutor.recording.recording import NameKey, Recording

AS_WRITTEN: Final = "as it is written"
"""The program itself among the choices."""

_TURNS: Final = 4
"""Turns whose values are shown."""

_OTHERS: Final = 3
"""Programs that did not make the run, at most."""

_CHANGES: Final = 500
"""Changes of a name that are looked at."""

_CHANGED: Final = 2
"""Lines in which they may differ from the program."""


class Trace(NamedTuple):
    """A value, turn by turn, by which programs are told apart."""

    expression: str
    line: int
    """First line of the statement after which it is taken."""
    cell: int
    stops: list[Stop]
    """One for each turn that is shown."""


class _Program(NamedTuple):
    text: str
    """How it differs."""
    values: list[Value]
    """What it gives, turn by turn."""
    complete: bool
    """Whether each of its values is known to be its own."""


def traces_of(program: Program, recording: Recording) -> list[Trace]:
    """What to evaluate, in the program and under each reading, to ask which program made a run.

    Args:
        program: The program.
        recording: Its recording, complete.

    Returns:
        One for each loop of the top level in which a leaf moves or gets gradients.

    Raises:
        DamagedError: the recording cannot be read.
    """
    statements = statements_of_program(program)
    found: list[Trace] = []
    for cell in whole_cells(program, recording):
        outcome = outcome_of(recording, cell)
        for loop in statements.all():
            if outcome is None or loop.cell != cell.number or loop.function or loop.loops or loop.branch:
                continue
            last = _last_line(statements, loop)
            turns = recording.index.turns.get(loop.first)
            count = max(turns.turns, default=0) if turns is not None else 0
            leaf = next((leaf for leaf in outcome.leaves if _changes_in(recording, leaf, loop)), None)
            if last is not None and count > 1 and leaf is not None:
                expression = leaf if outcome.moves else f"{leaf}.grad"
                found.append(_trace(expression, last, cell, min(count, _TURNS)))
    return found


def _trace(expression: str, last: Statement, cell: Cell, turns: int) -> Trace:
    stops = [
        Stop(f"which:{expression}:L{last.first}:t{turn}", expression, line=last.first, turn=turn)
        for turn in range(1, turns + 1)
    ]
    return Trace(expression, last.first, cell.number, stops)


def _last_line(statements: Statements, loop: Statement) -> Statement | None:
    """The last line of a loop's body that every turn comes to."""
    inside = [
        statement
        for statement in statements.all()
        if statement.loops == (loop.first,)
        and not statement.branch
        and not statement.function
        and statement.alone
        and not getattr(statement.node, "body", [])
    ]
    return inside[-1] if inside else None


def _changes_in(recording: Recording, path: str, loop: Statement) -> bool:
    """Whether a name of the top level changes on the lines of a loop."""
    steps = recording.changes_of(NameKey(None, path))[:_CHANGES]
    return any(loop.first <= recording.site(step).line <= loop.last for step in steps)


def which(
    program: Program,
    trace: Trace,
    readings: Sequence[Reading],
    right: Mapping[str, Value],
    wrong: Mapping[str, Mapping[str, Value]],
) -> Question | None:
    """The question which program gave some values.

    The run that is shown is that of one of them, the same each time, and not always that of the program itself.

    Args:
        program: The program.
        trace: What was evaluated.
        readings: Misreadings of the program; those of the machine do not change it and are passed over.
        right: The values of the program, by the key of the stop.
        wrong: By the key of the stop and the name of the reading those that differ, as ``Misreader.answers`` gives
            them.

    Returns:
        None where fewer than two programs can be told apart.
    """
    values = [right.get(stop.key) for stop in trace.stops]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not all(brief(value) for value in known):
        return None
    programs = [_Program(AS_WRITTEN, known, complete=True)]
    own = code_cells(program, trace.cell)
    for reading in readings:
        text = "" if reading.belief else _difference(own, reading.cells)
        found = _values(trace, reading.name, known, wrong)
        if text and found is not None and all(_apart(found.values, other.values) for other in programs):
            programs.append(found._replace(text=text))
    programs = programs[: _OTHERS + 1]
    if len(programs) < 2:
        return None
    id = f"which:{trace.expression}:L{trace.line}"
    chance = random.Random(id)
    target = chance.choice([each for each in programs if each.complete])
    shown, first_line = code_above(program, trace.cell)
    return Question(
        id=id,
        kind="program",
        way=PICKED,
        prompt=f"After line {trace.line}, turn by turn, {code(trace.expression)} is {_told(target.values)}. "
        "Which program ran: this one, or one that differs from it in a line or two?",
        answer=Value("str", content=target.text),
        choices=_choices(trace, chance.sample(programs, len(programs)), target),
        hints=[f"Look at the second turn: what of the first is still there when line {trace.line} runs?"],
        right_why=[f"The program {target.text} gives {_told(target.values)}."],
        code=shown,
        first_line=first_line,
        lesson=program.name or program.path,
        line=trace.line,
    )


def _choices(trace: Trace, programs: list[_Program], target: _Program) -> list[Choice]:
    return [
        Choice(each.text, Value("str", content=each.text), right=True)
        if each is target
        else Choice(
            each.text,
            Value("str", content=each.text),
            why=[f"{trace.expression} would be {_told(each.values)}." if each.complete else _early(trace, each)],
        )
        for each in programs
    ]


def _early(trace: Trace, each: _Program) -> str:
    return f"{trace.expression} would be {brief(each.values[0])} after the first turn already."


def _values(
    trace: Trace, reading: str, right: list[Value], wrong: Mapping[str, Mapping[str, Value]]
) -> _Program | None:
    """What a reading gives. Where nothing is said of a turn, it is as in the program, unless the run ended before."""
    given = [wrong.get(stop.key, {}).get(reading) for stop in trace.stops]
    if given[-1] is None and given[0] is None:
        return None
    values = [own if value is None else value for own, value in zip(right, given, strict=True)]
    if not all(brief(value) for value in values) or any(value.error for value in values):
        return None
    return _Program("", values, complete=given[-1] is not None)


def _apart(one: list[Value], other: list[Value]) -> bool:
    return any(not same(left, right) for left, right in zip(one, other, strict=True))


def _told(values: list[Value]) -> str:
    return listed([brief(value) for value in values])


def _difference(own: list[CodeCell], cells: list[CodeCell]) -> str:
    """How a program differs, in words; nothing where it differs in too many lines."""
    changes = list(_changes(own, cells))
    if not 0 < len(changes) <= _CHANGED:
        return ""
    return listed([_change(*change) for change in changes])


def _change(line: int, old: str, new: str) -> str:
    if not new or new == "pass":
        return f"without line {line}"
    return f"with {code(new)} in line {line}"


def _changes(own: list[CodeCell], cells: list[CodeCell]) -> Iterator[tuple[int, str, str]]:
    """Line, old and new text of each line that differs."""
    texts = {number: text for number, _, text in cells}
    for number, first_line, text in own:
        old, new = (without_marks(each).split("\n") for each in (text, texts.get(number, text)))
        for place in range(max(len(old), len(new))):
            one = old[place].strip() if place < len(old) else ""
            other = new[place].strip() if place < len(new) else ""
            if one != other:
                yield first_line + place, one, other
