"""A file becomes a program, or one line that says what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lesson.write import LESSON, complaint, program
from tutor.lesson.program import Ask, Expect, UnreadableError
from tutor.lesson.reading import read_program


def test_a_script_keeps_its_text_and_has_the_name_of_its_file_as_title(tmp_path: Path) -> None:
    read = program(tmp_path, "x = 1\n")
    assert (read.path, read.title, read.source) == (str(tmp_path / "train.py"), "train.py", "x = 1\n")
    assert (read.name, read.about, read.notebook) == ("", {}, False)


def test_a_lesson_has_a_name_a_title_and_questions(tmp_path: Path) -> None:
    text = LESSON + 'x = 1\n# %% [raw] id="q" tutor="quiz"\n# ask = "x"\n'
    read = program(tmp_path, text, "08_slopes.py")
    assert (read.name, read.title, read.about) == ("08_slopes", "Slopes", {"title": "Slopes"})
    assert [(question.id, question.cell, question.content) for question in read.questions] == [("q", 3, {"ask": "x"})]


def test_a_relative_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "train.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    assert read_program(Path("train.py")).path == str(tmp_path / "train.py")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_become_line_feeds(tmp_path: Path, end: str) -> None:
    read = program(tmp_path, f"x = 1{end}y = 2  #> 2{end}")
    assert read.source == "x = 1\ny = 2  #> 2\n"
    assert read.expects[0].line == 2


def test_a_missing_last_line_feed_changes_nothing(tmp_path: Path) -> None:
    read = program(tmp_path, "x = 1\ny = 2  #> 2")
    assert (read.cells[0].last_line, read.expects[0].text) == (2, "2")


def test_columns_count_characters_behind_tabs_and_other_scripts(tmp_path: Path) -> None:
    read = program(tmp_path, "if x:\n\tgröße = 1\t#? größe\n")
    assert (read.asks[0].mark_line, read.asks[0].mark_column) == (2, 11)


def test_a_form_feed_does_not_shift_lines(tmp_path: Path) -> None:
    assert program(tmp_path, "x = 1\n\x0c\ny = 2  #> 2\n").expects[0].line == 3


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    assert program(tmp_path, b"\xef\xbb\xbfx = 1\n").source == "x = 1\n"


def test_the_coding_line_of_a_file_is_honoured(tmp_path: Path) -> None:
    read = program(tmp_path, "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"))
    assert "'é'" in read.source


def test_a_warning_of_the_compiler_is_not_printed(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    program(tmp_path, r"x = '\d'; y = 1 is 1")
    assert not recwarn.list


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "train.py: the file is empty. Write a program into it first."),
        (" \n\x0c\n", "train.py: the file is empty. Write a program into it first."),
        ("# only words\n", "train.py: there is no code in it, so there is nothing to step through. Write a program"),
        (b"x = 1\n\x00", "train.py: this is not text, it holds zero bytes. Give a Python file, a notebook"),
        ("x = 1".encode("utf-16"), "train.py: this is UTF-16 text. Save the file as UTF-8."),
        (b"x = 1\ny = '\xe9'\n", "train.py:2: byte 0xe9 is not UTF-8. Save the file as UTF-8, or name its encoding"),
        (b"x = 1\r\r\ny = '\xe9'\n", "train.py:3: byte 0xe9 is not UTF-8. "),
        (b"#\n# coding: klingon\n", "train.py:2: Python does not know this encoding. Save the file as UTF-8."),
        (b"# coding: hex\nx = 1\n", "train.py:1: hex is not a text encoding. Save the file as UTF-8."),
        (b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", "train.py:1: it begins as UTF-8 but names another encoding."),
        ("x = 1\ny = (\n", "train.py:2: '(' was never closed. Correct this line."),
        ("x = 1\nprint 3\n", "train.py:2: Missing parentheses in call to 'print'. Did you mean print(...)? Correct"),
        ("if x:\n\ty = 1\n        z = 1\n", "train.py:3: inconsistent use of tabs and spaces in indentation."),
        ("# %%\nx = 1\n# %%\nreturn x\n", "train.py:4: 'return' outside function. Correct this line."),
        ("x = 1\r\n\x0cy = 2\r\nz = = 3", "train.py:3: invalid syntax. Correct this line."),
        ("x = " + "-" * 100_000 + "1", "train.py: the code is nested too deeply for Python."),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str | bytes, problem: str) -> None:
    said = complaint(tmp_path, text)
    assert said.startswith(problem)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('x = 1\n# %% [raw] tutor="lesson"\n# title = "A"\n# needs = oops\n', "train.py:4: bad TOML: Invalid value."),
        ('x = 1\n# %% [raw] tutor="lesson"\n# title = "A"\n# needs = [\n', "train.py:4: bad TOML: "),
        ('x = 1\n# %% [raw] tutor="lesson"\n"""\ntitle = "A"\nneeds = oops\n"""\n', "train.py:5: bad TOML: "),
        ('x = 1\n# %% [raw] tutor="lesson"\n# minutes = 6\n', "train.py:3: the lesson has no title."),
        ('x = 1\n# %% [raw] tutor="lesson"\n# title = "A"\n# minutes = "6"\n', "train.py:4: minutes is no number"),
        (
            'x = 1\n# %% [raw] tutor="lesson"\n# title = "A"\n# needs = "b"\n',
            "train.py:4: needs is no list of lessons.",
        ),
        (LESSON + 'x = 1\n# %% [raw] tutor="lesson"\n# title = "B"\n', "train.py:6: the lesson is described twice."),
        (LESSON + 'x = 1\n# %% [raw] tutor="quiz"\n# ask = "x"\n', "train.py:6: the question has no id."),
        (
            LESSON + 'x = 1\n# %% [raw] id="q" tutor="quiz"\n# %% [raw] id="q" tutor="quiz"\n',
            "train.py:7: the id q is taken by line 6. Choose another.",
        ),
        (LESSON + 'x = 1\n# %% [raw] id="q" tutor="quiz"\n# ask = x\n', "train.py:7: bad TOML: Invalid value."),
        (LESSON + 'x = 1\n# %% [raw] tutor="quizz"\n', 'train.py:6: there is no kind of cell tutor="quizz".'),
        (
            LESSON + 'x = 1\n# %% [raw] tutor="quiz"\nask = "x"\n',
            'train.py:6: a cell tutor="quiz" holds comments only.',
        ),
    ],
)
def test_a_wrong_cell_of_a_lesson_is_named_by_its_line(tmp_path: Path, text: str, problem: str) -> None:
    assert complaint(tmp_path, text).startswith(problem)


def test_other_attributes_are_kept(tmp_path: Path) -> None:
    read = program(tmp_path, '# %% tags=["a"] theme="x"\nx = 1\n')
    assert read.cells[0].attributes == {"tags": '["a"]', "theme": "x"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"no\.py: there is no such file\. Look at the spelling"):
        read_program(tmp_path / "no.py")


def test_a_path_through_a_file_or_with_a_zero_byte_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    for path in (tmp_path / "a.py" / "b.py", Path("a\0b.py")):
        with pytest.raises(UnreadableError, match="there is no such file"):
            read_program(path)


def test_a_folder_is_named_as_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"this is a folder\. Give a file in it\."):
        read_program(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(UnreadableError, match="this is not a regular file"):
        read_program(tmp_path / "pipe.py")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1")
    (tmp_path / "train.py").chmod(0)
    with pytest.raises(UnreadableError, match=r"cannot be read \(permission denied\)"):
        read_program(tmp_path / "train.py")


def test_control_characters_in_a_name_are_written_as_escapes(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_program(tmp_path / "a\x1b[31m\nb.py")
    assert r"a\x1b[31m\nb.py" in str(caught.value)


def refusal_of(folder: Path, data: bytes, name: str) -> str | None:
    """What is said about a file if it is refused."""
    try:
        program(folder, data, name)
    except UnreadableError as error:
        return str(error)
    return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_is_in_a_file_it_is_read_or_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    for name in ("any.py", "any.ipynb"):
        said = refusal_of(tmp_path, data, name)
        assert said is None or (said.startswith(str(tmp_path / name)) and said.isprintable())


CODE = st.sampled_from(
    [
        "x = 1",
        "print(x)  #> 1",
        "#> 2",
        "if x:\n\ty = 2  #? y",
        "# %%",
        "'''\n#> no\n# %%\n'''",
        "(1,\n 2)  #> 3",
        "\x0c",
        "",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(CODE, min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_marks_are_where_the_file_has_them(tmp_path: Path, pieces: list[str], end: str) -> None:
    text = "x = 0\n" + "\n".join(pieces)
    read = program(tmp_path, text.replace("\n", end))
    lines = read.source.split("\n")
    marks: list[Ask | Expect] = [*read.asks, *read.expects]
    for mark in marks:
        assert lines[mark.mark_line - 1][mark.mark_column] == "#"
        assert mark.line <= mark.mark_line
