"""What a person types is understood as a lesson, a script, a notebook or a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lesson.pack import Listed, Pack, Stage
from tutor.lesson.program import UnreadableError
from tutor.lesson.target import resolve

NAMES = ["08_accumulation", "11_detach", "14_manual_update", "16_sgd"]
PACK = Pack(Path("course"), "Course", [Stage("S", [Listed(name, Path("course", name), "S", name) for name in NAMES])])


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(target: str) -> str:
    with pytest.raises(UnreadableError) as caught:
        resolve(target, PACK)
    return str(caught.value)


@pytest.mark.parametrize(
    "target",
    [
        "08_accumulation",
        "08",
        "8",
        "accumulation",
        "acc",
        "08_acc",
        "Accumulation",
        "08-accumulation",
        "08_accumulation.py",
    ],
)
def test_a_lesson_has_several_short_forms(target: str) -> None:
    found = resolve(target, PACK)
    assert (found.kind, found.path) == ("lesson", Path("course/08_accumulation"))


def test_a_form_that_fits_one_lesson_exactly_is_that_lesson() -> None:
    pack = Pack(Path(), "P", [Stage("S", [Listed(name, Path(name), "S", name) for name in ("01_sgd", "02_sgd_again")])])
    assert resolve("sgd", pack).path == Path("01_sgd")


def test_a_form_that_fits_several_lessons_names_them() -> None:
    assert refusal("1") == "'1' fits several lessons: 11_detach, 14_manual_update, 16_sgd. Type more of the name."


@pytest.mark.parametrize(
    ("name", "kind"), [("a.py", "script"), ("a.ipynb", "notebook"), ("a.IPYNB", "notebook"), ("a", "script")]
)
def test_a_file_is_told_by_its_ending(name: str, kind: str) -> None:
    Path(name).write_text("x")
    found = resolve(name, PACK)
    assert (found.kind, found.path) == (kind, Path(name))


def test_a_recording_is_told_by_the_caller() -> None:
    Path("a.py").write_text("x")
    assert resolve("a.py", PACK, lambda path: path == Path("a.py")).kind == "recording"


def test_the_full_name_of_a_lesson_comes_before_a_file_and_a_file_before_a_short_form() -> None:
    Path("08_accumulation").write_text("x")
    Path("08").write_text("x")
    assert resolve("08_accumulation", PACK).kind == "lesson"
    assert resolve("08", PACK).kind == "script"
    assert resolve("./08_accumulation", PACK).kind == "script"


def test_a_folder_does_not_hide_a_lesson() -> None:
    Path("accumulation").mkdir()
    assert resolve("accumulation", PACK).kind == "lesson"


def test_a_folder_is_said_to_be_one() -> None:
    Path("folder").mkdir()
    assert refusal("folder") == "folder: this is a folder. Give a file in it."


def test_a_misspelt_lesson_is_recognised() -> None:
    assert refusal("acumulation") == "no lesson or file named 'acumulation'. Did you mean 08_accumulation?"


def test_a_misspelt_file_is_recognised() -> None:
    Path("sub").mkdir()
    Path("sub/train.py").write_text("x")
    assert refusal("sub/tran.py") == "no file named 'sub/tran.py'. Did you mean sub/train.py?"


@pytest.mark.parametrize("target", ["", "zebra", " ", "a\0b"])
def test_what_resembles_nothing_gets_the_way_to_the_list(target: str) -> None:
    assert refusal(target) == f"no lesson or file named {target!r}. Type tutor list to see the lessons."


def test_control_characters_are_shown_as_escapes() -> None:
    assert refusal("\x1b[2J").isprintable()
