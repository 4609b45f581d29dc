"""jupytext converts each lesson to a notebook and back, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jupytext  # type: ignore[import-untyped]
import msgspec
import nbformat
import pytest

from tutor.lesson.pack import Pack, built_in
from tutor.lesson.reading import read_program

LESSONS = [lesson.path for lesson in Pack.load(built_in()).lessons]
WITHOUT_HEADER = {"notebook_metadata_filter": "-all"}
AS_THEY_ARE = {"extension": ".py", "format_name": "percent", "comment_magics": False}
"""As with ``jupytext --opt comment_magics=false``: a ``#!`` on a line of its own is no command of IPython."""


def there_and_back(text: str, notebook: Path, format: dict[str, Any] | str = "py:percent") -> str:
    """A lesson as it comes back from a notebook on the disk."""
    made = jupytext.reads(text, fmt=format)
    nbformat.write(made, notebook)  # type: ignore[no-untyped-call]
    back = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    back.metadata.setdefault("jupytext", {}).update(WITHOUT_HEADER)
    written: str = jupytext.writes(back, fmt=format)
    return written


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_comes_back_from_a_notebook_as_it_was(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert there_and_back(text, tmp_path / "lesson.ipynb", AS_THEY_ARE) == text


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_means_the_same_after_a_conversion_without_options(path: Path, tmp_path: Path) -> None:
    again = tmp_path / path.name
    again.write_text(there_and_back(path.read_text(encoding="utf-8"), tmp_path / "lesson.ipynb"), encoding="utf-8")
    one, other = read_program(path), read_program(again)
    assert msgspec.structs.replace(one, source="", path="") == msgspec.structs.replace(other, source="", path="")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_notebook_of_a_lesson_has_the_same_cells(path: Path, tmp_path: Path) -> None:
    notebook = tmp_path / "lesson.ipynb"
    there_and_back(path.read_text(encoding="utf-8"), notebook)
    lesson, read = read_program(path), read_program(notebook)
    # How many blank lines follow a cell is a thing of jupytext's own.
    said = [
        {key: value for key, value in cell.attributes.items() if key != "lines_to_next_cell"} for cell in read.cells
    ]
    assert said == [cell.attributes for cell in lesson.cells]
    assert [(cell.kind, cell.text) for cell in read.cells] == [(cell.kind, cell.text) for cell in lesson.cells]
    assert [question.id for question in read.questions] == [question.id for question in lesson.questions]
