"""Where the stepper asks: before which steps, and what is over already."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from tutor.lesson.program import Program
from tutor.lesson.syntax import statement_lines
from tutor.recording.queries.visits import last_visit
from tutor.recording.recording import Recording

if TYPE_CHECKING:
    from tutor.quiz.question import Draft

FARTHEST: Final = 2_000
"""Steps ahead that are looked through for something telling."""

MODES: Final = ("marks", "telling", "off")
"""Ask where the lesson asks; before each telling step besides; never."""


class Stop(NamedTuple):
    """A question before a step."""

    step: int
    """The step that is not taken before the question is over."""
    draft: Draft
    made: bool
    """Whether the question was made from the recording, and is no mark of the lesson."""

    @property
    def id(self) -> str:
        """Id of the question."""
        return self.draft.question.id


class Stops:
    """What is asked while somebody walks through one recording.

    Args:
        mode: One of ``MODES``.
    """

    def __init__(self, mode: str) -> None:
        self.mode = mode if mode in MODES else MODES[0]
        self._waiting: dict[int, Stop] = {}
        self._steps: list[int] = []
        self._over: set[str] = set()

    def place(self, drafts: Sequence[Draft], program: Program, recording: Recording) -> None:
        """Let the questions of a lesson wait at their lines; one that the run does not come to is never asked."""
        heads = _heads(program.source) if drafts else {}
        self._waiting = {}
        for draft in drafts:
            line = draft.question.line
            visit = last_visit(recording, heads.get(line, range(line, line + 1)), draft.question.turn)
            if visit is not None:
                self._waiting.setdefault(visit.first, Stop(visit.first, draft, made=False))
        self._steps = sorted(self._waiting)

    def over(self, id: str) -> None:
        """A question is not asked again."""
        self._over.add(id)

    def next_mode(self) -> str:
        """Ask in the next way; what was asked before may be asked once more."""
        self.mode = MODES[(MODES.index(self.mode) + 1) % len(MODES)]
        self._over.clear()
        return self.mode

    def next(self, recording: Recording, number: int, target: int) -> Stop | None:
        """The first question on the way from a step to a later one."""
        if self.mode == "off":
            return None
        found = next((stop for stop in self._after(number) if stop.step <= target), None)
        if self.mode == "telling":
            # Imported late: most people are only asked where the lesson asks.
            from tutor.quiz.made import made_at

            end = min(found.step if found is not None else target + 1, number + FARTHEST, recording.count + 1)
            for step in range(number + 1, end):
                draft = made_at(recording, step)
                if draft is not None and draft.question.id not in self._over:
                    return Stop(step, draft, made=True)
        return found

    def hides_after(self, number: int) -> bool:
        """Whether something that comes later is still to be asked, so that it may not be shown before."""
        return self.mode != "off" and bool(self._after(number))

    def _after(self, number: int) -> list[Stop]:
        """The marks after a step that are still to be asked, in order."""
        later = (self._waiting[step] for step in self._steps[bisect_right(self._steps, number) :])
        return [stop for stop in later if stop.id not in self._over]


def _heads(source: str) -> dict[int, range]:
    """For the first line of each statement all its lines; of a compound one those of its head."""
    heads: dict[int, range] = {}
    for line, first in statement_lines(ast.parse(source)).items():
        known = heads.get(first, range(first, first + 1))
        heads[first] = range(first, max(known.stop, line + 1))
    return heads
