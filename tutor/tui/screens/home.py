"""The course: every lesson by stage and how far it is, found by typing, opened with Enter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from tutor.lesson.pack import Pack, built_in
from tutor.lesson.program import UnreadableError
from tutor.tui.cells import harmless
from tutor.tui.course import Choice, Course, FileEntry
from tutor.tui.widgets.bottom_line import BottomLine
from tutor.tui.widgets.course_list import CourseList
from tutor.tui.widgets.header_line import HeaderLine

if TYPE_CHECKING:
    from tutor.tui.app import TutorApp
    from tutor.tui.questions.plans import Plan
    from tutor.tui.widgets.preview import Preview

HINTS: Final = [
    ("↑ ↓", "choose"),
    ("enter", "open"),
    ("type", "to filter"),
    ("F2", "questions"),
    ("F1", "help"),
    ("ctrl+c", "quit"),
]

SOON: Final = 0.02
"""Seconds from drawing the list for the first time until its marks are looked up."""


class HomeScreen(Screen[None]):
    """Lessons and own files to choose from.

    Args:
        folder: The pack, None for the course that comes with the program.
    """

    DEFAULT_CSS = """
    HomeScreen #filter { border: none; height: 1; padding: 0 1; margin: 1 1 0 1; background: $boost; }
    HomeScreen #middle { height: 1fr; }
    HomeScreen.-wide #lessons { width: 60%; }
    HomeScreen #preview { display: none; margin: 1 1 0 1; }
    HomeScreen.-wide #preview { display: block; }
    HomeScreen #problem { height: auto; max-height: 8; padding: 0 2; color: $text-error; }
    HomeScreen #too-small { display: none; content-align: center middle; width: 1fr; height: 1fr; }
    HomeScreen.-tiny > *, HomeScreen.-short > * { display: none; }
    HomeScreen.-tiny #too-small, HomeScreen.-short #too-small { display: block; }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "Next lesson", id="home.next", tooltip="Choose the next lesson", priority=True),
        Binding("up", "choose(-1)", "Previous", id="home.back", tooltip="Choose the lesson before", priority=True),
        Binding("pagedown", "choose(10)", "Page down", id="home.page-down", tooltip="Go ten lessons on"),
        Binding("pageup", "choose(-10)", "Page up", id="home.page-up", tooltip="Go ten lessons back"),
        Binding("enter", "open", "Open", id="home.open", tooltip="Open the lesson", priority=True),
        Binding("f2", "questions", "Questions", id="home.questions", tooltip="Ask questions about the chosen lesson"),
        Binding("f3", "review", "Review", id="home.review", tooltip="Ask the questions that are due today"),
        Binding("escape", "clear", "All lessons", id="home.clear", tooltip="Take the filter away, then leave tutor"),
        Binding("f1", "help", "Help", id="app.help", tooltip="Show the keys"),
    ]

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._folder = folder
        self._course = Course([], {})
        self._problem = ""
        self._notes: list[str] = []
        self._answer = ""
        self._drawn = False
        self._touched = False
        self._opened = ""
        self._title = "lessons"
        self._preview: Preview | None = None
        self._due = 0
        """How many questions are due that can be asked."""

    def compose(self) -> ComposeResult:
        """Filter, list, the chosen lesson, and what is wrong."""
        yield HeaderLine(id="header")
        field = Input(placeholder="type to filter", id="filter")
        field.cursor_blink = False
        yield field
        with Horizontal(id="middle"):
            yield CourseList(id="lessons")
        yield Static(Content(""), id="problem")
        yield BottomLine(HINTS if self._tutor.person.config.hints else [], id="bottom")
        yield Static(Content("This terminal is too small; tutor needs 60 x 18."), id="too-small")

    def on_mount(self) -> None:
        """Read the pack; how far each lesson is comes after the first frame."""
        try:
            pack = Pack.load(self._folder or built_in(), self._tutor.languages)
        except UnreadableError as error:
            self._problem = str(error)
        else:
            self._title = pack.title
            self._course = Course(pack.lessons, {}, marked=False)
            self._problem = "\n".join(pack.problems)
            if not pack.lessons and not pack.problems:
                self._problem = "There are no lessons in this pack."
        self._fill()
        self.query_one(Input).focus()

    def on_screen_resume(self) -> None:
        """Say again how far everything is, after a program."""
        if self._drawn:
            self.call_after_refresh(self._mark)

    def on_course_list_drawn(self) -> None:
        """Say how far everything is, as soon as the list can be read."""
        self._drawn = True
        # What is drawn while the screen is put together is not shown at once.
        self.set_timer(SOON, self._mark)

    def _mark(self) -> None:
        """Mark what is done, begun and next, unless another screen is shown."""
        if not self.is_current:
            return
        tutor, course = self._tutor, self._course
        store, pack = tutor.store, tutor.person.pack
        files = [Path(recent.path) for recent in store.recent()]
        self._course = Course(course.lessons, store.places(pack), store.last(pack), files)
        self._notes = tutor.problems
        self.run_worker(self._count_due(), group="due", exclusive=True)
        if self._preview is None:
            from tutor.tui.widgets.preview import Preview

            self._preview = Preview(id="preview")
            self.query_one("#middle").mount(self._preview)
        self._preview.forget()
        self._fill(self._best() or self._key)

    async def _count_due(self) -> None:
        """Say how many questions are due that are still there; the files are read away from the screen's thread."""
        due, plan = self._due, self._review()
        self._due = (await asyncio.to_thread(plan)).size if plan is not None else 0
        if self._due != due:
            self._show_head()

    def _review(self) -> Callable[[], Plan] | None:
        """What reads the files with something due and gives back what can be asked of it, None if nothing is due."""
        # Asked first, since what reads questions is imported only for them.
        tutor = self._tutor
        if not tutor.schedule.due():
            return None
        from tutor.tui.questions.due import about_due, due_cards

        cards, own = due_cards(tutor.schedule, tutor.person.pack), tutor.store.own_files()
        return lambda: about_due(self._course.lessons, cards, own, tutor.languages)

    def _best(self) -> str:
        """The key of what the person will want, if something else than now: to go on, or the next lesson."""
        course, place = self._course, self._course.places.get(self._opened)
        finished = place is not None and place.at_end
        if finished:
            self._opened = ""
        elif self._touched:
            return ""
        entry = course.to_continue
        if entry is not None and not finished:
            return entry.key
        return f"lesson:{course.next.name}" if course.next is not None else ""

    def _fill(self, key: str = "") -> None:
        """List what fits the filter.

        Args:
            key: Of the entry to choose.
        """
        self._show_head()
        self.query_one(CourseList).show(self._course.entries(self.query_one(Input).value), key)

    def _show_head(self) -> None:
        """Say how many lessons are done, and how much is due."""
        total = len(self._course.lessons)
        lessons = "1 lesson" if total == 1 else f"{total} lessons"
        facts = [f"{self._course.done} of {lessons} done" if self._course.done else lessons]
        if self._due:
            facts.append(f"{self._due} due for review (F3)")
        self.query_one(HeaderLine).show(self._title, facts)

    # Choosing

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        self._touched = True
        self._answer = ""
        self._fill(self._key)

    def action_choose(self, by: int) -> None:
        """Choose another lesson."""
        self._touched = True
        self._answer = ""
        self.query_one(CourseList).choose(by)

    def on_course_list_moved(self) -> None:
        """Say what is wrong with the chosen lesson, if anything, and what it is about."""
        self._say()
        if self._preview is not None:
            self._preview.show(self._chosen, self._course)

    # Opening

    def on_course_list_opened(self) -> None:
        """Open what was clicked."""
        self.action_open()

    def action_open(self) -> None:
        """Open the chosen lesson or file, or say why it cannot be opened."""
        entry = self._chosen
        if entry is None:
            return
        self._touched = True
        try:
            if isinstance(entry, FileEntry):
                self._open_file(entry.path)
            else:
                self._opened = entry.lesson.name
                self._tutor.open_lesson(entry.lesson.path, step=entry.step)
        except UnreadableError as error:
            self._say(str(error))

    def _open_file(self, path: Path) -> None:
        """Open a file of one's own; one that is gone is forgotten."""
        # Imported late, as everything that a list of lessons does not need.
        from tutor.lesson.reading import read_program
        from tutor.recording.file import begins_as_recording
        from tutor.tui.start import recording_problem

        if not path.exists():
            self._tutor.store.forget_recent(str(path))
            self._mark()
            self._say(f"{path}: this file is gone, so it is no longer listed.")
        elif not begins_as_recording(path):
            self._tutor.open_program(read_program(path))
        elif problem := recording_problem(path):
            self._say(problem)
        else:
            self._tutor.open_recording(path)

    # Questions

    def action_questions(self) -> None:
        """Ask about the chosen lesson, or say why that cannot be."""
        from tutor.lesson.reading import read_program
        from tutor.lesson.translation import translated

        entry = self._chosen
        if entry is None or isinstance(entry, FileEntry):
            self._say("Choose a lesson first; F2 asks about it. For a file of your own: tutor quiz FILE")
            return
        self._touched = True
        try:
            self._tutor.open_quiz(translated(read_program(entry.lesson.path), self._tutor.languages))
        except UnreadableError as error:
            self._say(str(error))

    def action_review(self) -> None:
        """Ask what is due."""
        review = self._review()
        plan = review() if review is not None else None
        if plan is not None and plan.parts:
            self._touched = True
            self._tutor.open_plan(plan)
            return
        note = plan.note if plan is not None else ""
        self._say(" ".join(filter(None, ["Nothing is due for review today.", note])))

    # The rest

    def action_clear(self) -> None:
        """Take the filter away; without one, leave."""
        field = self.query_one(Input)
        if field.value:
            field.value = ""
        else:
            self.app.exit()

    def action_help(self) -> None:
        """Show the keys."""
        from tutor.tui.keys import key_text
        from tutor.tui.screens.help import Help

        chosen = self._tutor.person.keys
        bindings = [binding for binding in self.BINDINGS if isinstance(binding, Binding)]
        shown = [binding.with_key(chosen.get(binding.id or "", binding.key)) for binding in bindings]
        self.app.push_screen(Help([(key_text(binding), binding.tooltip) for binding in shown], full=False))

    def _say(self, answer: str | None = None) -> None:
        """Show what is wrong: with what was done last, with the chosen lesson, with everything.

        Args:
            answer: Why something did not open, shown until the next choice; None leaves the last one.
        """
        if answer is not None:
            self._answer = answer
        entry, problem = self._chosen, ""
        if entry is None and self.query_one(Input).value:
            problem = "No lesson fits. Press escape to see all."
        elif entry is not None and not isinstance(entry, FileEntry):
            problem = entry.lesson.problem
        lines = dict.fromkeys(filter(None, [self._answer, problem, *self._problem.splitlines(), *self._notes]))
        self.query_one("#problem", Static).update(Content("\n".join(map(harmless, lines))))

    @property
    def _chosen(self) -> Choice | None:
        return self.query_one(CourseList).chosen

    @property
    def _key(self) -> str:
        """The key of the chosen entry."""
        return self._chosen.key if self._chosen is not None else ""

    @property
    def _tutor(self) -> TutorApp:
        from tutor.tui.app import TutorApp

        assert isinstance(self.app, TutorApp)
        return self.app
