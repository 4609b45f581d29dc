"""The application: one recorder kept warm, the screens on top of each other, how it looks.

Screens, lessons and the recorder are imported when they are needed, or when home is on the screen already.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.actions import SkipAction
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tutor.tui.cells import harmless
from tutor.tui.person import Person

if TYPE_CHECKING:
    from tutor.lesson.pack import Listed
    from tutor.lesson.program import Program
    from tutor.progress.review import Schedule
    from tutor.progress.store import Place, Store
    from tutor.recorder.process import Recorder
    from tutor.recording.recording import Recording
    from tutor.tui.copies import Copies
    from tutor.tui.questions.desk import Desk
    from tutor.tui.questions.plans import Plan
    from tutor.tui.screens.stepper import StepperScreen
    from tutor.tui.source import Source

PREPARE = 0.1
"""Seconds from the first frame of home until the recorder is made ready."""

WARM_AGAIN = 3.0
"""Seconds after which another child is made ready for the next program."""


TRUST_SHOWN = 20.0
"""Seconds that it is said that the lessons of a foreign pack are programs."""


class Settings(NamedTuple):
    """What the command line may change."""

    theme: str | None = None
    """Name of a theme of Textual, None for the usual one."""
    seed: int | None = 0
    """Seed of the random numbers, None for none."""
    max_steps: int | None = None
    """Steps that are recorded, None for the usual number."""
    timeout: float | None = None
    """Seconds that a program may run, 0 for no limit, None for the usual one."""
    language: str | None = None
    """The language of the lessons, None for that of the environment."""


def _collect() -> None:
    """Collect garbage from now on, if that was put off; what lives now stays, and is not looked at again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


