"""The stepper: what each key does while walking through a recording."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from textual.binding import BindingType
from textual.screen import Screen
from textual.timer import Timer

from tutor.lesson.program import Program
from tutor.recording.log import DamagedError
from tutor.recording.queries import lines
from tutor.recording.state import Key
from tutor.tui import follow, moves
from tutor.tui.cells import harmless
from tutor.tui.keys import STEPPER, hints, key_table
from tutor.tui.screens.asking import AskingScreen
from tutor.tui.screens.find import Find
from tutor.tui.screens.go_to import GoTo
from tutor.tui.screens.help import Help
from tutor.tui.screens.terms import Terms
from tutor.tui.search import Match, Search, find
from tutor.tui.source import OpenedRecording
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.graph_pane import GraphPane
from tutor.tui.widgets.pane import Pane
from tutor.tui.widgets.panel_tabs import PanelTabs
from tutor.tui.widgets.panes import PANELS, Panes
from tutor.tui.widgets.program_pane import ProgramPane
from tutor.tui.widgets.tensors_pane import TensorsPane
from tutor.tui.widgets.time_line import TimeLine
from tutor.tui.widgets.welcome import Welcome

Answer = TypeVar("Answer")

PLAY_PAUSE: Final = 0.8
"""Seconds between two steps while playing."""

KEEP_PAUSE: Final = 5.0
"""Seconds between two times that the place is kept."""

FURTHER: Final = 4
"""How many times as far the next recording goes."""

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

_ASKING: Final = frozenset(("forward", "next_line", "next_turn", "over", "out"))
"""Ways on which questions are asked; who goes far away does not want to be stopped."""

_READING: Final = frozenset(("forward", "next_line", "over"))
"""Ways on which long prose is read to its end first."""


class StepperScreen(AskingScreen):
    """Walks through a recording by keys and mouse; a key that can do nothing says why."""

    BINDINGS: ClassVar[list[BindingType]] = list(STEPPER)

    _search: Search | None = None
    _player: Timer | None = None
    _welcome: Welcome | None = None
    _kept_at = 0.0
    _times = 1
    """How many times as far as usual is recorded."""
    _kept: tuple[int, int, bool] | None = None

    def _put_on_top(self, screen: Screen[Answer], arrive: Callable[[Answer | None], None] | None = None) -> None:
        """Open a screen on top of this one, unless another one came first: keys may come faster than screens."""
        if self.app.screen is self:
            self.app.push_screen(screen, arrive)

    # The person

    def on_mount(self) -> None:
        """Take up the layout of the last time; the first time, say how to begin."""
        store = self.tutor.store
        panes = self.query_one(Panes)
        panel = store.setting("panel", "tensors")
        if panel in PANELS:
            panes.show_panel(panel)
        if not store.setting("welcomed", False):
            self._welcome = Welcome(id="welcome")
            self.mount(self._welcome, before="#bottom")
        self.query_one(BottomLine).set_hints(self._hints(panes.present))

    def on_unmount(self) -> None:
        """Keep the place."""
        self._keep_place()

    def arrived(self) -> None:
        """Keep the place at once: a lesson may be done now."""
        super().arrived()
        self._keep_place()

    def _keep_place(self) -> None:
        """Keep where the learner is, unless that is known, or the step to begin with is not there yet."""
        place = self.number, self.recording.count, self.ended
        if self._program is None or not self.number or place == self._kept or self._wanted > 1 or self._wanted_line:
            return
        self._kept, self._kept_at = place, time.monotonic()
        self.tutor.keep_place(self._program, *place)

    @property
    def unwanted_notes(self) -> frozenset[str]:
        """Kinds of notes that the config file switches off."""
        return self.tutor.person.unwanted_notes

    def _hints(self, pane: str) -> list[tuple[str, str]]:
        return hints(pane, self.tutor.person.keys) if self.tutor.person.config.hints else []

    # Moving

    def watch_number(self, old: int, new: int) -> None:
        """Keep the place now and then; the welcome has done its work after the first step."""
        super().watch_number(old, new)
        if old and new and self._welcome is not None:
            self._welcome.remove()
            self._welcome = None
            self.tutor.store.keep_setting("welcomed", True)
        if time.monotonic() - self._kept_at > KEEP_PAUSE:
            self._keep_place()

    def action_move(self, way: str) -> None:
        """Move as one of the functions of ``moves`` says."""
        self._stop_playing()
        if way in _READING and self.query_one(Panes).read_on():
            self.say("The text goes on. The next step comes after it.")
        else:
            self._move(way)

    def _move(self, way: str) -> bool:
        """Move; whether there was somewhere to go."""
        if not self.recording.count:
            self.say("There is no step yet." if not self.ended else "There are no steps.")
            return False
        try:
            target = _WAYS[way](self.moment)
        except DamagedError as error:
            self._fail(error)
            return False
        if isinstance(target, int) and way in _READING and target > self.number + 1:
            target -= self.query_one(Panes).is_before_prose(target - 1)
        if isinstance(target, int) and way in _ASKING and self.ask_before(target):
            self._stop_playing()
        else:
            self.go(target)
        return isinstance(target, int)

    def action_over(self) -> None:
        """Go on to the next line, or while finding to the next place."""
        if self._search is not None:
            self.action_found(1)
        else:
            self.action_move("over")

    def action_go_to(self, answer: str = "") -> None:
        """Ask for a step or a line."""
        self._stop_playing()
        if not self.recording.count:
            self.say("There are no steps to go to.")
            return
        question = GoTo(self.number, self.recording, self.index.first_run, answer)
        self._put_on_top(question, lambda target: self.go(target) if target is not None else None)

    def on_program_pane_line_chosen(self, message: ProgramPane.LineChosen) -> None:
        """Go to where a clicked line runs next, or ran last."""
        self._stop_playing()
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
        self._stop_playing()
        self.go(message.step)

    def action_play(self) -> None:
        """Go on by itself, or stop doing so."""
        if self._player is not None:
            self._stop_playing()
            self.say("Stopped playing.")
        elif self._move("forward"):
            self._player = self.set_interval(PLAY_PAUSE, self._play_on)
            self.call_later(self.say, "Playing; any key that moves stops it.")

    def _play_on(self) -> None:
        if self.app.screen is not self or not self._move("forward"):
            self._stop_playing()

    def _stop_playing(self) -> None:
        if self._player is not None:
            self._player.stop()
            self._player = None

    # Finding

    def action_find(self) -> None:
        """Ask for a text and go to its first place from here on."""
        self._stop_playing()
        answer = self._search.wanted if self._search is not None else ""
        self._put_on_top(Find(self._find, self.number, answer), self._begin_search)

    def _find(self, text: str) -> list[Match]:
        return find(text, self.query_one(ProgramPane).code_lines, self.recording, self.index.first_run)

    def _begin_search(self, search: Search | None) -> None:
        if search is not None:
            self._search = search
            self.query_one(ProgramPane).seek(search.wanted)
            self._go_to_match(search.match)

    def action_found(self, direction: int) -> None:
        """Go to the next place of the text, or the one before."""
        if self._search is None:
            self.say("Nothing is looked for; / finds a text.")
            return
        self._stop_playing()
        self._go_to_match(self._search.turn(direction))

    def _go_to_match(self, match: Match) -> None:
        assert self._search is not None
        words = self._search.words()
        if match.step:
            self.go(match.step)
        if match.line:
            self.call_after_refresh(self.query_one(ProgramPane).reveal_line, match.line)
        if match.name:
            self.call_after_refresh(self.query_one(TensorsPane).choose_name, match.name)
        # The step takes the note of the last line away when it is shown.
        self.call_later(self.say, words)

    def _end_search(self) -> None:
        self._search = None
        self.query_one(ProgramPane).seek("")
        self.say("")

    # Rows of panes

    def on_pane_row_opened(self, message: Pane.RowOpened) -> None:
        """Open a tensor, fold what can be folded, or go where a row of the graph leads."""
        self._open(message.pane, message.key)

    def on_pane_row_chosen(self, message: Pane.RowChosen) -> None:
        """A click follows a name; what belongs to a module or a list is folded or shown."""
        if isinstance(message.pane, TensorsPane) and not message.pane.fold(message.key):
            self._follow(message.key)

    def action_open(self) -> None:
        """Say what could be opened: a pane with a chosen row opens it itself."""
        self.say("Enter opens a row of tensors (2) or graph (3); go there first.")

    def _open(self, pane: Pane, key: Hashable) -> None:
        self._stop_playing()
        if isinstance(pane, TensorsPane):
            if not pane.fold(key):
                self._open_tensor(key)
        elif isinstance(pane, GraphPane):
            from tutor.tui.graph.leads import lead_of

            try:
                self.go(lead_of(self.moment, key))
            except DamagedError as error:
                self._fail(error)

    def _open_tensor(self, key: Hashable) -> None:
        from tutor.tui.screens.tensor import TensorScreen

        screen = TensorScreen(self.moment, key, self.shown_until)
        self._put_on_top(screen, lambda step: self.go(step) if step is not None else None)

    def action_follow(self) -> None:
        """Follow the chosen name, or no longer."""
        pane = self.query_one(TensorsPane)
        if self._present is pane and pane.chosen is not None:
            self._follow(pane.chosen)
        elif self._followed is not None:
            self._follow(None)
        else:
            self.say("Choose a name in tensors first (press 2), then f follows it.")

    def _follow(self, key: Hashable) -> None:
        """Follow the name of a row; the one that is followed already is left."""
        name = follow.name_of(self.moment, key) if isinstance(key, Key) else None
        if key is not None and name is None:
            self.say("A result without a name cannot be followed; give it a name in the program.")
            return
        left, self._followed = self._followed, None if name == self._followed else name
        self._show_panes()
        if self._followed is not None:
            self.say(f"Following {self._followed.path}: }} goes to its next change, {{ to the one before.")
        elif left is not None:
            self.say(f"{left.path} is not followed any more.")

    def action_change(self, direction: int) -> None:
        """Go to the next change of the followed or the chosen name, or to the one before."""
        self._stop_playing()
        chosen = self.query_one(TensorsPane).chosen
        name = self._followed
        if name is None and isinstance(chosen, Key):
            name = follow.name_of(self.moment, chosen)
        if name is None:
            self.say("Choose a name in tensors first (press 2); } and { go to its changes.")
            return
        self.go((follow.next_change if direction > 0 else follow.previous_change)(self.moment, name))

    def action_next_note(self) -> None:
        """Go to the next step with a note and say what it notes; after the last one, to the first."""
        self._stop_playing()
        notes = self._all_notes()
        if not notes:
            looking = not self.ended or self._takings.notes.followed < self.recording.count
            self.say("No notes so far; the recording is still being looked through." if looking else "No notes.")
            return
        place = next((place for place, note in enumerate(notes) if note.step > self.number), 0)
        self.go(notes[place].step)
        # The step takes the note of the last line away when it is shown.
        self.call_later(self.say, f"Note {place + 1} of {len(notes)}: {notes[place].what}")

    def action_nudge(self) -> None:
        """Check the gradient of the chosen or followed leaf by running the program with it nudged."""
        from tutor.tui.screens.nudge import checking

        self._stop_playing()
        pane = self.query_one(TensorsPane)
        chosen = pane.chosen if self._present is pane else None
        try:
            found = checking(self.tutor, self._takings.source, self._program, self.moment, chosen, self._followed)
        except DamagedError as error:
            self._fail(error)
        else:
            if isinstance(found, str):
                self.say(found)
            else:
                self._put_on_top(found)

    def action_copy(self) -> None:
        """Copy the chosen value as code, the present expression, or what the pane says."""
        pane = self._present
        if isinstance(pane, TensorsPane):
            if pane.chosen is None:
                self.say("Choose a row first; y copies its value.")
                return
            work = self._copy_value(pane.chosen)
        else:
            step = self.moment.step
            source = step.site.source if step is not None else ""
            text = source if isinstance(pane, ProgramPane) else pane.text()
            if not text:
                self.say("There is nothing to copy here.")
                return
            work = self._copy_text(text)
        self.run_worker(work, exclusive=True, group="copy")

    async def _copy_value(self, key: Hashable) -> None:
        from tutor.tui.tensors.copying import copy_value

        self.say(await copy_value(self.app, self.moment, key))

    async def _copy_text(self, text: str) -> None:
        from tutor.tui.tensors.copying import copy

        self.say(await copy(self.app, text))

    # Panes and the rest

    @property
    def _present(self) -> Pane:
        """The present pane."""
        panes = self.query_one(Panes)
        return panes.query_one(f"#{panes.present}", Pane)

    def action_pane(self, direction: int) -> None:
        """Go to the next pane, or the one before."""
        self.query_one(Panes).next_pane(direction)

    def action_focus_pane(self, pane: str) -> None:
        """Go to a pane."""
        self.query_one(Panes).go_to(pane)

    def on_panes_pane_chosen(self, message: Panes.PaneChosen) -> None:
        """The last line says what can be done there."""
        if self.recording.count:
            self.query_one(BottomLine).set_hints(self._hints(message.pane))
        if message.pane in PANELS:
            self.tutor.store.keep_setting("panel", message.pane)

    def on_panel_tabs_panel_chosen(self, message: PanelTabs.PanelChosen) -> None:
        """The pane whose name was clicked is the present one."""
        self.query_one(Panes).go_to(message.panel)

    def action_zoom(self) -> None:
        """Give the present pane all the room, or take it back."""
        self._zoom(not self.query_one(Panes).zoomed)

    def _zoom(self, on: bool) -> None:
        panes = self.query_one(Panes)
        panes.zoom(on)
        self.say(f"Only the {panes.present} pane is shown; z shows all again, tab the next." if on else "")

    def action_stop(self) -> None:
        """Stop the program."""
        if not self._takings.source.running:
            self.say("Nothing is being recorded any more.")
            return
        self._takings.source.stop("stopped by you")
        self.say("Stopped. Everything up to here is kept.")

    def action_more(self) -> None:
        """Record again with more room, and come back to this step."""
        end = self.recording.end
        if self._program is None or isinstance(self._takings.source, OpenedRecording):
            self.say("This is a saved recording; it cannot be recorded further from here.")
        elif end is None:
            self.say("The program is still being recorded.")
        elif end.how != "stopped":
            self.say("The recording goes to the end of the program; there is nothing more.")
        else:
            self._times *= FURTHER
            self.walk_in(self.tutor.source_of(self._program, times=self._times), self.number)
            self.say("Recording again, four times as far; you come back to this step.")

    def action_edit(self) -> None:
        """Change a copy of the program and run it."""
        from tutor.tui.compare.lent import Lent
        from tutor.tui.screens.edit import EditScreen, why_not

        self._stop_playing()
        reason = why_not(self._program)
        if reason or self._program is None:
            self.say(reason)
            return
        line = self.recording.site(self.number).line if self.number else 1
        self._put_on_top(EditScreen(self.tutor.copies.of(self._program), Lent(self._takings.source), line))

    def action_compare(self) -> None:
        """Compare with another program or recording."""
        from tutor.tui.compare.opening import beside, question

        def arrive(other: Program | Path | None) -> None:
            if other is None:
                return
            try:
                screen = beside(self.tutor, self._takings.source, self._program, other, self.number)
            except (DamagedError, OSError) as error:
                self.say(harmless(str(error)))
            else:
                self._put_on_top(screen)

        self._stop_playing()
        self._put_on_top(question(self.tutor, self._program), arrive)

    def action_leave(self) -> None:
        """Leave the program."""
        # Before the screen below comes back, which shows the place.
        self._keep_place()
        self.dismiss()

    def action_escape(self) -> None:
        """Leave the search, or the zoomed pane, else the program."""
        if self._search is not None:
            self._end_search()
        elif self.query_one(Panes).zoomed:
            self._zoom(False)
        else:
            self.action_leave()

    def action_help(self) -> None:
        """Explain panes, marks and keys."""
        self._put_on_top(Help(key_table(self.tutor.person.keys)))

    def action_terms(self) -> None:
        """Explain the words on the screen, those of the present pane first."""
        pane = self._present
        texts = [pane.text(), *(other.text() for other in self.query(Pane) if other is not pane)]
        self._put_on_top(Terms(texts))
