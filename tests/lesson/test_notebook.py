"""A notebook becomes a program whose lines are those of its cells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lesson.write import complaint, notebook, program
from tutor.lesson.magics import without_magics
from tutor.lesson.program import Program

NAME = "train.ipynb"


def read(folder: Path, *cells: str | dict[str, object]) -> Program:
    return program(folder, notebook(*cells), NAME)


def test_cells_follow_one_another_with_a_line_between(tmp_path: Path) -> None:
    prose: dict[str, object] = {"cell_type": "markdown", "source": ["# Title\n", "\n", "Words."]}
    result = read(tmp_path, "x = 1\ny = 2", prose, "print(y)\n")
    assert result.source.split("\n") == [
        "# %% [cell 1]",
        "x = 1",
        "y = 2",
        "# %% [cell 2] [markdown]",
        "# # Title",
        "#",
        "# Words.",
        "# %% [cell 3]",
        "print(y)",
        "",
    ]
    assert [(cell.kind, cell.first_line, cell.last_line, cell.number) for cell in result.cells] == [
        ("code", 2, 3, 1),
        ("markdown", 5, 7, 2),
        ("code", 9, 9, 3),
    ]
    assert result.cells[1].text == "# Title\n\nWords."
    assert result.notebook


def test_marks_in_a_notebook_have_the_lines_of_the_whole(tmp_path: Path) -> None:
    result = read(tmp_path, "x = 1", "print(x)  #> 1\nf()  #! ValueError")
    assert [(expect.line, expect.text) for expect in result.expects] == [(4, "1")]
    assert [(announce.line, announce.cell) for announce in result.announces] == [(5, 2)]


def test_a_notebook_can_be_a_lesson(tmp_path: Path) -> None:
    about: dict[str, object] = {"cell_type": "raw", "metadata": {"tutor": "lesson"}, "source": 'title = "A"'}
    quiz: dict[str, object] = {"cell_type": "raw", "metadata": {"tutor": "quiz", "id": "q"}, "source": 'ask = "x"'}
    result = read(tmp_path, about, "x = 1", quiz)
    assert (result.title, result.name, result.questions[0].id) == ("A", "train", "q")


def test_an_empty_cell_is_kept_so_that_numbers_stay(tmp_path: Path) -> None:
    cells = read(tmp_path, "", "x = 1").cells
    assert [(cell.first_line, cell.last_line, cell.number) for cell in cells] == [(2, 1, 1), (3, 3, 2)]


def test_an_old_notebook_is_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    cell = {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python", "outputs": [], "odd": 1}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [cell]}]}
    assert program(tmp_path, json.dumps(old), NAME).source == "# %% [cell 1]\nx = 1\ny = 2\n"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("x = 1", "x = 1"),
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!pip install \\\n  torch\nx = 1", "# !pip install \\\n#   torch\nx = 1"),
        ("!echo don't (\nx = 1", "# !echo don't (\nx = 1"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("%%bash\nls (\n\nfi", "# %%bash\n# ls (\n\n# fi"),
        ("%time x = f()", "x = f()  # %time"),
        ("x?\nx??\n?x", "# x?\n# x??\n# ?x"),
        ("files = !ls\nhere = %pwd", "# files = !ls\n# here = %pwd"),
        ("if x:\n    !ls\ny = 2", "if x:\n    pass  # !ls\ny = 2"),
        ("y = (x\n%z)", "y = (x\n%z)"),
        ("'''\n%ls\n'''\n%ls", "'''\n%ls\n'''\n# %ls"),
        ("x = = 1\n%ls", "x = = 1\n%ls"),
    ],
)
def test_commands_become_comments_on_the_same_line(cell: str, code: str) -> None:
    assert without_magics(cell) == code


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"cells": [\n}', "train.ipynb:2: damaged notebook: Expecting value. Open it in Jupyter and save it again"),
        ("[" * 100_000, "train.ipynb: damaged notebook: nested too deeply."),
        ("[]", "train.ipynb: damaged notebook: "),
        ("3", "train.ipynb: damaged notebook: "),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "train.ipynb: damaged notebook: "),
        ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}', "train.ipynb: damaged notebook: "),
        ('{"nbformat": 99, "cells": []}', "train.ipynb: damaged notebook: "),
        (notebook(), "train.ipynb: there is no code in it"),
        (notebook({"cell_type": "poem", "source": ""}), "train.ipynb: cell 1: damaged notebook: the cell has no kind"),
        (notebook("x = 1", kernelspec={"language": "julia"}), "train.ipynb: a notebook in julia. Give one in Python."),
        (notebook("x = 1", "y = 1\nz = = 2"), "train.ipynb: cell 2, line 2: invalid syntax. Correct this line."),
        (notebook("x = 1\0"), "train.ipynb: cell 1: it holds zero bytes."),
        (notebook("x = '\ud800'"), "train.ipynb: cell 1, line 1: "),
        (
            notebook("x = 1", {"cell_type": "raw", "metadata": {"tutor": "quiz"}, "source": ""}),
            "train.ipynb: cell 2: the question has no id.",
        ),
    ],
)
def test_what_is_wrong_with_a_notebook_is_said_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    said = complaint(tmp_path, text, NAME)
    assert said.startswith(problem)
    assert said.isprintable()
