"""The application: one recorder kept warm, the screens on top of each other, how it looks.

Screens, lessons and the recorder are imported when they are needed, or when home is on the screen already.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

if TYPE_CHECKING:
    from tutor.lesson.program import Program
    from tutor.recorder.process import Recorder
    from tutor.tui.screens.stepper import StepperScreen
    from tutor.tui.source import Source

PREPARE = 0.1
"""Seconds from the first frame of home until the recorder is made ready."""

WARM_AGAIN = 3.0
"""Seconds after which another child is made ready for the next program."""


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
        self.settings = settings or Settings()
        """What the command line said."""
        self._recorder: Recorder | None = None
        self._target = target
        self._pack = pack
        if self.settings.theme:
            self.theme = self.settings.theme

    def on_mount(self) -> None:
        """Open what was asked for."""
        if self._target is None:
            from tutor.tui.screens.home import HomeScreen

            self.push_screen(HomeScreen(self._pack))
            self.call_after_refresh(self.set_timer, PREPARE, self._prepare)
        else:
            self.push_screen(self._stepper(self._target), lambda _: self.exit())

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

    def _prepare(self) -> None:
        """Make ready what the first lesson needs, now that home can be read."""
        self.recorder.warm()
        import tutor.lesson.reading
        import tutor.tui.screens.stepper  # noqa: F401

    def open_program(self, program: Program) -> None:
        """Record a program and step through it; afterwards the present screen is back."""
        self.push_screen(self._stepper(program))
        # The next child is started a little later, so that it does not compete with this one for the first steps.
        self.set_timer(WARM_AGAIN, lambda: self.recorder.warm())

    def source_of(self, program: Program) -> Source:
        """Begin to record a program."""
        from tutor.recorder.process import MAX_STEPS, TIMEOUT, Request

        seed, max_steps, timeout = self.settings.seed, self.settings.max_steps, self.settings.timeout
        request = Request.of(program, seed=seed, max_steps=MAX_STEPS if max_steps is None else max_steps)
        return self.recorder.start(request, timeout=TIMEOUT if timeout is None else timeout)

    def _stepper(self, target: Program | Path | Source) -> StepperScreen:
        from tutor.lesson.program import Program
        from tutor.tui.screens.stepper import StepperScreen
        from tutor.tui.source import OpenedRecording

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
