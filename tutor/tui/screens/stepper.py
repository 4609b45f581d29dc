"""Walking through a recording: the one owner of the step now."""

from __future__ import annotations

import time
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Static

from tutor.lesson.program import Program
from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.log import DamagedError
from tutor.recording.queries import lines
from tutor.recording.recording import Recording
from tutor.tui import moves
from tutor.tui.headline import end_words, facts_of, title_of
from tutor.tui.index import Index
from tutor.tui.keys import HINTS, STEPPER, key_text
from tutor.tui.moment import Moment, Moments
from tutor.tui.screens.go_to import GoTo
from tutor.tui.screens.help import Help
from tutor.tui.source import Source, program_of
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.header_line import HeaderLine
from tutor.tui.widgets.panes import Panes
from tutor.tui.widgets.program_pane import ProgramPane
from tutor.tui.widgets.time_line import TimeLine
from tutor.tui.words import describe

WIDE: Final = 100
"""Cells from which on all panes are seen at once."""

LEAST: Final = (60, 18)
"""Width and height below which nothing is shown."""

PAUSE: Final = 1 / 500
"""Seconds between slices of work on the recording while more is waiting and no key is pressed."""

FRAME: Final = 1 / 30
"""Seconds between looks at what was recorded, when nothing was waiting."""

TELL: Final = 0.2
"""Seconds between two reports of how far the recording is."""

BUSY_SLICE: Final = 0.002
IDLE_SLICE: Final = 0.007
"""Seconds spent on it at a time: little while keys are pressed, more while nobody waits."""

STARTING: Final = "Python and torch are being started, which takes a few seconds the first time …"


