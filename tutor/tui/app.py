"""The application: one recorder kept warm, the screens on top of each other, how it looks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tutor.lesson.program import Program
from tutor.recorder.process import MAX_STEPS, TIMEOUT, Recorder, Request
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.stepper import StepperScreen
from tutor.tui.source import OpenedRecording, Source

WARM_AGAIN = 3.0
"""Seconds after which another child is made ready for the next program."""


class Settings(msgspec.Struct, frozen=True):
    """What the command line may change."""

    theme: str | None = None
    """Name of a theme of Textual, None for the usual one."""
    seed: int | None = 0
    """Seed of the random numbers, None for none."""
    max_steps: int = MAX_STEPS
    timeout: float = TIMEOUT
    """Seconds that a program may run, 0 for no limit."""


class TutorApp(App[None]):
    """Home, or one program.

    Args:
        target: A program to record, a saved recording to open, a source that is running already; None for home.
        settings: What the command line said.
        pack: Folder of the lessons, None for the course that comes with the program.
    """

    TITLE = "tutor"
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True, id="app.quit-now", tooltip="Leave tutor at once"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit", tooltip="Leave tutor at once"),
    ]

    def __init__(
        self,
        target: Program | Path | Source | None = None,
        settings: Settings | None = None,
        *,
        pack: Path | None = None,
    ) -> None:
        super().__init__()
        self.recorder = Recorder()
        """Starts the programs; ended together with the application."""
        self.settings = settings or Settings()
        """What the command line said."""
        self._target = target
        self._pack = pack
        if self.settings.theme:
            self.theme = self.settings.theme

    def on_mount(self) -> None:
        """Open what was asked for."""
        if self._target is None:
            self.push_screen(HomeScreen(self._pack))
            self.call_after_refresh(self.recorder.warm)
        else:
            self.push_screen(self._stepper(self._target), lambda _: self.exit())

    def on_unmount(self) -> None:
        """Leave nothing running."""
        self.recorder.close()

    def open_program(self, program: Program) -> None:
        """Record a program and step through it; afterwards the present screen is back."""
        self.push_screen(self._stepper(program))
        # The next child is started a little later, so that it does not compete with this one for the first steps.
        self.set_timer(WARM_AGAIN, self.recorder.warm)

    def source_of(self, program: Program) -> Source:
        """Begin to record a program."""
        settings = self.settings
        request = Request.of(program, seed=settings.seed, max_steps=settings.max_steps)
        return self.recorder.start(request, timeout=settings.timeout)

    def _stepper(self, target: Program | Path | Source) -> StepperScreen:
        if isinstance(target, Path):
            return StepperScreen(OpenedRecording(target))
        if isinstance(target, Program):
            return StepperScreen(self.source_of(target), target)
        return StepperScreen(target)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every key's action by name, then Textual's own."""
        for binding in screen.BINDINGS:
            if isinstance(binding, Binding):
                action = binding.action
                yield SystemCommand(
                    binding.description,
                    binding.tooltip,
                    lambda action=action: self.call_later(screen.run_action, action),
                )
        yield from super().get_system_commands(screen)
