"""Two recordings side by side, stepped through together: the one owner of the place now."""

from __future__ import annotations

from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.reactive import var
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.explain import explain
from tutor.recording.format import Kind
from tutor.recording.log import DamagedError
from tutor.recording.moment import Moment
from tutor.recording.queries.aligned import Alignment, Difference, Place
from tutor.recording.recording import Recording
from tutor.tui.compare.moves import WAYS
from tutor.tui.compare.words import arrived_words, line_words, state_words, where_words
from tutor.tui.headline import title_of
from tutor.tui.keys import COMPARE, compare_hints, key_table
from tutor.tui.screens.help import table
from tutor.tui.screens.sheet import Sheet
from tutor.tui.screens.walking import FRAME, LEAST, PAUSE, WIDE
from tutor.tui.source import Source, program_of
from tutor.tui.takings import Takings
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.compared_pane import ComparedPane
from tutor.tui.widgets.compared_program import ComparedProgram
from tutor.tui.widgets.header_line import HeaderLine
from tutor.tui.widgets.lines_pane import LinesPane
from tutor.tui.widgets.pane import Pane
from tutor.tui.widgets.program_pane import ProgramPane
from tutor.tui.widgets.run_lines import RunLines

ALIGN_SLICE: Final = 0.02
"""Seconds spent on the alignment at a time."""

NOT_YET: Final = "The two runs are not aligned yet; they have to be recorded to the end first."

MARKS: Final = (
    ("▶", "where both runs are; 1▶ and 2▶ where they are on different lines"),
    ("≠", "a name that is not the same in the two runs"),
    ("1 2", "before a name: only this run has it"),
    ("● ○", "requires grad, does not"),
    ("#3: 1.5", "the first element that differs, and its place from 0"),
    ("stands still", "this run does not come by here; it stays where it was"),
    ("state", "names, values and .grad: the first that differs after the same line"),
)


