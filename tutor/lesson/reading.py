"""Reading a program: a script, a lesson or a notebook becomes a ``Program``, and nothing runs."""

from __future__ import annotations

import ast
from pathlib import Path

from tutor.lesson.contents import read_contents
from tutor.lesson.marks import Marks, read_marks
from tutor.lesson.notebook import read_notebook
from tutor.lesson.percent import split_cells
from tutor.lesson.place import Place
from tutor.lesson.program import Cell, Program
from tutor.lesson.syntax import parse
from tutor.lesson.text import read_text


def read_program(path: Path) -> Program:
    """Read a Python file, a lesson in the percent format, or a notebook.

    Args:
        path: The file; a name that ends in ``.ipynb`` is a notebook, any other is Python.

    Raises:
        UnreadableError: the file cannot be read as a program; the text says where, why and what to do.
    """
    text = read_text(path)
    if path.suffix.lower() == ".ipynb":
        source, cells, trees = read_notebook(text, str(path))
        place = Place(str(path), cells)
    else:
        place = Place(str(path))
        source, tree = text, parse(text, place)
        cells = split_cells(source, tree)
        whole = len(cells) == 1 and cells[0].first_line == 1
        trees = {
            cell.number: tree if whole else _cell_tree(source, cell, place) for cell in cells if cell.kind == "code"
        }
    if not any(tree.body for tree in trees.values()):
        raise place.error("there is no code in it, so there is nothing to step through. Write a program into it first.")
    return _program(path, source, cells, trees, place)


def _cell_tree(source: str, cell: Cell, place: Place) -> ast.Module:
    lines = source.split("\n")[cell.first_line - 1 : cell.last_line]
    return parse("\n".join(lines), place, cell.first_line)


def _program(path: Path, source: str, cells: list[Cell], trees: dict[int, ast.Module], place: Place) -> Program:
    about, questions = read_contents(cells, place)
    marks = Marks([], [], [])
    for cell in cells:
        if cell.kind == "code":
            found = read_marks(source, cell, trees[cell.number], place, lesson=about is not None)
            marks.asks.extend(found.asks)
            marks.expects.extend(found.expects)
            marks.announces.extend(found.announces)
    return Program(
        path=str(path.absolute()),
        title=path.name if about is None else str(about["title"]),
        source=source,
        cells=cells,
        notebook=bool(place.notebook_cells),
        name="" if about is None else path.stem,
        about=about or {},
        asks=marks.asks,
        expects=marks.expects,
        announces=marks.announces,
        questions=questions,
    )
