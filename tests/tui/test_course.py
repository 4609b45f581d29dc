"""What home lists, and what it offers first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lesson.pack import Listed
from tutor.progress.store import Place
from tutor.tui.course import ContinueEntry, Course, FileEntry, Heading, LessonEntry

LESSONS = [
    Listed("01_first", Path("01_first.py"), "One", "First"),
    Listed("02_second", Path("02_second.py"), "One", "Second", needs=["first", "elsewhere"]),
    Listed("03_broken", Path("03_broken.py"), "Two", "Broken", problem="03_broken.py:1: no."),
    Listed("04_fourth", Path("04_fourth.py"), "Two", "Fourth", needs=["01_first", "02_second"]),
]


def at(lesson: str, step: int, *, done: bool = False, changed: float = 1.0) -> Place:
    return Place("pack", lesson, step, 9, done, changed)


def course(*places: Place, files: list[Path] | None = None) -> Course:
    """A course in which places were changed one after the other."""
    return Course(LESSONS, {place.lesson: place for place in places}, places[-1] if places else None, files or [])


@pytest.mark.parametrize(
    ("places", "following"),
    [
        ([], "01_first"),
        ([at("01_first", 9, done=True)], "02_second"),
        ([at("01_first", 4)], "02_second"),
        ([at("02_second", 9, done=True)], "04_fourth"),
        ([at("04_fourth", 9, done=True)], "01_first"),
        ([at("01_first", 9, done=True), at("04_fourth", 3)], "02_second"),
        ([at("02_second", 9, done=True), at("01_first", 2, done=True)], "04_fourth"),
        ([at(name, 9, done=True) for name in ("01_first", "02_second", "04_fourth")], None),
    ],
)
def test_next_is_the_first_lesson_after_the_last_that_is_not_done(places: list[Place], following: str | None) -> None:
    found = course(*places).next
    assert (found.name if found else None) == following


def test_nothing_is_next_before_it_is_known_what_is_done() -> None:
    assert Course(LESSONS, {}, marked=False).next is None


@pytest.mark.parametrize(
    ("place", "offered"),
    [
        (at("01_first", 4), True),
        (at("01_first", 4, done=True), True),
        (at("01_first", 9, done=True), False),
        (at("03_broken", 4), False),
        (at("gone", 4), False),
    ],
)
def test_what_was_not_left_at_its_end_can_be_continued(place: Place, offered: bool) -> None:
    entries = course(at("02_second", 1), place).entries()
    expected = [ContinueEntry(LESSONS[0], place)] if offered else []
    assert [entry for entry in entries if isinstance(entry, ContinueEntry)] == expected
    assert isinstance(entries[0], ContinueEntry) is offered


def test_lessons_come_by_stage_and_own_files_last() -> None:
    entries = course(files=[Path("/a/mine.py")]).entries()
    headings = [entry.text for entry in entries if isinstance(entry, Heading)]
    assert headings == ["One", "Two", "Your files"]
    assert entries[-1] == FileEntry(Path("/a/mine.py"))
    assert [entry.lesson for entry in entries if isinstance(entry, LessonEntry)] == LESSONS
    assert len({getattr(entry, "key", entry) for entry in entries}) == len(entries)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("FIRST", ["First"]), ("two fo", ["Fourth"]), ("04", ["Fourth"]), ("mine /a", []), ("first two", [])],
)
def test_the_filter_looks_for_every_word(wanted: str, found: list[str]) -> None:
    entries = course(at("01_first", 3), files=[Path("/a/mine.py")]).entries(wanted)
    assert [entry.lesson.title for entry in entries if isinstance(entry, LessonEntry)] == found
    assert any(isinstance(entry, FileEntry) for entry in entries) is wanted.startswith("mine")
    assert not any(isinstance(entry, ContinueEntry) for entry in entries)


def test_a_lesson_that_is_begun_opens_where_it_was_left_and_one_that_is_done_at_its_beginning() -> None:
    assert LessonEntry(LESSONS[0], None, False).step is None
    assert LessonEntry(LESSONS[0], at("01_first", 4), False).step == 4
    assert LessonEntry(LESSONS[0], at("01_first", 4, done=True), False).step is None


def test_what_a_lesson_needs_is_known_by_its_short_name_too() -> None:
    found = course(at("01_first", 9, done=True))
    assert found.needed(LESSONS[1]) == [(LESSONS[0], True)]
    assert found.needed(LESSONS[3]) == [(LESSONS[0], True), (LESSONS[1], False)]
    assert found.done == 1
