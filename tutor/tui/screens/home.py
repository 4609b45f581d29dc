"""The course: every lesson by stage, found by typing, opened with Enter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.lesson.pack import Listed, Pack, built_in
from tutor.lesson.program import UnreadableError
from tutor.tui.cells import harmless
from tutor.tui.looks import HERE, MUTED
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.header_line import HeaderLine

if TYPE_CHECKING:
    from tutor.lesson.program import Program

HINTS: Final = [("↑ ↓", "choose"), ("enter", "open"), ("type", "to filter"), ("F1", "help"), ("ctrl+c", "quit")]


class HomeScreen(Screen[None]):
    """Lessons to choose from.

    Args:
        folder: The pack, None for the course that comes with the program.
    """

    DEFAULT_CSS = """
    HomeScreen #filter { border: none; height: 1; padding: 0 1; margin: 1 1 0 1; background: $boost; }
    HomeScreen #lessons { border: none; height: 1fr; padding: 0 1; margin: 1 0 0 0; background: $background; }
    HomeScreen #problem { height: auto; max-height: 8; padding: 0 2; color: $text-error; }
    HomeScreen #too-small { display: none; content-align: center middle; width: 1fr; height: 1fr; }
    HomeScreen.-tiny > *, HomeScreen.-short > * { display: none; }
    HomeScreen.-tiny #too-small, HomeScreen.-short #too-small { display: block; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "Next lesson", id="home.next", tooltip="Choose the next lesson", priority=True),
        Binding("up", "choose(-1)", "Previous", id="home.back", tooltip="Choose the lesson before", priority=True),
        Binding("pagedown", "choose(10)", "Page down", id="home.page-down", tooltip="Go ten lessons on"),
        Binding("pageup", "choose(-10)", "Page up", id="home.page-up", tooltip="Go ten lessons back"),
        Binding("enter", "open", "Open", id="home.open", tooltip="Open the lesson", priority=True),
        Binding("escape", "clear", "All lessons", id="home.clear", tooltip="Take the filter away, then leave tutor"),
        Binding("f1", "help", "Help", id="app.help", tooltip="Show the keys"),
    ]

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._folder = folder
        self._lessons: list[Listed] = []
        self._problem = ""

    def compose(self) -> ComposeResult:
        """Filter, list, and what is wrong."""
        yield HeaderLine(id="header")
        field = Input(placeholder="type to filter", id="filter")
        field.cursor_blink = False
        yield field
        yield OptionList(id="lessons", markup=False)
        yield Static(Content(""), id="problem")
        yield BottomLine(HINTS, id="bottom")
        yield Static(Content("This terminal is too small; tutor needs 60 x 18."), id="too-small")

    def on_mount(self) -> None:
        """Read the pack."""
        self.query_one(OptionList).can_focus = False
        title = "lessons"
        try:
            pack = Pack.load(self._folder or built_in())
        except UnreadableError as error:
            self._problem = str(error)
        else:
            title = pack.title
            self._lessons = pack.lessons
            self._problem = "\n".join(pack.problems)
        count = len(self._lessons)
        self.query_one(HeaderLine).show(title, ["1 lesson" if count == 1 else f"{count} lessons"])
        if not self._lessons and not self._problem:
            self._problem = "There are no lessons in this pack."
        self._fill("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the lessons that fit."""
        self._fill(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the lesson that was clicked."""
        self.action_open()

    def on_option_list_option_highlighted(self) -> None:
        """Say what is wrong with the chosen lesson, if anything."""
        lesson = self._chosen()
        self._say(lesson.problem if lesson is not None else "")

    def action_choose(self, direction: int) -> None:
        """Choose another lesson."""
        options = self.query_one(OptionList)
        for _ in range(abs(direction)):
            if direction > 0:
                options.action_cursor_down()
            else:
                options.action_cursor_up()

    def action_open(self) -> None:
        """Open the chosen lesson, or say why it cannot be opened."""
        # Imported late, as everything that a list of lessons does not need.
        from tutor.lesson.reading import read_program

        lesson = self._chosen()
        if lesson is None:
            self._say("No lesson fits. Press escape to see all." if self._lessons else "")
            return
        try:
            program = read_program(lesson.path)
        except UnreadableError as error:
            self._say(str(error))
            return
        self._open(program)

    def _open(self, program: Program) -> None:
        from tutor.tui.app import TutorApp

        assert isinstance(self.app, TutorApp)
        self.app.open_program(program)

    def action_clear(self) -> None:
        """Take the filter away; without one, leave."""
        field = self.query_one(Input)
        if field.value:
            field.value = ""
        else:
            self.app.exit()

    def action_help(self) -> None:
        """Show the keys."""
        from tutor.tui.screens.help import Help

        bindings = [binding for binding in self.BINDINGS if isinstance(binding, Binding)]
        self.app.push_screen(Help([(binding.key, binding.tooltip) for binding in bindings], full=False))

    def _say(self, problem: str) -> None:
        text = "\n".join(filter(None, [harmless(problem), *map(harmless, self._problem.splitlines())]))
        self.query_one("#problem", Static).update(Content(text))

    def _chosen(self) -> Listed | None:
        option = self.query_one(OptionList).highlighted_option
        return next((lesson for lesson in self._lessons if option is not None and lesson.name == option.id), None)

    def _fill(self, wanted: str) -> None:
        """List the lessons whose name, title or stage holds every word."""
        words = wanted.lower().split()
        options: list[Option] = []
        stage = None
        for lesson in self._lessons:
            text = f"{lesson.name} {lesson.title} {lesson.stage}".lower()
            if not all(word in text for word in words):
                continue
            if lesson.stage != stage:
                stage = lesson.stage
                heading = Content.styled(harmless(stage), HERE)
                options.append(Option(Content("\n") + heading if options else heading, disabled=True))
            options.append(Option(lesson_line(lesson), id=lesson.name))
        shown = self.query_one(OptionList)
        shown.set_options(options)
        first = next((number for number, option in enumerate(options) if not option.disabled), None)
        shown.highlighted = first
        if first is None:
            self._say("" if not words else "No lesson fits. Press escape to see all.")


def lesson_line(lesson: Listed) -> Content:
    """``08  Gradients add up   6 min``."""
    number = lesson.name.partition("_")[0] if lesson.name[:1].isdigit() else ""
    minutes = f"{lesson.minutes:g} min" if lesson.minutes else ""
    broken = Content.styled("  ✗ cannot be opened", "$text-error") if lesson.problem else Content("")
    title = harmless(lesson.title)
    return Content.assemble((f"  {number:>3}  ", MUTED), title, (f"   {minutes}", MUTED)) + broken
