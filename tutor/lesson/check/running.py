"""Rules about the run: it ends, it is the same twice, it prints and raises what the lesson says."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.lesson.check.problem import Problem, problem
from tutor.lesson.check.seen import Seen
from tutor.lesson.program import Announce, Cell, Program
from tutor.lesson.syntax import statement_lines


def check_run(program: Program, seen: Seen) -> Iterator[Problem]:
    """Whether the lesson ran as it says."""
    if not seen.finished:
        yield from _check_end(program, seen)
        return
    if seen.difference is not None:
        difference = seen.difference
        text = f"two runs differ from step {difference.step} on, {_short(difference.source)!r}."
        advice = "Give random numbers a seed, and leave out clocks, addresses and the order of sets."
        yield problem("repeat", program.path, difference.line, f"{text} {advice}")
    yield from _check_printed(program, seen)
    for announce in program.announces:
        yield from _check_announce(program, announce, seen)


def _check_end(program: Program, seen: Seen) -> Iterator[Problem]:
    line = max(seen.line, 1)
    if not seen.error:
        yield problem("run", program.path, line, f"the lesson {_sentence(seen.reason)} Make it shorter.")
        return
    cell = _cell_of(program, line)
    announce = next((announce for announce in program.announces if cell and announce.cell == cell.number), None)
    if announce is not None:
        text = f"the cell raises {seen.reason!r} instead. Correct the text after #!."
        yield problem("raised", program.path, announce.mark_line, text)
    else:
        text = f"{seen.reason!r} is raised here. Correct the line, or announce it with #!."
        yield problem("raised", program.path, line, text)


def _check_printed(program: Program, seen: Seen) -> Iterator[Problem]:
    owners = _owners(program)
    printed: dict[int, str] = {}
    for line, text in seen.printed:
        owner = owners.get(line, line)
        printed[owner] = printed.get(owner, "") + text
    for expect in program.expects:
        text = printed.get(expect.line, "")
        if expect.matches(text):
            continue
        shown = repr(_short(text.rstrip("\n"), 300)) if text else "nothing"
        advice = "Put the whole of it after #>." if text else "Remove #>."
        yield problem("printed", program.path, expect.mark_line, f"line {expect.line} prints {shown}. {advice}")


def _check_announce(program: Program, announce: Announce, seen: Seen) -> Iterator[Problem]:
    cell = next(cell for cell in program.cells if cell.number == announce.cell)
    errors = [(line, text) for line, text in seen.errors if cell.first_line <= line <= cell.last_line]
    owners = _owners(program)
    if any(announce.matches(text) and owners.get(line, line) == announce.line for line, text in errors):
        return
    elsewhere = next((line for line, text in errors if announce.matches(text)), None)
    if elsewhere is not None:
        text = f"line {elsewhere} raises it, not line {announce.line}. Put #! there."
    else:
        text = f"line {announce.line} does not raise this. Remove #!, or correct the line."
    yield problem("raised", program.path, announce.mark_line, text)


def _owners(program: Program) -> dict[int, int]:
    """For each line of code the first line of its statement."""
    owners: dict[int, int] = {}
    lines = program.source.split("\n")
    for cell in program.cells:
        if cell.kind == "code":
            tree = ast.parse("\n".join(lines[cell.first_line - 1 : cell.last_line]))
            before = cell.first_line - 1
            owners.update((line + before, first + before) for line, first in statement_lines(tree).items())
    return owners


def _cell_of(program: Program, line: int) -> Cell | None:
    return next((cell for cell in program.cells if cell.first_line <= line <= cell.last_line), None)


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