class TutorApp(App[None]):
    """Home, or one program.

    Args:
        target: A program to record, a saved recording to open, a source that is running already, questions to ask;
            None for home.
        settings: What the command line said.
        pack: Folder of the lessons, None for the course that comes with the program.
        against: A program or a saved recording to compare the target with, None to step through the target alone.
    """

    TITLE = "tutor"
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+c", "interrupt", "Quit", show=False, priority=True, id="app.quit-now", tooltip="Leave tutor at once"
        ),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit", tooltip="Leave tutor at once"),
    ]

    @staticmethod
    def now() -> datetime:
        """The clock by which questions are due."""
        return datetime.now(UTC)

    def __init__(
        self,
        target: Program | Path | Source | Plan | None = None,
        settings: Settings | None = None,
        *,
        pack: Path | None = None,
        against: Program | Path | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings or Settings()
        """What the command line said."""
        self._recorder: Recorder | None = None
        self._desk: Desk | None = None
        self._target = target
        self._pack = pack
        self._against = against
        self.person = Person(pack)
        """What the person set and has done."""
        known = self.available_themes
        theme = self.person.theme(self.settings.theme if self.settings.theme in known else None, known)
        if theme is not None:
            self.theme = theme
        self._theme_kept = self.theme
        self._keys_checked = False

    def on_mount(self) -> None:
        """Open what was asked for."""
        if self.person.keys:
            self.set_keymap(self.person.keys)
        if self._target is None:
            from tutor.tui.screens.home import HomeScreen

            self.push_screen(HomeScreen(self._pack))
            self.call_after_refresh(self.set_timer, PREPARE, self._prepare)
        else:
            self.push_screen(self._first_screen(self._target), lambda _: self.exit())
            self.call_after_refresh(self._tell_problems)
        self.call_after_refresh(_collect)

    def _first_screen(self, target: Program | Path | Source | Plan) -> Screen[None]:
        from tutor.lesson.program import Program

        if self._against is not None and isinstance(target, Program | Path):
            from tutor.tui.compare.opening import comparison

            return comparison(self, target, self._against)
        if not isinstance(target, tuple):
            return self._stepper(target)
        from tutor.tui.screens.quiz import QuizScreen

        return QuizScreen(target)

    def on_unmount(self) -> None:
        """Leave nothing running."""
        self.close()

    @property
    def recorder(self) -> Recorder:
        """Starts the programs; ended together with the application."""
        from tutor.recorder.process import Recorder

        if self._recorder is None:
            self._recorder = Recorder()
        return self._recorder

    def close(self) -> None:
        """End the programs that run."""
        if self._recorder is not None:
            self._recorder.close()
        if self._desk is not None:
            self._desk.close()
        self.person.close()

    @property
    def desk(self) -> Desk:
        """Runs programs for questions; ended together with the application."""
        from tutor.tui.questions.desk import Desk

        if self._desk is None:
            self._desk = Desk(self.settings.seed)
        return self._desk

    @cached_property
    def copies(self) -> Copies:
        """The copies of programs that were changed, kept until the application ends."""
        from tutor.tui.copies import Copies

        return Copies()

    @property
    def store(self) -> Store:
        """What is kept of the person; opened when it is first asked for."""
        return self.person.store

    @cached_property
    def schedule(self) -> Schedule:
        """When each question is due again."""
        from tutor.progress.review import Schedule

        return Schedule(self.store, lambda: self.now())

    @property
    def problems(self) -> list[str]:
        """What is wrong with the person's settings and with keeping progress; asked for after the first frame."""
        if self.person.keys and not self._keys_checked:
            self._keys_checked = True
            self.set_keymap(self.person.checked_keys())
        return self.person.problems

    def _tell_problems(self) -> None:
        """Say what is wrong where home is not there to say it."""
        for problem in self.problems:
            self.notify(harmless(problem), severity="warning", markup=False)

    def watch_theme(self, theme: str) -> None:
        """Keep a theme that was chosen, for the next time."""
        if self.is_running and theme != self._theme_kept:
            self._theme_kept = theme
            self.store.keep_setting("theme", theme)

    def keep_place(self, program: Program, step: int, count: int, ended: bool) -> None:
        """Remember how far somebody is in a program, or which file was open.

        Args:
            program: What is stepped through.
            step: The step now, 0 if there is none.
            count: How many steps there are.
            ended: Whether no more can come.
        """
        self.person.keep_place(program, step, count, ended)

    def _prepare(self) -> None:
        """Make ready what the first lesson needs, now that home can be read."""
        self.recorder.warm()
        import tutor.lesson.reading
        import tutor.tui.screens.stepper  # noqa: F401

    def open_program(self, program: Program, *, step: int | None = None, line: int = 0) -> None:
        """Record a program and step through it; afterwards the present screen is back.

        Args:
            program: What to record.
            step: The step to go to as soon as it is recorded, None to go on where it was left.
            line: The line to go to, where it runs last; 0 for none.
        """
        self.push_screen(self._stepper(program, step, line))
        # The next child is started a little later, so that it does not compete with this one for the first steps.
        self.set_timer(WARM_AGAIN, lambda: self.recorder.warm())

    @property
    def languages(self) -> list[str]:
        """The languages of lessons that the person wants, the best first."""
        from tutor.lesson.translation import wanted_languages

        return wanted_languages(self.settings.language, os.environ)

    def open_lesson(self, path: Path, *, step: int | None = None) -> None:
        """Record a lesson of the pack and step through it, in the person's language where it is translated.

        Raises:
            UnreadableError: it cannot be opened.
        """
        from tutor.lesson.pack import Pack
        from tutor.lesson.packs import trust_once
        from tutor.lesson.reading import read_program
        from tutor.lesson.translation import translated

        program = translated(read_program(path), self.languages)
        words = trust_once(Pack.load(self._pack), self.store) if self._pack is not None else ""
        self.open_program(program, step=step)
        if words:
            self.notify(harmless(words), timeout=TRUST_SHOWN, markup=False)

    def open_recording(self, path: Path) -> None:
        """Step through a saved recording; afterwards the present screen is back."""
        self.push_screen(self._stepper(path))

    def source_of(self, program: Program, *, times: int = 1, belief: str = "") -> Source:
        """Begin to record a program.

        Args:
            program: What to record.
            times: How many times as far as usual.
            belief: Name of a misreading of torch under which it runs, empty for none.
        """
        from tutor.recorder.process import MAX_STEPS, TIMEOUT, Request

        seed, max_steps, timeout = self.settings.seed, self.settings.max_steps, self.settings.timeout
        max_steps, timeout = MAX_STEPS if max_steps is None else max_steps, TIMEOUT if timeout is None else timeout
        request = Request.of(program, seed=seed, max_steps=max_steps * times, belief=belief)
        return self.recorder.start(request, timeout=timeout * times)

    def open_quiz(self, program: Program, recording: Recording | None = None) -> None:
        """Ask all questions about a program; afterwards the present screen is back.

        Args:
            program: What is asked about.
            recording: Its recording, where the program itself cannot be run.
        """
        from tutor.tui.questions.plans import about_program

        self.open_plan(about_program(program, recording))

    def open_plan(self, plan: Plan) -> None:
        """Ask questions; afterwards the present screen is back."""
        from tutor.tui.screens.quiz import QuizScreen

        self.push_screen(QuizScreen(plan))

    @cached_property
    def torch_version(self) -> str:
        """Version of the torch that runs the programs, empty if it is not known."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("torch")
        except PackageNotFoundError:
            return ""

    def _stepper(self, target: Program | Path | Source, step: int | None = None, line: int = 0) -> StepperScreen:
        """Walks through something. A program is gone on with where it was left, unless a step or a line is given."""
        from tutor.lesson.program import Program
        from tutor.tui.screens.stepper import StepperScreen
        from tutor.tui.source import OpenedRecording

        self.person.recording = target.absolute() if isinstance(target, Path) else None
        if isinstance(target, Path):
            return StepperScreen(OpenedRecording(target))
        if isinstance(target, Program):
            source = self.source_of(target)
            left = self.person.place_left(target) if step is None and not line else None
            if left is None:
                return StepperScreen(source, target, step=step, line=line)
            return StepperScreen(source, target, step=left.step, greeting=self._greeting(left))
        return StepperScreen(target)

    def _greeting(self, left: Place) -> str:
        """What is said to somebody who goes on with a program."""
        from tutor.tui.keys import KEYS, key_names

        key = key_names(self.person.keys.get("step.first", KEYS["step.first"]))[0]
        key = key[0].upper() + key[1:] if len(key) > 1 else key
        return f"You were here before: step {left.step:,} of {left.count:,}. {key} goes to the first step."

    def find(self, text: str) -> Program | Path:
        """What a person means: a program, in their language where it is translated, or a saved recording.

        Raises:
            UnreadableError: nothing fits, or it cannot be read.
        """
        from tutor.lesson.pack import Pack, built_in
        from tutor.lesson.reading import read_program
        from tutor.lesson.target import resolve
        from tutor.lesson.translation import translated
        from tutor.recording.file import begins_as_recording

        found = resolve(text, Pack.load(self._pack or built_in(), self.languages), begins_as_recording)
        if found.kind == "recording":
            return found.path
        return translated(read_program(found.path), self.languages)

    def action_interrupt(self) -> None:
        """Leave at once; where a text is being written ctrl+c copies, as it does elsewhere."""
        from textual.widgets import TextArea

        if isinstance(self.focused, TextArea):
            raise SkipAction
        self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every key's action by name, each lesson, then Textual's own."""
        for binding in screen.BINDINGS:
            if isinstance(binding, Binding):
                action = binding.action
                yield SystemCommand(
                    binding.description,
                    binding.tooltip,
                    lambda action=action: self.call_later(screen.run_action, action),
                )
        for lesson in self._lessons:
            if not lesson.problem:
                path = lesson.path
                yield SystemCommand(
                    f"Open {lesson.name.partition('_')[0]} {harmless(lesson.title)}",
                    "A lesson of the course",
                    lambda path=path: self.call_later(self._open_lesson, path),
                )
        yield from super().get_system_commands(screen)

    @cached_property
    def _lessons(self) -> list[Listed]:
        """The lessons of the pack, none if it cannot be read."""
        from tutor.lesson.pack import Pack, built_in
        from tutor.lesson.program import UnreadableError

        try:
            return Pack.load(self._pack or built_in(), self.languages).lessons
        except UnreadableError:
            return []

    def _open_lesson(self, path: Path) -> None:
        """Open a lesson on top of what is open, or say why it cannot be opened."""
        from tutor.lesson.program import UnreadableError

        try:
            self.open_lesson(path)
        except UnreadableError as error:
            self.notify(harmless(str(error)), severity="error", markup=False)
