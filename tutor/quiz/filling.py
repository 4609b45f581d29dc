"""The program that an answer makes, where the answer is graded by running it."""

from __future__ import annotations

import ast
import textwrap
import warnings

from tutor.lesson.changes import CodeCell
from tutor.quiz.question import HOLE, Run


def code_of(run: Run, answer: str) -> list[CodeCell] | str:
    """The code cells with an answer in the place of ``HOLE``, or a sentence that says why they cannot be run.

    An answer of several lines is indented as ``HOLE`` is, where that has a line of its own.

    Args:
        run: How the answer is graded.
        answer: What was written, or the lines in their order.
    """
    if not answer.strip():
        return "There is nothing to run. Write a line of code."
    answer = textwrap.dedent(answer).strip("\n")
    cells = [(number, first, _filled(text, answer)) for number, first, text in run.cells]
    for _, first, text in cells:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                # Some errors, such as a return outside a function, only show when code is made.
                compile(ast.parse(text), "answer", "exec", dont_inherit=True)
        except SyntaxError as error:
            return f"Python cannot read this in line {first + (error.lineno or 1) - 1}: {error.msg}."
        except (ValueError, RecursionError, MemoryError):
            return "Python cannot read this. Write it more simply."
    return cells


def _filled(text: str, answer: str) -> str:
    return "\n".join(_filled_line(line, answer) for line in text.split("\n"))


def _filled_line(line: str, answer: str) -> str:
    if line.strip() == HOLE:
        return textwrap.indent(answer, line[: len(line) - len(line.lstrip())])
    return line.replace(HOLE, answer)
