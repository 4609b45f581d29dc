"""A line is left out and has to be written: ``backward()``, the zeroing of gradients, the update."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tutor.lesson.changes import CodeCell, code_cells
from tutor.lesson.check.seen import Stop
from tutor.lesson.program import Cell, Program
from tutor.lesson.value import Value
from tutor.quiz.listing import code_above
from tutor.quiz.made.statements import Statement
from tutor.quiz.made.words import code
from tutor.quiz.programs.outcome import Outcome, answered_by, outer_statements
from tutor.quiz.question import CODE, HOLE, Draft, Question, Run
from tutor.recording.recording import Recording

BLANK: Final = "..."
"""Stands in the code that is shown, where something is left out."""

_WITHOUT: Final = "That comes out without the line."

_SITES: Final = 200
"""Steps of a line by which it is told what the line does."""

_HINTS: Final = {
    "backward": [
        "Something has to bring the gradients before the weights can be moved.",
        "It is a call on the loss.",
    ],
    "zero": [
        "Without this line something is carried over from one turn to the next.",
        "It empties what backward() adds to.",
    ],
    "update": [
        "Without this line the weights stay where they are.",
        "It moves the weights by what is in their gradients.",
    ],
}


def fills(program: Program, recording: Recording) -> list[Draft]:
    """A question for each line of the top level that runs backward, empties gradients or moves weights.

    Whether the line makes a difference is known when the change of the draft has been run: see ``matters``.

    Args:
        program: The program.
        recording: Its recording, complete.

    Raises:
        DamagedError: the recording cannot be read.
    """
    found: list[Draft] = []
    for cell, outcome, statement in outer_statements(program, recording):
        if _can_be_left_out(statement):
            part = _part(recording, statement, outcome)
            if part and _matters(recording, statement, part, outcome):
                found.append(_draft(program, cell, statement, part, outcome))
    return found


def _can_be_left_out(statement: Statement) -> bool:
    return (
        isinstance(statement.node, ast.Expr | ast.Assign | ast.AugAssign)
        and statement.alone
        and statement.first == statement.last
    )


def _part(recording: Recording, statement: Statement, outcome: Outcome) -> str:
    """What a line is for: ``backward``, ``zero``, ``update``, or nothing of these."""
    steps = recording.index.lines.get(statement.first, ())[:_SITES]
    names = {recording.site(step).name.rpartition(".")[2] for step in steps}
    node = statement.node
    if isinstance(node, ast.Expr):
        if "backward" in names:
            return "backward"
        if "zero_grad" in names or ("zero_" in names and ".grad" in statement.text):
            return "zero"
        return "update" if "step" in names and outcome.moves else ""
    if isinstance(node, ast.AugAssign) and ast.unparse(node.target) in outcome.leaves:
        return "update"
    emptied = [f"{leaf}.grad" for leaf in outcome.leaves]
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and ast.unparse(node.targets[0]) in emptied:
        return "zero" if ast.unparse(node.value) == "None" else ""
    return ""


def _matters(recording: Recording, statement: Statement, part: str, outcome: Outcome) -> bool:
    """Whether the end of the cell shows that the line is missing: what is emptied has to be filled again."""
    if part != "zero":
        return part != "backward" or not outcome.empty
    return len(statement.loops) == 1 and len(list(_turns(recording, statement.loops[0]))) > 1


def _turns(recording: Recording, loop: int) -> Iterator[int]:
    turns = recording.index.turns.get(loop)
    return iter(()) if turns is None else (turn for turn in turns.turns if turn)


def _draft(program: Program, cell: Cell, statement: Statement, part: str, outcome: Outcome) -> Draft:
    id = f"fill:L{statement.first}"
    cells = [_with_hole(each, statement) for each in code_cells(program, cell.number)]
    shown, first_line = code_above(program, cell.number)
    rows = shown.split("\n")
    place = statement.first - first_line
    rows[place] = _indent(rows[place]) + BLANK
    goal = f" with which {outcome.told} at the end of this code." if outcome.told else " that was there."
    stop = Stop(id, outcome.expression, cell=cell.number)
    run = Run(cells, stop)
    question = Question(
        id=id,
        kind="fill",
        way=CODE,
        prompt=f"Line {statement.first} is left out: {code(BLANK)} stands in its place. Write the line{goal}",
        answer=Value("NoneType"),
        hints=list(_HINTS[part]),
        right_why=[f"The line was {code(statement.text)}."],
        code="\n".join(rows),
        first_line=first_line,
        lesson=program.name or program.path,
        line=statement.first,
        run=run,
        expression=outcome.told.partition(" is ")[0] if " and " not in outcome.told else "",
    )
    return Draft(question, stop=stop, cell=cell.number, changed=answered_by(run, "pass", _WITHOUT))


def _with_hole(cell: CodeCell, statement: Statement) -> CodeCell:
    number, first_line, text = cell
    if number != statement.cell:
        return cell
    lines = text.split("\n")
    place = statement.first - first_line
    lines[place] = _indent(lines[place]) + HOLE
    return number, first_line, "\n".join(lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
