"""A new lesson to start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lesson.checked import check
from tutor.lesson.program import UnreadableError
from tutor.lesson.reading import read_program
from tutor.lesson.template import write_lesson
from tutor.recorder.evaluate_lesson import LessonRunner


def test_it_passes_the_check_without_a_word(tmp_path: Path) -> None:
    path = write_lesson(tmp_path, "broadcasting", 'A "new" lesson \\ with $ signs')
    assert read_program(path).title == 'A "new" lesson \\ with $ signs'
    with LessonRunner() as runner:
        assert check(path, runner.look) == []


def test_lessons_are_numbered_after_the_highest(tmp_path: Path) -> None:
    (tmp_path / "09_old.py").write_text("x = 1\n", encoding="utf-8")
    names = [write_lesson(tmp_path, name).name for name in ("new one", "30_given.py", "next-one")]
    assert names == ["10_new_one.py", "30_given.py", "31_next_one.py"]
    assert read_program(tmp_path / "31_next_one.py").title == "Next one"


def test_two_new_lessons_share_no_id(tmp_path: Path) -> None:
    one, other = (read_program(write_lesson(tmp_path, name)) for name in ("a", "b"))
    assert not {question.id for question in one.questions} & {question.id for question in other.questions}


@pytest.mark.parametrize("name", ["old", "09_old", "12_old"])
def test_a_lesson_of_that_name_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "09_old.py").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(UnreadableError, match="this file exists"):
        write_lesson(tmp_path, name)
    assert [path.name for path in tmp_path.iterdir()] == ["09_old.py"]
    assert (tmp_path / "09_old.py").read_text(encoding="utf-8") == "x = 1\n"


@pytest.mark.parametrize("name", ["", "3", "../a", "a/b", "a.b", "a\nb\x1b"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableError, match="is no name for a lesson"):
        write_lesson(tmp_path, name)
    assert list(tmp_path.iterdir()) == []