class StepperScreen(Screen[None]):
    """Program, tensors, graph, why and output after a step, and the keys that change the step.

    Args:
        source: The recording; closed together with the screen.
        program: What was recorded; None takes it from the recording.
        step: Where to begin, once it is recorded.
    """

    DEFAULT_CSS = """
    StepperScreen #too-small { display: none; content-align: center middle; width: 1fr; height: 1fr; }
    StepperScreen.-tiny > *, StepperScreen.-short > * { display: none; }
    StepperScreen.-tiny #too-small, StepperScreen.-short #too-small { display: block; }
    """

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (LEAST[0], "-narrow"),
        (WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (LEAST[1], "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = list(STEPPER)

    number: var[int] = var(0, init=False)
    """The step now, 0 while there is none."""

    def __init__(self, source: Source, program: Program | None = None, *, step: int = 1) -> None:
        super().__init__()
        self._source = source
        self._program = program
        self._index = Index(source.recording)
        self._moments = Moments(source.recording)
        self._moment = self._moments.at(0)
        self._shown: Moment | None = None
        self._failure = ""
        self._ended = False
        self._last_key = 0.0
        self._told = 0.0
        self._wanted = step
        """The step to begin with, until it is there or a key is pressed."""

    def compose(self) -> ComposeResult:
        """Header, panes, time line, keys."""
        yield HeaderLine(id="header")
        yield Panes(id="panes")
        yield TimeLine(id="time")
        yield BottomLine(HINTS, id="bottom")
        yield Static(Content(f"This terminal is too small; tutor needs {LEAST[0]} x {LEAST[1]}."), id="too-small")

    def on_mount(self) -> None:
        """Show the program, and begin to take in its recording."""
        if self._program is not None:
            self.query_one(Panes).load(self._program)
        self._take_in()
        self._show_words()

    def on_unmount(self) -> None:
        """Stop what is still running."""
        self._source.close()

    # The recording

    @property
    def recording(self) -> Recording:
        """What is stepped through."""
        return self._source.recording

    @property
    def ended(self) -> bool:
        """Whether nothing more can come."""
        return self._ended

    def _take_in(self) -> None:
        """Take in what was recorded since the last time, for a moment."""
        more = False
        try:
            more = self._grow()
        except DamagedError as error:
            self._fail(error)
        if self._ended and self._index.followed == self.recording.count:
            self._show_progress()
            return
        pause = PAUSE if (more or self._ended) and self._idle else FRAME
        self.set_timer(pause if self.recording.count else FRAME / 4, self._take_in)

    @property
    def _idle(self) -> bool:
        """Whether no key was pressed just now."""
        return time.monotonic() - self._last_key > 0.2

    def _grow(self) -> bool:
        """Take in a slice; whether more is waiting."""
        source = self._source
        recording = source.recording
        seconds = IDLE_SLICE if self._idle and recording.count else BUSY_SLICE
        more = source.pump(seconds) if source.running else False
        if recording.header is not None and self._program is None:
            self._program = program_of(recording.header)
            self.query_one(Panes).load(self._program)
        self._index.follow()
        if self.number == 0 and recording.count:
            self.number = 1
        if self._wanted > 1 and (recording.count >= self._wanted or not (more or source.running)):
            self.number, self._wanted = max(min(self._wanted, recording.count), 1), 1
        if not more and not source.running and not self._ended:
            self._ended = True
            self._show_words()
        if time.monotonic() - self._told > TELL:
            self._show_progress()
        return more

    def _fail(self, error: DamagedError) -> None:
        """Say that the recording cannot be read on, and keep what there is."""
        self._failure = harmless(str(error))
        self._ended = True
        self._source.stop(self._failure)
        self._show_words()
        self.say(self._failure)

    # Showing

    def watch_number(self) -> None:
        """Another step: draw it as soon as no more keys are waiting."""
        self.say("")
        self.call_later(self._show)

    def _show(self) -> None:
        """Bring all panes to the step now, unless they are there already."""
        moment = self.moment
        if moment is self._shown:
            return
        self._shown = moment
        try:
            self.query_one(Panes).show(moment, self._index)
        except DamagedError as error:
            self._fail(error)
        self._show_words()
        self._show_progress()
        if self.has_class("-narrow") and moment.step is not None and moment.step.kind is Kind.ERROR:
            self.say(": ".join(describe(moment)[:2]))

    @property
    def moment(self) -> Moment:
        """The step now, and the states around it."""
        if self._moment.number != self.number:
            try:
                self._moment = self._moments.at(self.number)
            except DamagedError as error:
                self._fail(error)
        return self._moment

    def _show_words(self) -> None:
        moment, end = self.moment, self.recording.end
        alarm = moment.step is not None and moment.step.kind is Kind.ERROR
        if moment.step is None:
            paragraphs = ["Nothing to step through." if self._ended else STARTING]
        else:
            paragraphs = describe(moment)
        if self._failure:
            paragraphs.append(self._failure)
        elif end is not None and moment.number == self.recording.count:
            paragraphs.append(end_words(end, after_error=alarm))
        self.query_one(Panes).tell(paragraphs, alarm=alarm)

    def _show_progress(self) -> None:
        self._told = time.monotonic()
        moment = self.moment
        facts = facts_of(moment, self._index, ended=self._ended)
        self.query_one(HeaderLine).show(title_of(self._program), facts, self._alarm())
        self.query_one(TimeLine).show(moment.number, self._index)
        self.query_one(Panes).refresh_marks()
        if self._ended and not self.recording.count:
            self.query_one(BottomLine).set_hints([("?", "help"), ("q", "back")])

    def _alarm(self) -> str:
        end = self.recording.end
        if self._failure:
            return "damaged"
        return end.how if end is not None and end.how != "finished" else ""

    def say(self, note: str) -> None:
        """Tell the learner something on the last line; empty takes it back."""
        self.query_one(BottomLine).say(note)

    # Moving

    def go(self, target: moves.Target) -> None:
        """Go to a step, or say why not."""
        self._last_key = time.monotonic()
        self._wanted = 1
        if isinstance(target, str):
            self.say(target)
        elif target == self.number:
            self.say("")
        else:
            self.number = target

    def action_move(self, way: str) -> None:
        """Move as one of the functions of ``moves`` says."""
        if not self.recording.count:
            self.say("There is no step yet." if not self._ended else "There are no steps.")
            return
        try:
            self.go(_WAYS[way](self.moment))
        except DamagedError as error:
            self._fail(error)

    def action_go_to(self) -> None:
        """Ask for a step."""
        count = self.recording.count
        if not count:
            self.say("There are no steps to go to.")
            return

        def arrive(target: int | None) -> None:
            if target is not None:
                self.go(target)

        self.app.push_screen(GoTo(self.number, self.recording, self._index.first_run), arrive)

    def on_program_pane_line_chosen(self, message: ProgramPane.LineChosen) -> None:
        """Go to where a clicked line runs next, or ran last."""
        target = lines.next_of_line(self.recording, message.line, self.number)
        if target is not None:
            self.go(target)
            return
        target = lines.previous_of_line(self.recording, message.line, self.number + 1)
        if target is None:
            self.say(f"Line {message.line} does not run.")
            return
        self.go(target)
        self.say(f"Line {message.line} does not run again; this is where it ran last.")

    def on_time_line_step_chosen(self, message: TimeLine.StepChosen) -> None:
        """Go to the step at the place clicked."""
        self.go(message.step)

    # Panes and the rest

    def action_pane(self, direction: int) -> None:
        """Go to the next pane, or the one before."""
        self.query_one(Panes).next_pane(direction)

    def action_zoom(self) -> None:
        """Give the present pane all the room, or take it back."""
        self._zoom(not self.query_one(Panes).zoomed)

    def _zoom(self, on: bool) -> None:
        panes = self.query_one(Panes)
        panes.zoom(on)
        self.say(f"Only the {panes.present} pane is shown; z shows all again, tab the next." if on else "")

    def action_stop(self) -> None:
        """Stop the program."""
        if not self._source.running:
            self.say("Nothing is being recorded any more.")
            return
        self._source.stop("stopped by you")
        self.say("Stopped. Everything up to here is kept.")

    def action_leave(self) -> None:
        """Leave the program, or first the zoomed pane."""
        if self.query_one(Panes).zoomed:
            self._zoom(False)
        else:
            self.dismiss()

    def action_help(self) -> None:
        """Explain panes, marks and keys."""
        self.app.push_screen(Help([(key_text(binding), binding.tooltip) for binding in STEPPER]))


_WAYS: Final = {
    "forward": moves.forward,
    "back": moves.back,
    "first": moves.first,
    "last": moves.last,
    "next_line": moves.next_line,
    "previous_line": moves.previous_line,
    "next_turn": moves.next_turn,
    "previous_turn": moves.previous_turn,
    "over": moves.over,
    "out": moves.out,
}
