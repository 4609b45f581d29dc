"""A file in the percent format becomes cells."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.percent import Marker, find_about, read_marker, split_cells
from tutor.lesson.program import Cell


def cells_of(source: str) -> list[Cell]:
    return split_cells(source, ast.parse(source))


def spans(source: str) -> list[tuple[str, int, int]]:
    return [(cell.kind, cell.first_line, cell.last_line) for cell in cells_of(source)]


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("# %%", Marker("code", "", {})),
        ("#%%", Marker("code", "", {})),
        ("# %% A title", Marker("code", "A title", {})),
        ("# %% [markdown]", Marker("markdown", "", {})),
        ("# %% [md] Words", Marker("markdown", "Words", {})),
        ("# %%[raw]", Marker("raw", "", {})),
        ("# %% [cell 3]", Marker("code", "[cell 3]", {})),
        ('# %% [raw] id="acc-1" tutor="quiz"', Marker("raw", "", {"id": "acc-1", "tutor": "quiz"})),
        ('# %% A title [raw] tutor="lesson"  ', Marker("raw", "A title", {"tutor": "lesson"})),
        ('# %% tags=["a b", "c"] key="v"', Marker("code", "", {"tags": '["a b", "c"]', "key": "v"})),
        ("# %% lr=0.1 name='x y'", Marker("code", "", {"lr": "0.1", "name": "x y"})),
        (r'# %% key="say \"so\""', Marker("code", "", {"key": 'say "so"'})),
        ('# %% key="never closed', Marker("code", "", {"key": '"never'})),
    ],
)
def test_a_marker_says_its_kind_title_and_attributes(line: str, marker: Marker) -> None:
    assert read_marker(line) == marker


@pytest.mark.parametrize("line", ["# 50 %% done", "# %matplotlib inline", "# %%time", "%%", " # %%"])
def test_other_comments_are_no_markers(line: str) -> None:
    assert read_marker(line) is None


def test_a_plain_script_is_one_code_cell() -> None:
    assert spans("x = 1\ny = 2\n") == [("code", 1, 2)]


def test_a_cell_ends_at_its_last_line_that_is_not_blank() -> None:
    assert spans("# %%\nx = 1\n\n\n# %%\n\ny = 2\n\n") == [("code", 2, 2), ("code", 6, 7)]


def test_an_empty_cell_ends_before_it_begins() -> None:
    assert spans("# %%\n# %%\nx = 1") == [("code", 2, 1), ("code", 3, 3)]


def test_code_above_the_first_marker_is_a_cell() -> None:
    assert spans("import torch\n# %%\nx = 1\n") == [("code", 1, 1), ("code", 3, 3)]


def test_comments_above_the_first_marker_are_no_cell() -> None:
    assert spans("#!/usr/bin/env python\n# A header.\n\n# %%\nx = 1\n") == [("code", 5, 5)]


def test_cells_are_numbered_from_one() -> None:
    assert [cell.number for cell in cells_of("x = 1\n# %%\n# %% [markdown]\n# a\n# %%\n")] == [1, 2, 3, 4]


def test_a_marker_inside_a_string_cuts_nothing() -> None:
    assert spans('text = """\n# %%\n"""\n# %%\nx = 1\n') == [("code", 1, 3), ("code", 5, 5)]


def test_a_marker_inside_a_function_or_brackets_cuts_nothing() -> None:
    assert spans("def f():\n    a = 1\n# %%\n    return a\n") == [("code", 1, 4)]
    assert spans("a = [\n# %%\n]\n") == [("code", 1, 3)]


def test_a_marker_between_a_decorator_and_its_function_cuts_nothing() -> None:
    assert spans("@staticmethod\n# %%\ndef f(): ...\n") == [("code", 1, 3)]


def test_a_marker_after_a_backslash_cuts_nothing() -> None:
    assert spans("x = 1 \\\n# %%\ny = 2\n") == [("code", 1, 3)]


def test_prose_loses_its_comment_signs_and_keeps_its_lines() -> None:
    (cell, _) = cells_of("# %% [markdown]\n# Words.\n#\n#   indented\n#tight\n# %%\nx = 1\n")
    assert cell.text == "Words.\n\n  indented\ntight"


def test_prose_may_be_one_string() -> None:
    (cell,) = cells_of('# %% [markdown]\n"""\nWords.\n"""\n')
    assert (cell.kind, cell.text.strip()) == ("markdown", "Words.")


def test_lines_of_a_string_stay_on_their_lines() -> None:
    (cell,) = cells_of('# %% [raw]\n\n"""\na = 1\nb = 2\n"""\n')
    assert cell.text.split("\n")[2] == "a = 1", "the cell begins on line 2, this is on line 4"


def test_code_in_a_prose_cell_is_code_because_python_runs_it() -> None:
    assert spans("# %% [markdown]\n# Words.\nx = 1\n") == [("code", 2, 3)]


def test_form_feeds_do_not_end_lines() -> None:
    assert spans("x = 1\n\x0c\n# %%\ny = '\x85\u2028'\n# %%\nz = 1") == [("code", 1, 1), ("code", 4, 4), ("code", 6, 6)]


def test_a_lesson_is_found_by_its_marker_alone() -> None:
    source = '# %%\nx = 1\n# %% [raw] tutor="lesson"\n# title = "A"\n\n# %%\nthis is no Python'
    assert find_about(source) == ('title = "A"\n', 4)


def test_a_file_that_describes_no_lesson_has_no_about() -> None:
    assert find_about('# %% [raw] tutor="quiz"\n# title = "A"\n') is None


PIECES = st.sampled_from(
    [
        "x = 1\n",
        "\n",
        "# a comment\n",
        '"""\n# %%\n"""\n',
        "for i in x:\n    y = i\n# %%\n    z = i\n",
        "# %%\n",
        "# %% [markdown]\n# prose\n",
        '# %% [raw] a="b"\n# c = 1\n',
        "def f(\n# %%\n): pass\n",
        "\x0c\n",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_every_line_of_code_is_in_exactly_one_code_cell(source: str) -> None:
    tree = ast.parse(source)
    cells = split_cells(source, tree)
    for statement in tree.body:
        assert statement.end_lineno is not None
        if isinstance(statement, ast.Expr) and any(cell.text for cell in cells if cell.first_line <= statement.lineno):
            continue
        around = [
            cell
            for cell in cells
            if cell.kind == "code" and cell.first_line <= statement.lineno and statement.end_lineno <= cell.last_line
        ]
        assert len(around) == 1


@given(st.lists(PIECES, max_size=12).map("".join))
def test_every_code_cell_is_python_by_itself(source: str) -> None:
    lines = source.split("\n")
    for cell in cells_of(source):
        if cell.kind == "code":
            ast.parse("\n".join(lines[cell.first_line - 1 : cell.last_line]))


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_no_line_breaks_the_reading_of_markers(rest: str) -> None:
    marker = read_marker(f"# %% {rest}")
    assert marker is None or marker.kind in {"code", "markdown", "raw"}
