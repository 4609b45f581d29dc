"""A quiz or a review: one question after the other, each below the program that it is about."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tutor.lesson.program import Program
from tutor.plain.format import harmless
from tutor.quiz.asking import Asking, Source
from tutor.quiz.question import Question
from tutor.quiz.sitting import Sitting
from tutor.tui.questions.due import counted, told
from tutor.tui.questions.host import Host
from tutor.tui.questions.plans import Plan, Ready, made_ready
from tutor.tui.screens.may_run import MayRun
from tutor.tui.screens.results import Results
from tutor.tui.widgets.code_view import CodeView
from tutor.tui.widgets.header_line import HeaderLine
from tutor.tui.widgets.question_box import QuestionBox

if TYPE_CHECKING:
    from tutor.tui.app import TutorApp

_HEADINGS = {"again": "asked again", "quiz": "question", "review": "review"}


class QuizScreen(Screen[None]):
    """Asks the questions of a plan, then shows what came of them.

    Args:
        plan: What is asked.
    """

    DEFAULT_CSS = """
    QuizScreen #waiting { height: 1fr; padding: 1 2; }
    QuizScreen #box { height: auto; max-height: 70%; }
    QuizScreen QuestionBox { max-height: 100%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="quiz.leave", tooltip="End here and see what came of it"),
        Binding("pageup", "scroll_code(-1)", "Program up", id="quiz.up", tooltip="Scroll the program up"),
        Binding("pagedown", "scroll_code(1)", "Program down", id="quiz.down", tooltip="Scroll the program down"),
    ]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan
        self._programs: dict[tuple[str, str], Program] = {}
        """The program of each question."""
        self._sitting = Sitting([])
        self._hosts: dict[str, Host] = {}
        self._times: dict[tuple[str, str], int] = {}
        self._complete = False
        self._ended = False
        """Whether what came of it is shown."""

    @property
    def tutor(self) -> TutorApp:
        """The application, which knows the person."""
        from tutor.tui.app import TutorApp

        assert isinstance(self.app, TutorApp)
        return self.app

    @property
    def complete(self) -> bool:
        """Whether no more questions are being made ready."""
        return self._complete

    def compose(self) -> ComposeResult:
        """The header, the program, the question."""
        yield HeaderLine(id="header")
        yield Static(Content("The questions are being made ready …"), id="waiting")
        yield CodeView(id="code")
        yield Container(id="box")

    def on_mount(self) -> None:
        """Make the questions ready."""
        self.query_one(CodeView).display = False
        self._show_head()
        self.run_worker(self._get_ready())

    async def _get_ready(self) -> None:
        """Evaluate everything that is asked; the first question comes as soon as it is known."""
        from tutor.recorder.evaluate import EvaluatorError

        for problem in self._plan.problems:
            self.notify(harmless(problem), severity="warning", markup=False)
        if self._plan.note:
            self.notify(harmless(self._plan.note), markup=False)
        if not await self._may_run():
            self.dismiss()
            return
        try:
            async for found in made_ready(self._plan, self.tutor.desk, self.tutor.source_of):
                if not self.query("#box"):
                    # The application ended in the meantime.
                    return
                self._programs.update({self._key(question): found.part.program for question in found.questions})
                self._sitting.add(found.questions)
                self._leave_out(found)
                if self._sitting.next() is not None and not self.query(QuestionBox):
                    await self._next()
                self._show_head()
        except EvaluatorError as error:
            self.notify(harmless(f"Some questions cannot be asked: {error}"), severity="warning", markup=False)
        self._complete = True
        self._show_head()
        if not self._programs:
            self._wait("There is nothing to ask here. Press escape to go back.")
        elif self._sitting.next() is None:
            self._end()

    async def _may_run(self) -> bool:
        """Ask before programs of one's own are run that were not opened now; whether there is something to do."""
        own = [part for part in self._plan.parts if part.own]
        if not own:
            return True
        others = len(own) < len(self._plan.parts)
        answer = await self.app.push_screen_wait(
            MayRun([(told(part.program), part.size) for part in own], others=others)
        )
        if answer is False:
            self._plan = self._plan._replace(parts=[part for part in self._plan.parts if not part.own])
        return answer is not None

    def _leave_out(self, found: Ready) -> None:
        """Say quietly what of a program of one's own cannot be asked; what it does not give any more is not due."""
        count = len(found.missing)
        if found.gone and count:
            self._host_of(found.part.program).gone(found.missing)
        if found.part.own and count:
            why = "does not give them any more" if found.gone else "did not come to where they are asked"
            self.notify(harmless(f"Not asked: {counted(count, found.part.program.path, why)}."), markup=False)

    def _wait(self, text: str) -> None:
        self.query_one("#waiting", Static).update(Content(text))
        self.query_one("#waiting").display = True
        self.query_one(CodeView).display = False

    def _show_head(self) -> None:
        facts = []
        if self._programs and self._sitting.left:
            facts = [f"{self._sitting.left} to go"] if self._complete else [f"{self._sitting.left} to go, more to come"]
        title = "Review" if self._plan.source == "review" else f"Questions · {harmless(self._plan.title)}"
        self.query_one(HeaderLine).show(title, facts)

    # One question after the other

    async def _next(self) -> None:
        question = self._sitting.next()
        box = next(iter(self.query("#box")), None)
        if box is None or self._ended:
            # The screen is being left while a question became ready.
            return
        await box.remove_children()
        if question is None and self._complete:
            self._end()
        if question is None:
            self._wait("The next questions are being made ready …")
            return
        self.query_one("#waiting").display = False
        code = self.query_one(CodeView)
        code.display = bool(question.code)
        if question.code:
            code.show(question)
        asking = Asking(
            question, source=self._source(question), clock=time.monotonic, first=self._host(question).never_missed
        )
        await box.mount(QuestionBox(asking, self._heading(question), "end"))
        self._show_head()

    def _source(self, question: Question) -> Source:
        """A question that comes back is practice, which does not move the schedule."""
        return "review" if self._plan.source == "review" and self._key(question) not in self._times else "quiz"

    def _heading(self, question: Question) -> str:
        lesson = question.lesson.rpartition("/")[2]
        how = "again" if self._key(question) in self._times else self._plan.source
        return f"{_HEADINGS[how]} · {harmless(lesson)} · {harmless(question.id)}"

    @staticmethod
    def _key(question: Question) -> tuple[str, str]:
        return question.lesson, question.id

    def _host(self, question: Question) -> Host:
        return self._host_of(self._programs[self._key(question)])

    def _host_of(self, program: Program) -> Host:
        # One file can be a lesson and a program of one's own, whose answers are kept apart.
        name = program.name or program.path
        if name not in self._hosts:
            can_run = self._plan.recording is None
            self._hosts[name] = Host(self.tutor, program if can_run else None, self.tutor.torch_version)
        return self._hosts[name]

    @property
    def _box(self) -> QuestionBox:
        return self.query_one(QuestionBox)

    def on_question_box_answered(self, message: QuestionBox.Answered) -> None:
        """Keep the answer."""
        self._host(message.asking.question).keep(message.asking, message.response)

    def on_question_box_run_wanted(self, message: QuestionBox.RunWanted) -> None:
        """Run the answer."""
        box = self._box
        self.run_worker(self._host(box.asking.question).run(box, message.needs), exclusive=True, group="run")

    def on_question_box_compare_wanted(self, message: QuestionBox.CompareWanted) -> None:
        """Show the two runs."""
        host = self._host(self._box.asking.question)
        self.run_worker(host.compare(message.reading), exclusive=True, group="compare")

    async def on_question_box_over(self) -> None:
        """Ask the next one."""
        self._finish(self._box.asking)
        await self._next()

    def _finish(self, asking: Asking) -> None:
        key = self._key(asking.question)
        self._times[key] = self._times.get(key, 0) + 1
        self._sitting.finished(
            asking.question, asking.outcome or "skipped", misses=len(asking.misses), readings=asking.readings
        )

    def _end(self) -> None:
        """Show what came of it; who leaves that leaves this screen too."""
        if self._ended:
            return
        self._ended = True
        # Of a saved recording the program is not run, not even to look at a line.
        can_run = self._plan.recording is None
        results = Results(self._plan.title, self._sitting.results(), self._programs if can_run else {})
        self.app.push_screen(results, lambda _: self.dismiss())

    def action_scroll_code(self, direction: int) -> None:
        """Scroll the program by a page."""
        code = self.query_one(CodeView)
        code.scroll_relative(y=direction * max(code.size.height - 1, 1), animate=False)

    def action_leave(self) -> None:
        """Show what came of it so far, or leave where nothing was answered."""
        for box in self.query(QuestionBox):
            if box.asking.done:
                self._finish(box.asking)
        self.workers.cancel_node(self)
        if self._sitting.results():
            self._end()
        else:
            self.dismiss()
