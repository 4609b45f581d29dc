"""The questions of a program's ``#?`` marks: what an expression is after a line."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import Final

from tutor.lesson.check.seen import Stop
from tutor.lesson.program import Ask, Program
from tutor.lesson.value import Value
from tutor.quiz.question import TYPED, Draft, Question

RULES: Final = (
    (r"\.step\(", r"", "`step()` moves each weight that it was given and that has a `.grad`."),
    (r"\.zero_\(|zero_grad\(", r"\.grad\b", "`zero_()` writes zeros; `zero_grad()` leaves None."),
    (r"", r"\.grad\b", "`backward()` adds to the `.grad` of a leaf. Other tensors keep None, unless told otherwise."),
    (r"", r"\.shape\b|\.size\(", "Shapes are lined up from the right. A 1 takes the size of the other."),
    (r"", r"\.requires_grad\b", "A result requires grad if one of its inputs does, unless gradients are off."),
    (r"", r"\._version\b", "The version counts how often the tensor was written to in place."),
    (r"", r"\.grad_fn\b", "The node is named after the operation that made the tensor. A leaf has none."),
    (r"(-=|\.sub_|\s-\s).*grad", r"", "An update takes the learning rate times the gradient away."),
)
"""What the line holds, what the expression holds, and the rule that is involved then; the first that fits counts."""


def drafts_of_marks(program: Program) -> list[Draft]:
    """The questions of the marks, in their order. What kind they are of is known when they are answered."""
    lines = program.source.split("\n")
    loops = _loops(program)
    counts: Counter[str] = Counter()
    drafts = []
    for ask in program.asks:
        expression = " ".join(ask.expression.split())
        counts[expression] += 1
        identity = f"ask-{expression}-{counts[expression]}"
        question = Question(
            identity,
            "",
            TYPED,
            _prompt(ask, expression, in_loop=ask.line in loops),
            Value("NoneType"),
            hints=_hints(ask, expression, lines[ask.line - 1]),
            lesson=program.name or program.path,
            line=ask.line,
            turn=ask.turn,
            expression=expression,
        )
        cell = next((cell.number for cell in program.cells if cell.first_line <= ask.line <= cell.last_line), 0)
        drafts.append(Draft(question, Stop(identity, ask.expression, ask.line, ask.turn), cell=cell))
    return drafts


def _prompt(ask: Ask, expression: str, *, in_loop: bool) -> str:
    if ask.turn is not None:
        when = f"After line {ask.line}, turn {ask.turn}"
    elif in_loop:
        when = f"After line {ask.line} in the last turn of the loop"
    else:
        when = f"After line {ask.line}"
    return f"{when}: what is `{expression}`?"


def _hints(ask: Ask, expression: str, line: str) -> list[str]:
    code = line[: ask.mark_column] if ask.mark_line == ask.line else line
    first = f"Look at `{expression}` before line {ask.line}, and at what the line does."
    rule = next((rule for held, asked, rule in RULES if re.search(held, code) and re.search(asked, expression)), None)
    return [first, rule] if rule is not None else [first]


def _loops(program: Program) -> set[int]:
    """The lines that stand inside a loop of their function, or of the program."""
    lines = program.source.split("\n")
    found: set[int] = set()
    for cell in program.cells:
        if cell.kind != "code":
            continue
        before = cell.first_line - 1
        tree = ast.parse("\n".join(lines[before : cell.last_line]))
        found.update(line + before for line in _looped(tree, inside=False))
    return found


def _looped(node: ast.AST, *, inside: bool) -> set[int]:
    found: set[int] = set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        inside = False
    for child in ast.iter_child_nodes(node):
        loop = isinstance(child, ast.For | ast.AsyncFor | ast.While)
        if isinstance(child, ast.stmt) and (inside or loop):
            found.add(child.lineno)
        found |= _looped(child, inside=inside or loop)
    return found
