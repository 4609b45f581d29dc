"""A screen that walks through a recording: the one owner of the step now."""

from __future__ import annotations

import time
from typing import Final

from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Static

from tutor.explain import explain
from tutor.explain.notes import Note
from tutor.explain.say import listed
from tutor.lesson.program import Program
from tutor.recording.format import Kind
from tutor.recording.index import NameKey
from tutor.recording.log import DamagedError
from tutor.recording.moment import Moment
from tutor.recording.queries.visits import last_visit
from tutor.recording.recording import Recording
from tutor.tui.follow import key_of, tensor_of
from tutor.tui.headline import end_words, facts_of, title_of
from tutor.tui.index import Index
from tutor.tui.keys import hints
from tutor.tui.moves import Target
from tutor.tui.source import Source, program_of
from tutor.tui.takings import Takings
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.header_line import HeaderLine
from tutor.tui.widgets.panes import Panes
from tutor.tui.widgets.time_line import TimeLine

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

NOTES_TOLD: Final = 6
"""Places of notes that are told at the end."""

STARTING: Final = "Python and torch are being started, which takes a few seconds the first time …"


class WalkingScreen(Screen[None]):
    """Program, tensors, graph, why and output after a step.

    Args:
        source: The recording; closed together with the screen.
        program: What was recorded; None takes it from the recording.
        step: Where to begin, as soon as it is recorded; None for the first.
        line: Where to begin instead when all is recorded: before this line runs the last time; 0 for nowhere.
        greeting: What is said on the last line once that step is there.
    """

    DEFAULT_CSS = """
    WalkingScreen #too-small { display: none; content-align: center middle; width: 1fr; height: 1fr; }
    WalkingScreen.-tiny > *, WalkingScreen.-short > * { display: none; }
    WalkingScreen.-tiny #too-small, WalkingScreen.-short #too-small { display: block; }
    """

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"),
        (LEAST[0], "-narrow"),
        (WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (LEAST[1], "-tall")]  # noqa: RUF012

    number: var[int] = var(0, init=False)
    """The step now, 0 while there is none."""

    def __init__(
        self,
        source: Source,
        program: Program | None = None,
        *,
        step: int | None = None,
        line: int = 0,
        greeting: str = "",
    ) -> None:
        super().__init__()
        self._program = program
        self._takings = Takings(source)
        self._shown: Moment | None = None
        self._followed: NameKey | None = None
        self._told = 0.0
        self._wanted = step or 1
        """The step to begin with, until it is there or a key is pressed."""
        self._wanted_line = line
        self._greeting = greeting
        self._noted: list[str] = []
        """The notes that are shown."""
        self._marked = 0
        """How many notes the time line marks."""

    def compose(self) -> ComposeResult:
        """Header, panes, time line, keys."""
        yield HeaderLine(id="header")
        yield Panes(id="panes")
        yield TimeLine(id="time")
        yield BottomLine(self._hints("program"), id="bottom")
        yield Static(Content(f"This terminal is too small; tutor needs {LEAST[0]} x {LEAST[1]}."), id="too-small")

    def on_mount(self) -> None:
        """Show the program, and begin to take in its recording."""
        if self._program is not None:
            self.query_one(Panes).load(self._program)
        self._take_in()
        self._show_words()

    def on_unmount(self) -> None:
        """Stop what is still running."""
        self._takings.source.close()

    # The recording

    @property
    def recording(self) -> Recording:
        """What is stepped through."""
        return self._takings.recording

    @property
    def index(self) -> Index:
        """What is looked up in it."""
        return self._takings.index

    @property
    def ended(self) -> bool:
        """Whether nothing more can come."""
        return self._takings.ended

    def walk_in(self, source: Source, step: int) -> None:
        """Walk through another recording of the same program, from the same step on."""
        self._takings.source.close()
        finished = self._takings.complete
        self._takings, self._shown, self._wanted = Takings(source), None, step
        self.set_reactive(WalkingScreen.number, 0)
        self._show()
        if finished:
            self._take_in()

    def _take_in(self) -> None:
        """Take in what was recorded since the last time, for a moment."""
        takings, more = self._takings, False
        try:
            more = self._grow()
        except DamagedError as error:
            self._fail(error)
        if takings.complete:
            self._go_to_wanted_line()
            self._show_progress()
            self.arrived()
            self._take_notes()
            return
        self._look_for_notes()
        pause = PAUSE if (more or takings.ended) and takings.idle else FRAME
        self.set_timer(pause if self.recording.count else FRAME / 4, self._take_in)

    def _take_notes(self) -> None:
        """Look through the rest of the recording for notes, a slice at a time."""
        if self._look_for_notes():
            self.set_timer(PAUSE if self._takings.idle else FRAME, self._take_notes)

    def _look_for_notes(self) -> bool:
        """Look through a slice; whether more is waiting. A note can become known long after its step."""
        try:
            more = self._takings.look()
        except DamagedError:
            return False
        if self._notes() != self._noted or (not more and self.number == self.recording.count):
            self._show_words()
            self._show_progress()
        elif len(self._all_notes()) != self._marked:
            self._show_progress()
        return more

    def _notes(self) -> list[str]:
        """What is noted at the step now."""
        found = self._takings.notes.at(self.number)
        return [note.text for note in found if note.kind not in self.unwanted_notes]

    def _all_notes(self) -> list[Note]:
        """Every note that is known, in the order of the steps."""
        return [note for note in self._takings.notes.all() if note.kind not in self.unwanted_notes]

    def _where_notes(self) -> list[str]:
        """Where in the recording there are notes, in a sentence."""
        notes = self._all_notes()
        places = [f"line {note.line} (step {note.step})" for note in notes]
        shown = [*places[:NOTES_TOLD], f"{len(places) - NOTES_TOLD} more"] if len(places) > NOTES_TOLD else places
        return [f"There {'is a note' if len(notes) == 1 else 'are notes'} at {listed(shown)}."] if notes else []

    @property
    def unwanted_notes(self) -> frozenset[str]:
        """Kinds of notes that are not shown."""
        return frozenset()

    def _go_to_wanted_step(self) -> None:
        """Go to the step to begin with, or to the last one where there are less."""
        wanted, self._wanted = self._wanted, 1
        self.number = max(min(wanted, self.recording.count), 1)
        if self.number == wanted and self._greeting:
            self.call_later(self.say, self._greeting)
        self._greeting = ""

    def _go_to_wanted_line(self) -> None:
        line, self._wanted_line = self._wanted_line, 0
        visit = last_visit(self.recording, range(line, line + 1)) if line else None
        if visit is not None:
            self.number = max(visit.first - 1, 1)

    def _grow(self) -> bool:
        """Take in a slice; whether more is waiting."""
        takings, ended = self._takings, self.ended
        more = takings.grow()
        recording = takings.recording
        if recording.header is not None and self._program is None:
            self._program = program_of(recording.header)
            self.query_one(Panes).load(self._program)
        if self.number == 0 and recording.count:
            self.number = 1
        if self._wanted > 1 and (recording.count >= self._wanted or takings.ended):
            self._go_to_wanted_step()
        if takings.ended and not ended:
            self._show_words()
        if time.monotonic() - self._told > TELL:
            self._show_progress()
        return more

    def _fail(self, error: DamagedError) -> None:
        """Say that the recording cannot be read on, and keep what there is."""
        failure = self._takings.fail(error)
        self._show_words()
        self.say(failure)

    def arrived(self) -> None:
        """Something worth remembering: the last step, or all of the recording is there. Subclasses may care."""

    # Showing

    def watch_number(self, old: int, new: int) -> None:
        """Another step: draw it as soon as no more keys are waiting."""
        self.say("")
        self.call_later(self._show)

    def _show(self) -> None:
        """Bring all panes to the step now, unless they are there already."""
        moment = self.moment
        if moment is self._shown:
            return
        self._shown = moment
        self._show_panes()
        self._show_words()
        self._show_progress()
        if self.has_class("-narrow") and moment.step is not None and moment.step.kind is Kind.ERROR:
            self.say(": ".join(self._explained(moment)[:2]))
        if self.ended and moment.number == self.recording.count:
            self.arrived()

    def _show_panes(self) -> None:
        moment, name = self.moment, self._followed
        key = key_of(moment, name) if name is not None else None
        tensor = tensor_of(moment, name) if name is not None else None
        try:
            self.query_one(Panes).show(moment, self.index, key, tensor)
        except DamagedError as error:
            self._fail(error)

    @property
    def moment(self) -> Moment:
        """The step now, and the states around it."""
        try:
            return self._takings.moment(self.number)
        except DamagedError as error:
            self._fail(error)
            return self._takings.last_moment

    def _show_words(self) -> None:
        moment, end = self.moment, self.recording.end
        alarm = moment.step is not None and moment.step.kind is Kind.ERROR
        if moment.step is None:
            paragraphs = ["Nothing to step through." if self.ended else STARTING]
        else:
            paragraphs = self._explained(moment)
        self._noted = self._notes()
        paragraphs += self._noted
        if self._takings.failure:
            paragraphs.append(self._takings.failure)
        elif end is not None and moment.number == self.recording.count:
            paragraphs.append(end_words(end, after_error=alarm))
            paragraphs += self._where_notes()
        self.query_one(Panes).tell(paragraphs, alarm=alarm)

    def _explained(self, moment: Moment) -> list[str]:
        """Why a step did what it did. Subclasses may tell less."""
        return explain(moment)

    def _show_progress(self) -> None:
        self._told = time.monotonic()
        moment = self.moment
        facts = facts_of(moment, self.index, ended=self.ended)
        if self._noted:
            facts.append("note")
        self.query_one(HeaderLine).show(title_of(self._program), facts, self._alarm())
        notes = [note.step for note in self._all_notes()]
        self._marked = len(notes)
        self.query_one(TimeLine).show(moment.number, self.index, notes)
        self.query_one(Panes).refresh_marks()
        if self.ended and not self.recording.count:
            self.query_one(BottomLine).set_hints(self._hints("nothing"))

    def _hints(self, pane: str) -> list[tuple[str, str]]:
        return hints(pane, {})

    def _alarm(self) -> str:
        end = self.recording.end
        if self._takings.failure:
            return "damaged"
        return end.how if end is not None and end.how != "finished" else ""

    def say(self, note: str) -> None:
        """Tell the learner something on the last line; empty takes it back."""
        self.query_one(BottomLine).say(note)

    # Moving

    def go(self, target: Target) -> None:
        """Go to a step, or say why not."""
        self._takings.key_pressed()
        self._wanted, self._wanted_line = 1, 0
        if isinstance(target, str):
            self.say(target)
        elif target == self.number:
            self.say("")
        else:
            self.number = target
