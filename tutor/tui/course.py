"""What home lists: the lessons by stage and how far they are, what to go on with, what comes next, own files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tutor.lesson.pack import Listed

if TYPE_CHECKING:
    from tutor.progress.store import Place

OWN_FILES: Final = "Your files"
"""Heading of the files that are no lessons."""


class Heading(NamedTuple):
    """A stage."""

    text: str


class LessonEntry(NamedTuple):
    """A lesson in its stage."""

    lesson: Listed
    place: Place | None
    """How far it is, None if it was never open."""
    next: bool
    """Whether it comes next."""

    @property
    def key(self) -> str:
        """What tells it from the other entries."""
        return f"lesson:{self.lesson.name}"

    @property
    def step(self) -> int | None:
        """The step to open it at: where it was left, if it is not done."""
        return self.place.step if self.place is not None and not self.place.done else None


class ContinueEntry(NamedTuple):
    """The lesson that was open last, at its place."""

    lesson: Listed
    place: Place

    @property
    def key(self) -> str:
        """What tells it from the other entries."""
        return "continue"

    @property
    def step(self) -> int:
        """The step to open it at."""
        return self.place.step


class FileEntry(NamedTuple):
    """A file of one's own."""

    path: Path

    @property
    def key(self) -> str:
        """What tells it from the other entries."""
        return f"file:{self.path}"


Choice = LessonEntry | ContinueEntry | FileEntry
"""What can be chosen."""

Entry = Heading | Choice
"""What home lists."""


class Course(NamedTuple):
    """Lessons, and what somebody has done of them."""

    lessons: list[Listed]
    places: dict[str, Place]
    """How far somebody is, by the name of the lesson."""
    last: Place | None = None
    """The place that was changed last."""
    files: list[Path] = []  # noqa: RUF012
    """Own files, the newest first."""
    marked: bool = True
    """Whether it is known already what is done; nothing is said to come next before."""

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(self._is_done(lesson) for lesson in self.lessons)

    @property
    def to_continue(self) -> ContinueEntry | None:
        """The lesson that was open last, unless it was left at its end."""
        last = self.last
        if last is None or last.at_end:
            return None
        lesson = next((lesson for lesson in self.lessons if lesson.name == last.lesson), None)
        return ContinueEntry(lesson, last) if lesson is not None and not lesson.problem else None

    @property
    def next(self) -> Listed | None:
        """The first lesson after the one that was open last that is not done; the course goes round."""
        last = self.last.lesson if self.last is not None else ""
        start = next((number for number, lesson in enumerate(self.lessons, 1) if lesson.name == last), 0)
        following = [
            lesson
            for lesson in self.lessons[start:] + self.lessons[:start]
            if lesson.name != last and not lesson.problem and not self._is_done(lesson)
        ]
        return following[0] if following and self.marked else None

    def entries(self, wanted: str = "") -> list[Entry]:
        """What is listed.

        Args:
            wanted: Words that must all be in the name, the title or the stage of a lesson, or in the path of a file.
        """
        words = wanted.lower().split()
        going_on = self.to_continue if not words else None
        return [*([going_on] if going_on else []), *self._by_stage(words), *self._own_files(words)]

    def _by_stage(self, words: list[str]) -> Iterator[Entry]:
        stage = None
        following = self.next
        for lesson in self.lessons:
            if not _fits(f"{lesson.name} {lesson.title} {lesson.stage}", words):
                continue
            if lesson.stage != stage:
                stage = lesson.stage
                yield Heading(stage)
            yield LessonEntry(lesson, self.places.get(lesson.name), lesson is following)

    def _own_files(self, words: list[str]) -> Iterator[Entry]:
        files = [path for path in self.files if _fits(str(path), words)]
        if files:
            yield Heading(OWN_FILES)
            yield from map(FileEntry, files)

    def needed(self, lesson: Listed) -> list[tuple[Listed, bool]]:
        """The lessons that one needs, and whether they are done; those that are not in the pack are left out."""
        names = {name: other for other in self.lessons for name in (other.name, other.name.partition("_")[2])}
        found = [names[need] for need in lesson.needs if need in names]
        return [(other, self._is_done(other)) for other in found]

    def _is_done(self, lesson: Listed) -> bool:
        place = self.places.get(lesson.name)
        return place is not None and place.done


def numbered(lesson: Listed) -> str:
    """``08 Gradients add up``."""
    return f"{number_of(lesson)} {lesson.title}".strip()


def number_of(lesson: Listed) -> str:
    """``08``, empty for a lesson without a number."""
    return lesson.name.partition("_")[0] if lesson.name[:1].isdigit() else ""


def _fits(text: str, words: list[str]) -> bool:
    text = text.lower()
    return all(word in text for word in words)
