"""The chosen lesson on home: what it is about, how long it takes, what it needs."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.content import Content
from textual.timer import Timer

from tutor.tui.beginnings import Beginnings
from tutor.tui.cells import harmless
from tutor.tui.course import Choice, ContinueEntry, Course, FileEntry, LessonEntry, numbered
from tutor.tui.looks import ALARM, CHANGED, GOOD, MUTED
from tutor.tui.prose import prose_lines
from tutor.tui.widgets.pane import Pane

REST: Final = 0.1
"""Seconds without another choice after which the chosen lesson is read."""

PROSE_WIDTH: Final = 72
"""Longest line of prose, in cells."""


class Preview(Pane, can_focus=False):
    """A title, a few facts, and how the lesson begins; it scrolls with the wheel."""

    def __init__(self, *, id: str) -> None:
        super().__init__("about", id=id)
        self._beginnings = Beginnings()
        self._course = Course([], {})
        self._entry: Choice | None = None
        self._resting: Timer | None = None
        self._lines: list[Content] = []

    def show(self, entry: Choice | None, course: Course) -> None:
        """Show what an entry is about; a lesson that was not read yet is read when no other comes for a moment.

        Args:
            entry: What is chosen, None for nothing.
            course: Where it is in.
        """
        self._entry, self._course = entry, course
        self._begin()

    def forget(self) -> None:
        """Read every lesson anew: files may have changed."""
        self._beginnings.forget()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap to the new width, which may be the first."""
        self._begin()

    def draw_row(self, row: int, width: int) -> Content:
        """A line."""
        return self._lines[row] if row < len(self._lines) else Content("")

    def _begin(self) -> None:
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        entry = self._entry
        if isinstance(entry, LessonEntry | ContinueEntry) and not self._beginnings.known(entry.lesson.path):
            self._resting = self.set_timer(REST, self._tell)
        else:
            self._tell()

    def _tell(self) -> None:
        """Show everything, reading the lesson if need be."""
        if not self.size.width:
            return
        width = min(max(self.row_width, 20), PROSE_WIDTH)
        entry = self._entry
        if entry is None:
            self._lines = []
        elif isinstance(entry, FileEntry):
            self._lines = [*_title(entry.path.name, width), *Content(harmless(str(entry.path.parent))).wrap(width)]
        else:
            self._lines = self._lesson(entry, width)
        self.set_rows(len(self._lines))
        self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self.redraw()

    def _lesson(self, entry: LessonEntry | ContinueEntry, width: int) -> list[Content]:
        lesson = entry.lesson
        beginning = self._beginnings.read(lesson.path)
        minutes = "1 minute" if lesson.minutes == 1 else f"{lesson.minutes:g} minutes" if lesson.minutes else ""
        facts = [(minutes, MUTED)]
        if entry.place is not None and entry.place.done:
            facts.append(("✓ done", GOOD))
        elif entry.place is not None:
            facts.append((f"◐ left at step {entry.place.step} of {entry.place.count}", CHANGED))
        for other, done in self._course.needed(lesson):
            facts.append((f"needs {numbered(other)}{' ✓' if done else ''}", MUTED))
        if lesson.problem or beginning.problem:
            facts.append(("✗ cannot be opened", ALARM))
        lines = _title(numbered(lesson), width)
        for fact, style in facts:
            lines += Content.styled(harmless(fact), style).wrap(width) if fact else []
        return [*lines, Content(""), *prose_lines(_without_title(beginning.prose, lesson.title), width)]


def _title(text: str, width: int) -> list[Content]:
    return Content.styled(harmless(text), "bold $text-primary").wrap(width)


def _without_title(prose: str, title: str) -> str:
    """Prose without a heading that only repeats the title."""
    first, _, rest = prose.lstrip().partition("\n")
    return rest if first.startswith("#") and first.lstrip("#").strip() == title else prose