class CompareScreen(ModalScreen[None]):
    """Two recordings of one program, or of two, side by side.

    Args:
        one: The first recording; closed together with the screen, as the other.
        other: The second; either may still be running.
        titles: What each of them is: ``the program``, ``without zero_grad``.
        step: The step of the first recording to begin with, None for the first place at which they differ.
    """

    DEFAULT_CSS = """
    CompareScreen { background: $background; }
    CompareScreen #too-small { display: none; content-align: center middle; width: 1fr; height: 1fr; }
    CompareScreen.-tiny > *, CompareScreen.-short > * { display: none; }
    CompareScreen.-tiny #too-small, CompareScreen.-short #too-small { display: block; }
    CompareScreen #parts { height: 1fr; }
    CompareScreen.-wide #parts { layout: grid; grid-size: 2 3; grid-columns: 1fr 1fr; grid-rows: 11fr 12fr 6; }
    CompareScreen.-wide #names, CompareScreen.-wide #words { column-span: 2; }
    CompareScreen.-wide.-alike #first { column-span: 2; }
    CompareScreen.-alike #second { display: none; }
    CompareScreen.-narrow #parts > Pane { border: none; padding: 0; height: 4fr; }
    CompareScreen.-narrow #parts > Pane:focus { background: $boost; }
    CompareScreen.-narrow #second { border-top: solid $foreground 30%; }
    CompareScreen.-narrow.-alike #first { height: 7fr; }
    CompareScreen.-narrow #parts > #names { height: 7fr; border-top: solid $foreground 30%; }
    CompareScreen.-narrow #parts > #words { height: 4; border-top: solid $foreground 30%; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (LEAST[0], "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (LEAST[1], "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = list(COMPARE)

    place: var[int] = var(-1, init=False)
    """The place now among those of the alignment, from 0; -1 while there is none."""

    def __init__(self, one: Source, other: Source, titles: tuple[str, str], step: int | None = None) -> None:
        super().__init__()
        self._takings = Takings(one), Takings(other)
        self._titles = titles
        self._wanted = step
        self._alignment: Alignment | None = None
        self._alike = False
        self._loaded = [False, False]
        self._shown = -1

    def compose(self) -> ComposeResult:
        """Header, a line for each run, programs, names, words, keys."""
        yield HeaderLine(id="header")
        yield RunLines(self._titles, id="runs")
        with Container(id="parts"):
            yield ComparedProgram(id="first")
            yield ComparedProgram(id="second")
            yield ComparedPane(id="names")
            yield LinesPane("what each run did", id="words")
        yield BottomLine(self._hints, id="bottom")
        yield Static(Content(f"This terminal is too small; tutor needs {LEAST[0]} x {LEAST[1]}."), id="too-small")

    def on_mount(self) -> None:
        """Begin to take in what was recorded."""
        self.query_one("#first", Pane).focus()
        self._take_in()

    def on_unmount(self) -> None:
        """Stop what is still running."""
        for takings in self._takings:
            takings.source.close()

    @property
    def _hints(self) -> list[tuple[str, str]]:
        """What the last line says, unless the person wants none."""
        from tutor.tui.app import TutorApp

        shown = self.app.person.config.hints if isinstance(self.app, TutorApp) else True
        return compare_hints(self._keymap) if shown else []

    @property
    def _keymap(self) -> dict[str, str]:
        from tutor.tui.app import TutorApp

        return self.app.person.keys if isinstance(self.app, TutorApp) else {}

    # The recordings

    @property
    def recordings(self) -> tuple[Recording, Recording]:
        """What is compared."""
        return self._takings[0].recording, self._takings[1].recording

    @property
    def ready(self) -> bool:
        """Whether both recordings are there, and aligned."""
        return self._alignment is not None and self.place >= 0

    @property
    def alignment(self) -> Alignment | None:
        """Which steps belong together, None while the recordings are not complete."""
        return self._alignment

    def _take_in(self) -> None:
        """Take in what was recorded since the last time; once all is there, align it."""
        more = False
        for takings in self._takings:
            try:
                more = takings.grow() or more
            except DamagedError as error:
                takings.fail(error)
        self._load()
        if not all(takings.complete for takings in self._takings):
            self._show_progress()
            self.set_timer(PAUSE if more else FRAME, self._take_in)
            return
        self._alignment = Alignment(*self.recordings)
        self._show_progress()
        self._align()

    def _load(self) -> None:
        """Show the programs as soon as they are known; one of them where they are the same."""
        headers = [recording.header for recording in self.recordings]
        for number, (header, pane) in enumerate(zip(headers, ("#first", "#second"), strict=True)):
            if header is not None and not self._loaded[number]:
                self._loaded[number] = True
                self.query_one(pane, ComparedProgram).load(program_of(header))
        if all(self._loaded) and not self._alike and headers[0] and headers[1]:
            self._alike = headers[0].source == headers[1].source
            self.set_class(self._alike, "-alike")

    def _align(self) -> None:
        """Work on the alignment for a moment; when it is done, go to the place to begin with."""
        alignment = self._alignment
        assert alignment is not None
        try:
            if alignment.work(ALIGN_SLICE):
                self.set_timer(PAUSE, self._align)
                return
        except DamagedError as error:
            self._takings[0].fail(error)
            self._show_progress()
            return
        if not alignment.places:
            self.say("There is nothing to compare: neither run has a step.")
        elif self._wanted is not None:
            self.place = alignment.place_of(max(min(self._wanted, self.recordings[0].count), 1))
        else:
            self.place = self._first_difference()
        self._show_progress()

    def _first_difference(self) -> int:
        """The first place at which the runs differ, in line or state; the first of all where they never do."""
        assert self._alignment is not None
        found = [self._alignment.first_different_line(), self._alignment.first_different_state()]
        return min((self._place_of(difference) for difference in found if difference is not None), default=0)

    def _place_of(self, difference: Difference) -> int:
        assert self._alignment is not None
        if difference.name is None and difference.other is not None and difference.one is not None:
            # Where the runs part, the run that has the line of its own is the one to be seen.
            places = self._alignment.place_of(difference.one), self._alignment.place_of_other(difference.other)
            return min(places)
        if difference.one is not None:
            return self._alignment.place_of(difference.one)
        return self._alignment.place_of_other(difference.other or 1)

    # Showing

    def watch_place(self, old: int, new: int) -> None:
        """Another place: draw it as soon as no more keys are waiting."""
        self.say("")
        self.call_later(self._show)

    def _show(self) -> None:
        if self.place == self._shown or self._alignment is None:
            return
        self._shown = self.place
        place = self._alignment.places[self.place]
        try:
            one, other = self._moments(place)
            self._show_programs(place, one, other)
            self.query_one(ComparedPane).show(one, other)
            self._show_words(place, one, other)
        except DamagedError as error:
            self.say(self._takings[0].fail(error))
        self._show_progress()

    def _moments(self, place: Place) -> tuple[Moment, Moment]:
        return self._takings[0].moment(place.one), self._takings[1].moment(place.other)

    def _show_programs(self, place: Place, one: Moment, other: Moment) -> None:
        first, second = self.query_one("#first", ComparedProgram), self.query_one("#second", ComparedProgram)
        indexes = self._takings[0].index, self._takings[1].index
        if self._alike:
            moved, index = (one, indexes[0]) if place.in_one else (other, indexes[1])
            first.show_both(one, other, index, moved=moved)
        else:
            first.show_one(one, indexes[0], "1")
            second.show_one(other, indexes[1], "2")

    def _show_words(self, place: Place, one: Moment, other: Moment) -> None:
        lines = []
        for number, (moment, goes) in enumerate(((one, place.in_one), (other, place.in_other)), 1):
            if moment.step is None:
                text = "It has not begun." if goes else "It does not come by here; it has not begun."
            elif goes:
                told = explain(moment)
                text = told[0] if len(told) < 2 or moment.step.kind is not Kind.ERROR else ": ".join(told[:2])
            else:
                text = f"It does not come by here; it stands after line {moment.step.site.line}."
            lines.append((str(number), text))
        if lines[0][1] == lines[1][1]:
            lines = [("1 2", lines[0][1])]
        self.query_one("#words", LinesPane).show(lines)

    def _show_progress(self) -> None:
        """Say how far everything is: the differences once they are known, else what is waited for."""
        alignment = self._alignment
        known = self.ready and alignment is not None
        facts = []
        if known and alignment is not None:
            line, state = alignment.first_different_line(), alignment.first_different_state()
            told = [
                " · ".join((line_words(line, short=short), state_words(state, short=short))) for short in (False, True)
            ]
            # The first line gives two thirds of itself to the facts.
            facts = [told[0] if cell_len(told[0]) <= self.size.width * 2 // 3 else told[1]]
        elif alignment is not None:
            facts = ["looking for the first difference …"]
        elif not all(takings.complete for takings in self._takings):
            facts = ["waiting for the recordings to end …"]
        header = self.recordings[0].header
        self.query_one(HeaderLine).show(f"comparing {title_of(program_of(header)) if header else '…'}", facts)
        self.query_one(RunLines).show(self._where(), self._alarms())

    def _where(self) -> tuple[list[str], list[str]]:
        place = self._alignment.places[self.place] if self._alignment is not None and self.place >= 0 else None
        goes = (True, True) if place is None else (place.in_one, place.in_other)
        steps = (0, 0) if place is None else (place.one, place.other)
        one, other = (
            where_words(takings.moment(step), takings.index, ended=takings.ended, stands=not comes)
            for takings, step, comes in zip(self._takings, steps, goes, strict=True)
        )
        return one, other

    def _alarms(self) -> tuple[str, str]:
        one, other = (
            "damaged" if takings.failure else end.how if end is not None and end.how != "finished" else ""
            for takings, end in ((takings, takings.recording.end) for takings in self._takings)
        )
        return one, other

    def on_resize(self) -> None:
        """There is room for more words, or for fewer."""
        self.call_after_refresh(self._show_progress)

    def say(self, note: str) -> None:
        """Tell the learner something on the last line; empty takes it back."""
        self.query_one(BottomLine).say(note)

    # Moving

    def go(self, target: int | str) -> None:
        """Go to a place, or say why not."""
        for takings in self._takings:
            takings.key_pressed()
        if isinstance(target, str):
            self.say(target)
        elif target == self.place:
            self.say("")
        else:
            self.place = target

    def action_move(self, way: str) -> None:
        """Move both runs."""
        if not self.ready:
            self.say(NOT_YET)
            return
        assert self._alignment is not None
        self.go(WAYS[way](self._alignment, self.place))

    @property
    def _last(self) -> int:
        assert self._alignment is not None
        return len(self._alignment.places) - 1

    def action_different_line(self) -> None:
        """Go to the first place where the runs go to different lines."""
        if not self.ready or self._alignment is None:
            self.say(NOT_YET)
            return
        difference = self._alignment.first_different_line()
        if difference is None:
            self.say("The runs go through the same lines, from the first to the last.")
            return
        self.go(self._place_of(difference))
        # The place takes the note of the last line away when it is shown.
        self.call_later(self.say, arrived_words(self._alignment, difference))

    def action_different_state(self) -> None:
        """Go to the first place after which a name is not the same in both."""
        if not self.ready or self._alignment is None:
            self.say(NOT_YET)
            return
        difference = self._alignment.first_different_state()
        if difference is None or difference.name is None:
            self.say("Every name that both runs have is the same, wherever both come by.")
            return
        self.go(self._place_of(difference))
        words = state_words(difference)
        self.call_later(self.say, words[0].upper() + words[1:] + ".")

    def on_program_pane_line_chosen(self, message: ProgramPane.LineChosen) -> None:
        """Go to where a clicked line runs next, or ran last."""
        if not self.ready:
            self.say(NOT_YET)
            return
        second = self.query_one("#second", ComparedProgram).has_focus
        places = [place for place in range(self._last + 1) if self._runs(place, message.line, second=second)]
        target = next((place for place in places if place > self.place), places[-1] if places else None)
        self.go(target if target is not None else f"Line {message.line} does not run.")

    def _runs(self, place: int, line: int, *, second: bool) -> bool:
        assert self._alignment is not None
        one, other, in_one, in_other = self._alignment.places[place]
        first_recording, second_recording = self.recordings
        if second or not in_one:
            return (in_other and (second or self._alike)) and second_recording.site(other).line == line
        return first_recording.site(one).line == line

    # The rest

    def action_only_different(self) -> None:
        """Leave out the names that are the same, or show them again."""
        pane = self.query_one(ComparedPane)
        pane.turn_filter()
        self.say("Only what differs is shown; d shows all names again." if pane.only_different else "")

    def action_pane(self, direction: int) -> None:
        """Go to the next part, or the one before."""
        if direction > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_stop(self) -> None:
        """Stop what is still being recorded, and compare what there is."""
        running = [takings for takings in self._takings if takings.source.running]
        for takings in running:
            takings.source.stop("stopped by you")
        self.say("" if running else "Nothing is being recorded any more.")

    def action_help(self) -> None:
        """Explain marks and keys."""
        if self.app.screen is self:
            tables = [table("Marks", MARKS), table("Keys", key_table(self._keymap, COMPARE))]
            self.app.push_screen(Sheet("help", Content("\n\n").join(tables)))

    def action_leave(self) -> None:
        """Go back to where the comparison was opened."""
        self.dismiss()
