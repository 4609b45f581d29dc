"""Asking what a small program would give under a wrong reading."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.check.seen import Stop
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.lesson.readings import reading_of
from tutor.recorder.misread import Answers, Misreader

NN = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def written(folder: Path, text: str) -> Program:
    """A program in a file of its own."""
    path = folder / "program.py"
    path.write_text(NN + text, encoding="utf-8")
    return read_program(path)


def ask(misreader: Misreader, program: Program, expression: str, *names: str) -> Answers:
    """What an expression is after the last cell, as it is and under some readings; its key is ``ask``."""
    last = max(cell.number for cell in program.cells if cell.kind == "code")
    found = [reading for name in names if (reading := reading_of(program, last, name)) is not None]
    assert len(found) == len(names)
    return misreader.answers(program, [Stop("ask", expression, cell=last)], found, timeout=30)
