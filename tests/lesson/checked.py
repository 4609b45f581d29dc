"""Checking small lessons in tests."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.check.checking import Checker, Look, subjects
from tutor.lesson.check.problem import Problem
from tutor.lesson.check.seen import Plan, Seen
from tutor.lesson.program import Program

TOP = '# %% [raw] tutor="lesson"\n# title = "T"\n# minutes = 1\n# read = ["R"]\n\n# %%\n'
"""The top of a lesson; its code begins on line 7."""

QUESTION = """
# %% [raw] id="q" tutor="quiz"
# type = "number"
# prompt = "P"
# ask = "x.grad"
# hint = ["H"]
"""
"""The top of a question, five lines after the first, which is blank."""

WRONG = '#\n# [[wrong]]\n# value = "x"\n# why = "W"\n'
"""A wrong answer."""


def not_run(program: Program, plan: Plan) -> Seen:
    """Stands for a run that went well and in which nothing happened."""
    return Seen(finished=True)


def check(path: Path, look: Look = not_run) -> list[Problem]:
    """Everything that a check says about a file or a folder."""
    checker = Checker(look)
    return [problem for subject in subjects(path) for problem in checker.check(subject)]


def check_text(folder: Path, text: str, look: Look = not_run) -> list[Problem]:
    """Everything that a check says about a lesson."""
    path = folder / "01_lesson.py"
    path.write_text(text, encoding="utf-8")
    return check(path, look)


def refusals(problems: list[Problem]) -> list[tuple[int, str]]:
    """Line and rule of what is refused."""
    return [(problem.line, problem.rule) for problem in problems if problem.refused]


def warnings(problems: list[Problem]) -> list[tuple[int, str]]:
    """Line and rule of what is warned of."""
    return [(problem.line, problem.rule) for problem in problems if not problem.refused]
