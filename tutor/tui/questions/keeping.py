"""What is kept of the answers that somebody gives."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.lesson.program import Program
from tutor.progress.answers import Answer
from tutor.progress.folder import OWN
from tutor.progress.store import OwnFile
from tutor.quiz.asking import Asking
from tutor.quiz.question import Question

if TYPE_CHECKING:
    from tutor.progress.review import Schedule
    from tutor.progress.store import Store

MISSED: Final = "missed"
"""The setting that says whether somebody ever predicted wrongly."""

GONE: Final = ""
"""What a question is about that was looked for in its program and was not there any more."""


class Keeper:
    """Keeps the answers to questions about one program, and when each question is due again.

    Args:
        store: Where.
        schedule: When questions are due.
        torch: Version of torch that the answers belong to.
        pack: Name of the program's pack.
        program: The program; None where it cannot be run, since only its recording is there.
    """

    def __init__(self, store: Store, schedule: Schedule, torch: str, pack: str, program: Program | None) -> None:
        self._store = store
        self._schedule = schedule
        self._torch = torch
        self._pack = pack
        self._program = program

    @property
    def never_missed(self) -> bool:
        """Whether nobody has predicted wrongly here before."""
        return not self._store.setting(MISSED, False)

    def take(self, asking: Asking) -> None:
        """Keep the answer given last; it is in the file when this returns."""
        given = asking.record()
        self._store.keep_answer(
            Answer(
                self._pack,
                self._lesson(asking.question),
                given.question,
                time.time() - given.seconds,
                given.attempt,
                given.text,
                given.outcome,
                tuple(given.readings),
                given.hints,
                given.seconds,
                self._torch,
                asking.source,
            )
        )
        if given.outcome == "wrong":
            self._store.keep_setting(MISSED, True)

    def settle(self, asking: Asking) -> None:
        """Say when a question that is over is due again; one that was skipped stays as it was."""
        if asking.outcome not in ("right", "shown"):
            return
        question, program = asking.question, self._program
        self._schedule.rate(
            self._pack,
            self._lesson(question),
            question.id,
            asking.outcome == "right",
            asking.hints,
            missed=bool(asking.misses),
            source=asking.source,
            about=line_of(program, question.line) if program is not None else None,
        )
        if program is not None and self._pack == OWN:
            directory = program.directory or str(Path.cwd())
            self._store.keep_own(OwnFile(program.path, tuple(program.arguments), directory))

    def _lesson(self, question: Question) -> str:
        """Name under which answers are kept: of a program of one's own its path, by which it is found again."""
        return self._program.path if self._program is not None and self._pack == OWN else question.lesson

    def gone(self, id: str) -> None:
        """Note that a question cannot be made from the program any more; when it is due stays as it was."""
        program = self._program
        if program is not None:
            lesson = program.path if self._pack == OWN else program.name
            self._store.keep_about(self._pack, lesson, id, GONE)


def line_of(program: Program, line: int) -> str | None:
    """A line of a program without the blanks around it, None where there is no such line."""
    lines = program.source.split("\n")
    return lines[line - 1].strip() if 0 < line <= len(lines) else None
