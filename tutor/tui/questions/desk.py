"""Gets questions ready and grades answers that have to be run, away from the screen's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from tutor.lesson.changes import CodeCell
from tutor.lesson.check.seen import Raised, Stop
from tutor.lesson.program import Cell, Program
from tutor.lesson.readings import Reading, readings
from tutor.lesson.value import Value
from tutor.quiz.asking import NeedsRun
from tutor.quiz.choices import finish
from tutor.quiz.lessons import readings_of, stops_of
from tutor.quiz.question import Draft, Question
from tutor.recording.nudge import NudgePlan, Slopes

if TYPE_CHECKING:
    from tutor.quiz.answers import Answers
    from tutor.recorder.forked import ForkedRun
    from tutor.recorder.misread import Misreader

Result = TypeVar("Result")

LONGEST: Final = 20.0
"""Seconds that one run of a program for a question may take."""


class _Nothing:
    """Answers where nothing can be run: only what is known from a recording can be asked."""

    def __init__(self) -> None:
        self.right: dict[str, Value] = {}
        self.raised: Sequence[Raised] = ()
        self.wrong: dict[str, dict[str, Value]] = {}
        self.wrong_raised: dict[str, Sequence[Raised]] = {}


NOTHING: Final = _Nothing()


def finished(program: Program, drafts: Iterable[Draft], answers: Answers = NOTHING) -> list[Question]:
    """The questions about a program that can be asked."""
    lesson = program.name or program.path
    questions = (finish(draft, answers) for draft in drafts)
    return [msgspec.structs.replace(question, lesson=lesson) for question in questions if question is not None]


class Desk:
    """One process that runs programs for questions, one after the other.

    Args:
        seed: Seed of the random numbers, None for none.
    """

    def __init__(self, seed: int | None = 0) -> None:
        self._seed = seed
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="questions")
        self._misreader: Misreader | None = None

    def warm(self) -> None:
        """Let the process be on its way. Returns at once."""
        self._started()

    async def questions(self, program: Program, drafts: Sequence[Draft]) -> list[Question]:
        """The questions that can be asked, with their answers and the wrong answers that misreadings give."""
        if not drafts:
            return []
        answers = await self.answers(program, stops_of(drafts), readings_of(drafts), [draft.cell for draft in drafts])
        return finished(program, drafts, answers)

    async def answers(self, program: Program, stops: list[Stop], more: list[Reading], cells: Sequence[int]) -> Answers:
        """What the program gives at some stops, as it is and under each misreading.

        Args:
            program: What is run.
            stops: Where expressions are evaluated.
            more: Readings of it that its author gave.
            cells: Numbers of the code cells that have to run.
        """
        last = max(cells, default=0) or max((cell.number for cell in program.cells), default=1)
        ways = [*readings(program, last), *more]
        return await self._run(lambda misreader: misreader.answers(program, stops, ways, timeout=LONGEST))

    async def run(self, program: Program, needs: NeedsRun) -> tuple[Value | None, Sequence[Raised]]:
        """What an answer gives that has to be run."""
        changed = _of_cells(program, needs.cells)
        answers = await self._run(lambda misreader: misreader.answers(changed, [needs.stop], [], timeout=LONGEST))
        return answers.right.get(needs.stop.key), answers.raised

    async def record(self, program: Program, belief: str = "") -> ForkedRun:
        """A recording of a program, as it is or under a misreading of torch."""
        return await self._run(lambda misreader: misreader.record(program, belief, timeout=LONGEST))

    async def slopes(self, program: Program, plan: NudgePlan, told: Callable[[int, int], bool]) -> Slopes:
        """A gradient checked by running the program with its leaf changed a little.

        Args:
            program: What is run.
            plan: What to check.
            told: Hears of each run in another thread; False stops.

        Raises:
            EvaluatorError: the process that runs the program is gone.
        """
        return await self._run(lambda misreader: misreader.slopes(program, plan, told))

    async def _run(self, work: Callable[[Misreader], Result]) -> Result:
        misreader = self._started()
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, misreader)

    def _started(self) -> Misreader:
        from tutor.recorder.misread import Misreader

        if self._misreader is None:
            self._misreader = Misreader(self._seed)
            self._misreader.warm()
        return self._misreader

    def close(self) -> None:
        """End the process; what it was running is given up."""
        if self._misreader is not None:
            self._misreader.close()
            self._misreader = None
        self._pool.shutdown(wait=True, cancel_futures=True)


def _of_cells(program: Program, cells: Sequence[CodeCell]) -> Program:
    """A program of other code cells; each begins on its line, or below the one before if that got longer."""
    lines: list[str] = []
    laid: list[Cell] = []
    for number, first_line, text in cells:
        lines += [""] * (first_line - 1 - len(lines))
        begins = len(lines) + 1
        lines += text.split("\n")
        laid.append(Cell("code", begins, len(lines), number))
    return msgspec.structs.replace(program, source="\n".join(lines), cells=laid)
