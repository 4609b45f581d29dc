"""What a question on the screen needs of the application: its answers run, kept, and compared with a misreading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tutor.lesson.beliefs import BELIEFS
from tutor.lesson.program import Program
from tutor.lesson.readings import Reading, read_as_program, reading_of
from tutor.quiz.asking import Asking, NeedsRun, Response
from tutor.quiz.lessons import drafts_of, readings_of
from tutor.tui.questions.keeping import Keeper

if TYPE_CHECKING:
    from tutor.tui.app import TutorApp
    from tutor.tui.widgets.question_box import QuestionBox


class Host:
    """Serves the questions about one program.

    Args:
        app: The application.
        program: The program; None where it cannot be run, since only its recording is there.
        torch: Version of torch that runs it.
    """

    def __init__(self, app: TutorApp, program: Program | None, torch: str) -> None:
        self._app = app
        self._program = program
        self._keeper = Keeper(app.store, app.schedule, torch, app.person.pack_of(program), program)

    @property
    def never_missed(self) -> bool:
        """Whether nobody has predicted wrongly here before."""
        return self._keeper.never_missed

    def keep(self, asking: Asking, response: Response) -> None:
        """Keep an answer, and when the question is due again where it is over."""
        self._keeper.take(asking)
        if response.done:
            # After drawing: what plans the next time takes a moment to be imported.
            self._app.call_after_refresh(self._keeper.settle, asking)

    def gone(self, ids: Iterable[str]) -> None:
        """Note that the program does not give some questions any more that were asked about it."""
        for id in ids:
            self._keeper.gone(id)

    async def run(self, box: QuestionBox, needs: NeedsRun) -> None:
        """Run an answer and show what came of it; an answer that cannot be run does not count."""
        from tutor.recorder.evaluate import EvaluatorError

        assert self._program is not None
        try:
            value, raised = await self._app.desk.run(self._program, needs)
        except EvaluatorError as error:
            box.run_failed(f"This could not be run: {error}")
        else:
            box.answer_of_run(box.asking.ran(value, raised))

    async def compare(self, name: str) -> None:
        """Show the program beside what it does under a misreading."""
        from tutor.recorder.evaluate import EvaluatorError
        from tutor.tui.screens.compare import CompareScreen

        program, reading = self._program, self._reading(name)
        if program is None or reading is None:
            return
        belief = BELIEFS.get(name)
        said = belief.believes if belief is not None else "with the change"
        try:
            one = await self._app.desk.record(program)
            other = await self._app.desk.record(read_as_program(program, reading), reading.belief)
        except EvaluatorError as error:
            self._app.notify(str(error), severity="error", markup=False)
            return
        self._app.push_screen(CompareScreen(one, other, ("what torch does", said), None))

    def _reading(self, name: str) -> Reading | None:
        """A reading of the program by its name: one that everybody may have, or one that its author gave."""
        program = self._program
        if program is None:
            return None
        if name in BELIEFS:
            last = max((cell.number for cell in program.cells), default=1)
            return reading_of(program, last, name)
        return next((reading for reading in readings_of(drafts_of(program)) if reading.name == name), None)
