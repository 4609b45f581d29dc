"""A walk on which questions are asked: before a step is taken, its outcome is predicted."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import msgspec

from tutor.explain import explain
from tutor.recording.moment import Moment
from tutor.tui.questions.stops import MODES, Stop, Stops
from tutor.tui.screens.walking import WalkingScreen
from tutor.tui.source import OpenedRecording
from tutor.tui.widgets.time_line import TimeLine

if TYPE_CHECKING:
    from tutor.quiz.asking import Asking
    from tutor.quiz.question import Draft, Question
    from tutor.tui.app import TutorApp
    from tutor.tui.questions.host import Host

WARM: Final = 0.5
"""Seconds from the first look at a lesson until what makes its questions ready is started."""

PATIENCE: Final = 1.0
"""Seconds that a question made from the recording waits for its wrong answers."""

LONG: Final = 20_000
"""Steps from which on a program is not run again for a question made from its recording."""

_SAID: Final = {
    "marks": "Questions are asked where the lesson asks (a changes it).",
    "telling": "Questions are asked before every telling step (a changes it).",
    "off": "No questions are asked (a changes it).",
}


class AskingScreen(WalkingScreen):
    """Walks through a recording and asks on the way."""

    _stops: Stops | None = None
    _placed = False
    _preparing = False
    _busy = False
    _host: Host | None = None

    @property
    def tutor(self) -> TutorApp:
        """The application, which knows the person."""
        from tutor.tui.app import TutorApp

        assert isinstance(self.app, TutorApp)
        return self.app

    def on_mount(self) -> None:
        """Ask as the person wants to be asked."""
        self._stops = Stops(self.tutor.store.setting("asking", MODES[0]))
        self._ready: dict[str, Question] = {}
        self._askings: dict[str, Asking] = {}
        self._arrived = asyncio.Event()
        if self._can_run and self._program is not None and self._program.asks and self._stops.mode != "off":
            self.set_timer(WARM, self.tutor.desk.warm)

    @property
    def _can_run(self) -> bool:
        """Whether the program is there to be run; of a saved recording only the recording is."""
        return self._program is not None and not isinstance(self._takings.source, OpenedRecording)

    def arrived(self) -> None:
        """All of the recording is there: now it is known where to ask."""
        super().arrived()
        if self._placed or self._program is None or self._stops is None or not self._takings.complete:
            return
        self._placed = True
        drafts: list[Draft] = []
        if self._can_run and self._program.asks:
            # Imported late, as everything about questions: the first step does not wait for it.
            from tutor.quiz.marks import drafts_of_marks

            drafts = drafts_of_marks(self._program)
        self._stops.place(drafts, self._program, self.recording)
        self._veil()
        self._preparing = bool(drafts)
        if drafts:
            self.run_worker(self._make_ready(drafts), group="questions")

    async def _make_ready(self, drafts: list[Draft]) -> None:
        """Find the answers to the marks of the lesson, and the wrong answers."""
        from tutor.recorder.evaluate import EvaluatorError

        assert self._program is not None
        try:
            questions = await self.tutor.desk.questions(self._program, drafts)
        except EvaluatorError as error:
            questions = []
            self.say(f"Nothing is asked here: {error}")
        self._ready = {question.id: question for question in questions}
        self._arrived.set()

    @property
    def asks_now(self) -> bool:
        """Whether all is known that a question on the way needs."""
        return self._placed and (self._arrived.is_set() or not self._preparing)

    @property
    def busy(self) -> bool:
        """Whether a question is on its way to the screen."""
        return self._busy

    @property
    def shown_until(self) -> int | None:
        """The last step that may be told of where something later is still to be predicted, else None."""
        return self.number if self._stops is not None and self._stops.hides_after(self.number) else None

    def _alarm(self) -> str:
        # How the program ends is not told before somebody had the chance to predict it.
        stops, on_the_way = self._stops, self.number < self.recording.count
        asking = stops is not None and (stops.mode == "telling" or self.shown_until is not None)
        return "" if asking and on_the_way and not self._takings.failure else super()._alarm()

    def _explained(self, moment: Moment) -> list[str]:
        # What a call is going to do is not foretold where that is asked next.
        stops, following = self._stops, moment.number + 1
        asked = stops is not None and stops.next(self.recording, moment.number, following) is not None
        return explain(moment, forecast=not asked)

    def _veil(self) -> None:
        """Show of what comes later only what gives nothing away."""
        if self._stops is not None:
            self.query_one(TimeLine).veil(self.shown_until is not None)

    def _show_progress(self) -> None:
        self._veil()
        super()._show_progress()

    # Asking

    def ask_before(self, target: int) -> bool:
        """Stop on the way to a step if something is asked before it; whether that is so."""
        if self._stops is None or target <= self.number:
            return False
        stop = self._stops.next(self.recording, self.number, target)
        if stop is None:
            return False
        if stop.step - 1 > self.number:
            self.go(stop.step - 1)
        self.run_worker(self._ask(stop, target), group="ask", exclusive=True)
        return True

    async def _ask(self, stop: Stop, target: int) -> None:
        """Ask, and take the step when the question is over."""
        from tutor.tui.screens.question import QuestionScreen

        assert self._stops is not None
        self._busy = True
        try:
            asking = await self._asking_of(stop)
        finally:
            self._busy = False
        if asking is None:
            # Nothing sensible can be asked here after all.
            self._stops.over(stop.id)
            if not self.ask_before(target):
                self.go(target)
            return
        if self.app.screen is not self:
            return
        self.say("")
        over = await self.app.push_screen_wait(QuestionScreen(asking, self.host, "before this step runs"))
        if not over:
            self.say("The question waits: the next step asks it again. a switches questions off.")
            return
        self._stops.over(stop.id)
        del self._askings[stop.id]
        self.arrived()
        self._veil()
        if self.number == stop.step - 1:
            self.go(stop.step)

    async def _asking_of(self, stop: Stop) -> Asking | None:
        """The question as far as it was answered before, or newly made ready; None if it cannot be asked."""
        from tutor.quiz.asking import Asking

        if stop.id not in self._askings:
            question = await self._question(stop)
            if question is None:
                return None
            first = self.host.never_missed
            self._askings[stop.id] = Asking(question, source="step", clock=time.monotonic, first=first)
        return self._askings[stop.id]

    async def _question(self, stop: Stop) -> Question | None:
        """The question with its answers, as soon as they are known; None if it cannot be asked."""
        from tutor.quiz.made.nearby import with_nearby

        if not stop.made:
            if not self._arrived.is_set():
                self.say("The question is being made ready …")
                await self._arrived.wait()
                self.say("")
            question = self._ready.get(stop.id)
            return with_nearby(question, self.recording, stop.step) if question is not None else None
        from tutor.tui.questions.desk import finished

        draft = stop.draft
        if draft.stop is not None and self._can_run and self.recording.count < LONG:
            assert self._program is not None
            work = asyncio.ensure_future(self.tutor.desk.questions(self._program, [draft]))
            done, _ = await asyncio.wait([work], timeout=PATIENCE)
            if done and work.exception() is None and work.result():
                return work.result()[0]
        assert self._program is not None
        return next(iter(finished(self._program, [msgspec.structs.replace(draft, stop=None)])), None)

    @property
    def host(self) -> Host:
        """Serves the questions."""
        from tutor.tui.questions.host import Host

        if self._host is None:
            header = self.recording.header
            torch = header.torch if header is not None else ""
            self._host = Host(self.tutor, self._program if self._can_run else None, torch)
        return self._host

    def action_asking(self) -> None:
        """Ask more, or less."""
        assert self._stops is not None
        mode = self._stops.next_mode()
        self.tutor.store.keep_setting("asking", mode)
        self._show_words()
        self._show_progress()
        self.say(_SAID[mode])

    def action_questions(self) -> None:
        """Ask all questions about this program."""
        if self._program is None or not self.recording.count:
            self.say("There is nothing to ask about yet.")
        elif not self.ended:
            self.say("The program is still being recorded; its questions come when it has ended.")
        else:
            self.tutor.open_quiz(self._program, self.recording if not self._can_run else None)
