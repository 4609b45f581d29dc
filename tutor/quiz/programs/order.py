"""The lines of a training loop in a mixed order, to be put right. Every order whose run ends the same is right."""

from __future__ import annotations

import ast
import random
from typing import Final

from tutor.lesson.changes import CodeCell, code_cells
from tutor.lesson.check.seen import Stop
from tutor.lesson.program import Cell, Program
from tutor.lesson.value import Value
from tutor.quiz.listing import code_above
from tutor.quiz.made.statements import Statement, Statements
from tutor.quiz.made.words import code
from tutor.quiz.programs.fill import BLANK
from tutor.quiz.programs.outcome import Outcome, answered_by, is_print, outer_statements, statements_of_program
from tutor.quiz.question import ARRANGED, HOLE, Draft, Question, Run
from tutor.recording.moment import is_backward
from tutor.recording.recording import Recording

_REVERSED: Final = "That comes out in the reverse order."

FEWEST, MOST = 3, 7
"""Lines that somebody can be asked to put in order."""

_LONGEST: Final = 200
"""Characters of a line that are shown with the answer."""

_SITES: Final = 200
"""Steps of a line by which it is told what the line does."""


def lines(program: Program, recording: Recording) -> list[Draft]:
    """A question for each loop of the top level that runs backward, if its body is a few plain lines.

    Lines that only print are left out of it. Whether the order matters is known when the change of the draft has been
    run: see ``matters``.

    Args:
        program: The program.
        recording: Its recording, complete.

    Raises:
        DamagedError: the recording cannot be read.
    """
    found: list[Draft] = []
    statements = statements_of_program(program)
    for cell, outcome, loop in outer_statements(program, recording):
        if outcome.empty or loop.loops or loop.branch:
            continue
        body = statements.inside(loop.first)
        texts = _texts([statement for statement in body if not is_print(statement)], statements)
        if texts and any(_runs_backward(recording, statement) for statement in body):
            found.append(_draft(program, cell, loop, body, texts, outcome))
    return found


def _texts(body: list[Statement], statements: Statements) -> list[str]:
    """Each statement on one line, nothing if that cannot be or they are too few, too many or alike."""
    if not FEWEST <= len(body) <= MOST:
        return []
    texts: list[str] = []
    for statement in body:
        inner: list[ast.stmt] = getattr(statement.node, "body", [])
        if not statement.alone:
            return []
        if not inner and isinstance(statement.node, ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign):
            texts.append(statement.text)
            continue
        only = statements.at(statement.last)
        if not isinstance(statement.node, ast.With) or len(inner) != 1 or only is None or only.last != only.first:
            return []
        texts.append(f"with {', '.join(map(ast.unparse, statement.node.items))}: {only.text}")
    return texts if len(set(texts)) == len(texts) and "\n" not in "".join(texts) else []


def _runs_backward(recording: Recording, statement: Statement) -> bool:
    steps = recording.index.lines.get(statement.first, ())[:_SITES]
    return any(is_backward(recording.site(step).name) for step in steps)


def _draft(
    program: Program, cell: Cell, loop: Statement, body: list[Statement], texts: list[str], outcome: Outcome
) -> Draft:
    id = f"lines:L{loop.first}"
    order = random.Random(id).sample(texts, len(texts))
    if order == texts:
        order.reverse()
    shown, first_line = code_above(program, cell.number)
    rows = shown.split("\n")
    _replace(rows, body, first_line, BLANK)
    stop = Stop(id, outcome.expression, cell=cell.number)
    run = Run([_with_hole(each, cell, body) for each in code_cells(program, cell.number)], stop)
    goal = f"after which {outcome.told}" if outcome.told else "that the program ends with the same numbers"
    question = Question(
        id=id,
        kind="lines",
        way=ARRANGED,
        prompt=f"These are the lines of the loop in line {loop.first}. Put them in an order {goal}.",
        answer=Value("NoneType"),
        hints=["Which line needs something that another line makes?", f"{code(texts[0])} can come first."],
        right_why=[f"The program has them in this order: {', '.join(code(text, _LONGEST) for text in texts)}."],
        code="\n".join(rows).rstrip(),
        first_line=first_line,
        lesson=program.name or program.path,
        line=loop.first,
        order=order,
        run=run,
    )
    return Draft(question, stop=stop, cell=cell.number, changed=answered_by(run, "\n".join(texts[::-1]), _REVERSED))


def _with_hole(cell: CodeCell, of: Cell, body: list[Statement]) -> CodeCell:
    number, first_line, text = cell
    if number != of.number:
        return cell
    rows = text.split("\n")
    _replace(rows, body, first_line, HOLE)
    return number, first_line, "\n".join(rows)


def _replace(rows: list[str], body: list[Statement], first_line: int, text: str) -> None:
    """Put a text in the place of the first statement, and nothing in that of the others."""
    first, last = body[0].first - first_line, body[-1].last - first_line
    indent = rows[first][: len(rows[first]) - len(rows[first].lstrip())]
    rows[first : last + 1] = [indent + text, *[""] * (last - first)]
