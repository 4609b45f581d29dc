"""Asks what a program is to be compared with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tutor.lesson.program import Program
from tutor.tui.screens.ask import Ask


class CompareWith(Ask[Program | Path]):
    """Gives back a program to record or the path of a saved recording, None when it was left.

    Args:
        find: What is meant by what was typed, or why it cannot be opened.
        usual: What is meant where nothing is typed, None if nothing is.
        name: What that is called.
    """

    def __init__(self, find: Callable[[str], Program | Path | str], usual: Program | None, name: str) -> None:
        question = "Compare with: a lesson, a .py file, a notebook or a saved recording"
        super().__init__(f"{question}\nEnter alone: {name}" if usual is not None else question)
        self._find = find
        self._usual = usual

    def read(self, text: str) -> Program | Path | str:
        """What is meant, or why it cannot be opened."""
        if text.strip():
            return self._find(text.strip())
        return self._usual if self._usual is not None else "Type the name of a lesson or of a file."
