"""The list on home: stages, lessons with their marks, own files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.strip import Strip

from tutor.tui.cells import fit, fit_end, harmless, pad
from tutor.tui.course import Choice, ContinueEntry, Entry, FileEntry, Heading, LessonEntry, number_of, numbered
from tutor.tui.looks import ALARM, CHANGED, GOOD, HERE, MUTED
from tutor.tui.widgets.pane import Pane

LEAD: Final = 8
"""Cells before a title: the mark of the choice, the mark of progress, the number."""

MINUTES: Final = 9
"""Cells for the minutes, with those before them."""

CHOSEN: Final = "bold on $accent-muted"
"""The line of the choice; it also has a sign."""


class CourseList(Pane, can_focus=False):
    """Entries one below the other, one of them chosen."""

    DEFAULT_CSS = """
    CourseList { border: none; padding: 0; margin: 1 0 0 1; height: 1fr; }
    """

    class Drawn(Message):
        """The list is on the screen for the first time."""

    class Moved(Message):
        """Another entry is chosen, or none."""

    class Opened(Message):
        """An entry was clicked."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", id=id)
        self._rows: list[Entry | None] = []
        self._chosen: int | None = None
        self._drawn = False

    @property
    def chosen(self) -> Choice | None:
        """The entry that is chosen."""
        entry = self._rows[self._chosen] if self._chosen is not None else None
        return None if isinstance(entry, Heading) else entry

    def show(self, entries: Sequence[Entry], key: str = "") -> None:
        """List entries.

        Args:
            entries: What to list.
            key: Of the entry to choose; without it, or where there is none with this key, the first one.
        """
        self._rows = []
        for number, entry in enumerate(entries):
            if number and isinstance(entry, Heading):
                self._rows.append(None)
            self._rows.append(entry)
        keyed = [row for row in self._choices if getattr(self._rows[row], "key", "") == key]
        self._chosen = next(iter(keyed or self._choices), None)
        self.set_rows(len(self._rows))
        self._moved()

    def choose(self, by: int) -> None:
        """Choose another entry, so many further on; a single step leads round from the last to the first."""
        choices = self._choices
        if self._chosen is None:
            return
        number = choices.index(self._chosen) + by
        self._chosen = choices[number % len(choices) if abs(by) == 1 else min(max(number, 0), len(choices) - 1)]
        self._moved()

    def on_click(self, event: events.Click) -> None:
        """Choose the entry that is clicked, and open it."""
        row = self.row_at(event.get_content_offset_capture(self).y)
        if row in self._choices:
            self._chosen = row
            self._moved()
            self.post_message(self.Opened())

    def on_resize(self, event: events.Resize) -> None:
        """Keep the choice in sight."""
        super().on_resize(event)
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """A line of the list, as Textual asks for it."""
        if not self._drawn:
            self._drawn = True
            self.post_message(self.Drawn())
        return super().render_line(y)

    def draw_row(self, row: int, width: int) -> Content:
        """An entry, with the marks that it has."""
        entry = self._rows[row]
        if entry is None:
            return Content("")
        if isinstance(entry, Heading):
            return Content.styled(fit(harmless(entry.text), width), HERE)
        mark, content = self._draw(entry, width)
        here = row == self._chosen
        line = Content.assemble(("› " if here else "  ", HERE), mark, " ", content)
        return line.pad_right(max(width - line.cell_length, 0)).stylize_before(CHOSEN) if here else line

    def _draw(self, entry: Choice, width: int) -> tuple[Content, Content]:
        """The mark of an entry, and the rest of its line."""
        if isinstance(entry, ContinueEntry):
            place = f", step {entry.place.step}/{entry.place.count}"
            title = fit(harmless(numbered(entry.lesson)), width - LEAD - cell_len(f"continue: {place}"))
            return Content.styled("◐", CHANGED), Content.assemble(("continue: ", HERE), title, place)
        if isinstance(entry, FileEntry):
            return Content(" "), self._file(entry.path, width)
        return _mark(entry), self._lesson(entry, width)

    def _lesson(self, entry: LessonEntry, width: int) -> Content:
        lesson = entry.lesson
        minutes = f"{lesson.minutes:g} min" if lesson.minutes else ""
        return Content.assemble(
            (f"{number_of(lesson):>2}  ", MUTED),
            pad(harmless(lesson.title), self._title_width(width)),
            (f"{minutes:>{MINUTES}}", MUTED),
            _tail(entry),
        )

    def _file(self, path: Path, width: int) -> Content:
        name = pad(harmless(path.name), self._title_width(width))
        folder = harmless(_folder(path))
        return Content.assemble("    ", name, "   ", (fit_end(folder, width - LEAD - cell_len(name) - 3), MUTED))

    def _title_width(self, width: int) -> int:
        """Cells for titles and names: those of the longest, as far as there is room."""
        lessons = [entry for entry in self._rows if isinstance(entry, LessonEntry)]
        names = [entry.path.name for entry in self._rows if isinstance(entry, FileEntry)]
        tail = max((_tail(entry).cell_length for entry in lessons), default=0)
        longest = max(
            (cell_len(harmless(text)) for text in [entry.lesson.title for entry in lessons] + names), default=0
        )
        return max(min(longest, width - LEAD - MINUTES - tail), 10)

    @property
    def _choices(self) -> list[int]:
        """The rows that can be chosen."""
        return [row for row, entry in enumerate(self._rows) if entry is not None and not isinstance(entry, Heading)]

    def _moved(self) -> None:
        self._reveal()
        self.redraw()
        self.post_message(self.Moved())

    def _reveal(self) -> None:
        if self._chosen is not None:
            first = self._chosen == next(iter(self._choices))
            self.reveal(0 if first else self._chosen, self._chosen)


def _mark(entry: LessonEntry) -> Content:
    if entry.place is None:
        return Content(" ")
    return Content.styled("✓", GOOD) if entry.place.done else Content.styled("◐", CHANGED)


def _tail(entry: LessonEntry) -> Content:
    """What stands behind a lesson."""
    pieces = []
    if entry.lesson.problem:
        pieces.append(Content.styled("✗ cannot be opened", ALARM))
    elif entry.place is not None and not entry.place.done:
        pieces.append(Content(f"step {entry.place.step}/{entry.place.count}"))
    if entry.next:
        pieces.append(Content.styled("▶ next", HERE))
    return Content("  ").join([Content(" "), *pieces]) if pieces else Content("")


def _folder(path: Path) -> str:
    """The folder of a file as a person writes it."""
    try:
        return f"~/{path.parent.relative_to(Path.home())}".removesuffix("/.")
    except (ValueError, RuntimeError):
        return str(path.parent)
