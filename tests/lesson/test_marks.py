"""Comments of a lesson's code become marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lesson.write import LESSON, complaint, program
from tutor.lesson.program import Announce, Expect


def expects(folder: Path, code: str) -> list[tuple[int, str]]:
    return [(expect.line, expect.text) for expect in program(folder, code).expects]


def test_an_ask_belongs_to_its_line(tmp_path: Path) -> None:
    (ask,) = program(tmp_path, "x = 1\ny = x  #? y.grad\n").asks
    assert (ask.line, ask.expression, ask.turn) == (2, "y.grad", None)
    assert (ask.mark_line, ask.mark_column) == (2, 7)


def test_an_ask_may_name_a_turn(tmp_path: Path) -> None:
    (ask,) = program(tmp_path, "for i in x:\n    y = i  #? W @ y @ turn 12\n").asks
    assert (ask.expression, ask.turn) == ("W @ y", 12)


def test_a_matrix_product_is_no_turn(tmp_path: Path) -> None:
    (ask,) = program(tmp_path, "y = x  #? W @ turn\n").asks
    assert (ask.expression, ask.turn) == ("W @ turn", None)


def test_an_expectation_is_the_text_after_its_sign_and_one_blank(tmp_path: Path) -> None:
    assert expects(tmp_path, "print(x)  #>   two blanks  \n") == [(1, "  two blanks")]


def test_lines_below_continue_an_expectation(tmp_path: Path) -> None:
    code = "for i in x:\n    print(i)  #> 0\n    #> 1\n    #>\n    #> 2\n"
    assert expects(tmp_path, code) == [(2, "0\n1\n\n2")]


def test_an_expectation_may_begin_below_its_line(tmp_path: Path) -> None:
    assert expects(tmp_path, "print(x)\n#> 0\n#> 1\nprint(y)  #> 2\n") == [(1, "0\n1"), (4, "2")]


def test_a_mark_belongs_to_the_first_line_of_its_statement(tmp_path: Path) -> None:
    assert expects(tmp_path, "with a:\n    print(\n        x,\n    )  #> 0\n") == [(2, "0")]


def test_a_mark_in_the_head_of_a_loop_belongs_to_the_head(tmp_path: Path) -> None:
    code = "for i in (\n    1,\n    2,\n):  #? i\n    pass\nelse:  #? i\n    pass\n"
    assert [ask.line for ask in program(tmp_path, code).asks] == [1, 6]


def test_one_comment_may_ask_and_expect(tmp_path: Path) -> None:
    read = program(tmp_path, "print(x)  #? d['#>']  #> 0\n")
    assert [(ask.expression, ask.mark_column) for ask in read.asks] == [("d['#>']", 10)]
    assert [(expect.text, expect.mark_column) for expect in read.expects] == [("0", 22)]


def test_signs_inside_strings_are_no_marks(tmp_path: Path) -> None:
    read = program(tmp_path, "print('#> 0')\nx = '''\n#> 1\n#? x\n#! E\n'''\n")
    assert not read.expects
    assert not read.asks
    assert not read.announces


def test_an_error_is_announced_for_its_cell(tmp_path: Path) -> None:
    (announce,) = program(tmp_path, "# %%\nx = 1\n# %%\nf()  #! ValueError: no\n").announces
    assert (announce.line, announce.text, announce.cell) == (4, "ValueError: no", 2)


def test_a_long_error_goes_on_below(tmp_path: Path) -> None:
    (announce,) = program(tmp_path, "f()\n#! ValueError: a\n#! b\n").announces
    assert (announce.line, announce.text, announce.mark_line) == (1, "ValueError: a b", 2)


def test_the_line_that_names_an_interpreter_announces_nothing(tmp_path: Path) -> None:
    assert not program(tmp_path, "#! /usr/bin/python3\nx = 1\n").announces
    assert not program(tmp_path, f"#!/usr/bin/python3\nimport math\n{LESSON}x = 1\n").announces


def test_a_mark_may_follow_a_string_of_many_lines(tmp_path: Path) -> None:
    assert expects(tmp_path, "print(0)\nprint('''\na\nb\n''')  #> 0\n") == [(2, "0")]
    assert [ask.line for ask in program(tmp_path, "x = '''\na\nb\n'''  #? x\n").asks] == [1]


@pytest.mark.parametrize(
    "comment", ["#? why so slow", "#?", "#>>> old code", "#!important", "#! see below", "#? @ turn 0"]
)
def test_in_a_plain_script_a_comment_that_resembles_a_mark_is_a_comment(tmp_path: Path, comment: str) -> None:
    read = program(tmp_path, f"x = 1  {comment}\n")
    assert not read.asks
    assert not read.expects
    assert not read.announces


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("x = 1  #? why so slow", "what stands after #? is no expression"),
        ("x = 1  #?", "what stands after #? is no expression"),
        ("x = 1  #? (x", "what stands after #? is no expression"),
        ("x = 1  #? x @ turn 0", "turns are counted from 1"),
        ("x = 1  #>1", "there is no blank after #>"),
        ("x = 1  #! it fails", "#! names no error"),
        ("#> 1\nx = 1", "#> belongs to no line of code"),
        ("\n# A comment.\n#> 1\nx = 1", "#> belongs to no line of code"),
    ],
)
def test_in_a_lesson_it_is_an_error_at_its_line(tmp_path: Path, code: str, problem: str) -> None:
    line = 5 + code[: code.index("#" if "A comment" not in code else "#>")].count("\n")
    assert complaint(tmp_path, LESSON + code).startswith(f"train.py:{line}: {problem}")


def test_prose_holds_no_marks(tmp_path: Path) -> None:
    assert not program(tmp_path, LESSON + "x = 1\n# %% [markdown]\n#> a quotation\n").expects


@pytest.mark.parametrize(
    ("text", "printed", "fits"),
    [
        ("tensor(18.)", "tensor(18.)\n", True),
        ("tensor(18.)", "tensor(180)\n", False),
        ("a\n\nb", "a  \n\nb\n", True),
        ("a", " a\n", False),
        ("took ... s", "took 0.2 s\n", True),
        ("a\n...\nz", "a\nb\nc\nz\n", True),
        ("...", "", True),
        ("a", "a\nb\n", False),
    ],
)
def test_output_is_compared_with_what_is_expected(text: str, printed: str, fits: bool) -> None:
    assert Expect(1, text).matches(printed) is fits


@pytest.mark.parametrize(
    ("text", "raised", "fits"),
    [
        ("ValueError: no", "ValueError: no", True),
        ("ValueError: no", "ValueError: none", False),
        ("ValueError: a b", "ValueError: a\n  b", True),
        ("ValueError: a ...", "ValueError: a b c", True),
        ("ValueError", "ValueError: no", True),
        ("ValueError", "ValueErrors: no", False),
        ("ValueError", "KeyError: ValueError", False),
    ],
)
def test_an_error_is_compared_with_what_was_announced(text: str, raised: str, fits: bool) -> None:
    assert Announce(1, text, 1).matches(raised) is fits


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_expects_itself(text: str) -> None:
    assert Expect(1, text).matches(text)
