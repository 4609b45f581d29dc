"""A folder of lessons is listed without running them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.lesson.pack import OTHER_STAGE, Pack, built_in
from tutor.lesson.program import UnreadableError


def lesson(folder: Path, name: str, about: str = "", code: str = "raise SystemExit\n") -> None:
    about = about or f'# title = "About {name}"\n'
    (folder / f"{name}.py").write_text(f'# %% [raw] tutor="lesson"\n{about}\n# %%\n{code}')


def pack(folder: Path, text: str) -> Pack:
    (folder / "pack.toml").write_text(text)
    return Pack.load(folder)


def test_lessons_come_in_the_order_of_the_pack_under_their_stages(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        lesson(tmp_path, name)
    text = 'title = "P"\n[[stage]]\ntitle = "One"\nlessons = ["c", "a"]\n[[stage]]\ntitle = "Two"\nlessons = ["b"]\n'
    loaded = pack(tmp_path, text)
    assert (loaded.title, loaded.problems) == ("P", [])
    assert [(each.stage, each.name, each.title) for each in loaded.lessons] == [
        ("One", "c", "About c"),
        ("One", "a", "About a"),
        ("Two", "b", "About b"),
    ]


def test_a_lesson_says_its_minutes_and_needs(tmp_path: Path) -> None:
    lesson(tmp_path, "a", '# title = "A"\n# minutes = 6\n# needs = ["b"]\n')
    (listed,) = Pack.load(tmp_path).lessons
    assert (listed.minutes, listed.needs, listed.problem) == (6, ["b"], "")


def test_a_lesson_is_listed_whatever_its_code_is(tmp_path: Path) -> None:
    lesson(tmp_path, "a", code="this is (no Python")
    assert Pack.load(tmp_path).lessons[0].title == "About a"


def test_lessons_that_the_pack_does_not_name_come_last(tmp_path: Path) -> None:
    lesson(tmp_path, "a")
    lesson(tmp_path, "b")
    (tmp_path / "helper.py").write_text("x = 1\n")
    loaded = pack(tmp_path, 'title = "P"\n[[stage]]\ntitle = "One"\nlessons = ["b"]\n')
    assert [(each.stage, each.name) for each in loaded.lessons] == [("One", "b"), (OTHER_STAGE, "a")]


def test_a_broken_lesson_says_so_and_hides_no_other(tmp_path: Path) -> None:
    lesson(tmp_path, "a", "# title = oops\n")
    lesson(tmp_path, "b")
    (tmp_path / "d.py").write_text("x = 1\n")
    loaded = pack(tmp_path, 'title = "P"\n[[stage]]\ntitle = "One"\nlessons = ["a", "b", "c", "d"]\n')
    problems = {each.name: each.problem.removeprefix(f"{tmp_path}/") for each in loaded.lessons}
    assert problems["a"].startswith("a.py:2: bad TOML: Invalid value.")
    assert problems["b"] == ""
    assert problems["c"].startswith("c.py: there is no such file.")
    assert problems["d"].startswith("d.py: no cell says that this is a lesson.")


def test_a_broken_pack_file_says_so_and_hides_no_lesson(tmp_path: Path) -> None:
    lesson(tmp_path, "a")
    loaded = pack(tmp_path, 'title = "P"\n[[stage\n')
    assert loaded.problems[0].removeprefix(f"{tmp_path}/").startswith("pack.toml:2: bad TOML: ")
    assert [each.name for each in loaded.lessons] == ["a"]


def test_a_folder_without_a_pack_file_is_listed_by_name(tmp_path: Path) -> None:
    lesson(tmp_path, "b")
    lesson(tmp_path, "a")
    loaded = Pack.load(tmp_path)
    assert [each.name for each in loaded.lessons] == ["a", "b"]
    assert "pack.toml: there is no such file." in loaded.problems[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "pack.toml: the file is empty."),
        ("x = 1", "pack.toml: the pack has no title."),
        ('title = "P"\nstage = 3', "pack.toml: stage 1: a stage is a table."),
        ('title = "P"\n[[stage]]\nlessons = ["a"]', "pack.toml: stage 1: the stage has no title."),
        ('title = "P"\n[[stage]]\ntitle = "One"', "pack.toml: stage 1: the stage has no lessons."),
        ('title = "P"\n[[stage]]\ntitle = "One"\nlessons = ["../a"]', "pack.toml: stage 1: '../a' is no name"),
        ('title = "P"\n[[stage]]\ntitle = "One"\nlessons = [3, "a"]', "pack.toml: stage 1: 3 is no name of a lesson."),
        ('title = "P"\n[[stage]]\ntitle = "One"\nlessons = ["a", "a"]', "pack.toml: stage 1: a is listed twice."),
    ],
)
def test_what_is_wrong_with_a_pack_is_said_and_its_lessons_stay(tmp_path: Path, text: str, problem: str) -> None:
    lesson(tmp_path, "a")
    loaded = pack(tmp_path, text)
    assert loaded.problems[0].removeprefix(f"{tmp_path}/").startswith(problem)
    assert [each.name for each in loaded.lessons] == ["a"]


def test_what_is_no_folder_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="the pack cannot be read"):
        Pack.load(tmp_path / "none")


def test_the_course_is_found_and_in_order() -> None:
    course = Pack.load(built_in())
    assert course.problems == []
    assert [each.problem for each in course.lessons if each.problem] == []
    assert OTHER_STAGE not in {stage.title for stage in course.stages}


def test_the_course_is_found_inside_an_installed_package(tmp_path: Path) -> None:
    package = Path(__file__).resolve().parents[2] / "tutor"
    shutil.copytree(package / "lesson", tmp_path / "tutor" / "lesson")
    shutil.copy(package / "__init__.py", tmp_path / "tutor")
    shutil.copytree(built_in(), tmp_path / "tutor" / "_lessons")
    (tmp_path / "lessons").mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from tutor.lesson.pack import built_in; print(built_in())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert result.stdout.strip() == str(tmp_path / "tutor" / "_lessons")
