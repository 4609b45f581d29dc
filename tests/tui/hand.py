"""The application over a course, with a recording made by hand in the place of a run."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.program import Program
from tutor.tui.app import TutorApp

from .tape import Growing, accumulation


class Hand(TutorApp):
    """The application with a recording made by hand in the place of a run."""

    def __init__(self, pack: Path, log: Path) -> None:
        super().__init__(pack=pack)
        self.opened: list[Program] = []
        self._log_path = log

    def source_of(self, program: Program, *, times: int = 1, belief: str = "") -> Growing:
        self.opened.append(program)
        return Growing(accumulation(self._log_path))
