"""Reading a Jupyter notebook: its cells one after the other, as a file in the percent format would hold them."""

from __future__ import annotations

import ast
import json
from typing import Any

from tutor.lesson.magics import without_magics
from tutor.lesson.place import Place, unreadable
from tutor.lesson.program import Cell
from tutor.lesson.syntax import parse

_SAVE_AGAIN = "Open it in Jupyter and save it again, or give the .py file."


def read_notebook(text: str, path: str) -> tuple[str, list[Cell], dict[int, ast.Module]]:
    """Read a notebook.

    Args:
        text: What is in the file.
        path: The file, for errors.

    Returns:
        The cells as one text, with a line such as ``# %% [cell 3]`` before each and prose as comments; the cells;
        and the syntax tree of each code cell by its number, its lines counted from the cell's first.

    Raises:
        UnreadableError: it is no notebook, not one in Python, or a cell of it is not valid Python.
    """
    lines: list[str] = []
    cells: list[Cell] = []
    for number, cell in enumerate(_cells(_load(text, path), path), 1):
        kind, content, attributes = cell
        content = content.replace("\r\n", "\n").replace("\r", "\n").rstrip()
        if "\0" in content:
            raise unreadable(path, "it holds zero bytes. Remove them from the cell.", f"cell {number}")
        code = kind == "code"
        body = without_magics(content) if code else "\n".join(f"# {line}".rstrip() for line in content.split("\n"))
        lines.append(f"# %% [cell {number}]" if code else f"# %% [cell {number}] [{kind}]")
        first_line = len(lines) + 1
        if content:
            lines.extend(body.split("\n"))
        cells.append(Cell(kind, first_line, len(lines), number, attributes, "" if code else content))
    place = Place(path, cells)
    trees = {
        cell.number: parse("\n".join(lines[cell.first_line - 1 : cell.last_line]), place, cell.first_line)
        for cell in cells
        if cell.kind == "code"
    }
    return "\n".join(lines) + "\n", cells, trees


def _load(text: str, path: str) -> dict[str, Any]:
    """The notebook in the newest version of its format."""
    from nbformat import ValidationError, converter, reader

    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise unreadable(path, f"damaged notebook: {error.msg}. {_SAVE_AGAIN}", error.lineno) from None
    except RecursionError:
        raise unreadable(path, f"damaged notebook: nested too deeply. {_SAVE_AGAIN}") from None
    try:
        notebook: dict[str, Any] = converter.convert(reader.reads(text), 4)  # type: ignore[no-untyped-call]
    except (ValidationError, AttributeError, LookupError, TypeError, ValueError):
        raise unreadable(path, f"damaged notebook: parts of it are missing. {_SAVE_AGAIN}") from None
    return notebook


def _cells(notebook: dict[str, Any], path: str) -> list[tuple[str, str, dict[str, str]]]:
    """Kind, content and attributes of each cell."""
    language = _at(notebook, "metadata", "language_info", "name") or _at(notebook, "metadata", "kernelspec", "language")
    if isinstance(language, str) and language.lower() not in {"python", "ipython"}:
        raise unreadable(path, f"a notebook in {language}. Give one in Python.")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise unreadable(path, f"damaged notebook: it has no cells. {_SAVE_AGAIN}")
    found = []
    for number, cell in enumerate(cells, 1):
        kind, content = _at(cell, "cell_type"), _at(cell, "source")
        if isinstance(content, list) and all(isinstance(part, str) for part in content):
            content = "".join(content)
        if kind not in {"code", "markdown", "raw"} or not isinstance(content, str):
            problem = f"damaged notebook: the cell has no kind or no content. {_SAVE_AGAIN}"
            raise unreadable(path, problem, f"cell {number}")
        found.append((kind, content, _attributes(cell)))
    return found


def _at(value: object, *keys: str) -> object:
    """What is found under keys inside keys, None where anything is missing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _attributes(cell: object) -> dict[str, str]:
    """A cell's metadata as attributes."""
    metadata = _at(cell, "metadata")
    if not isinstance(metadata, dict):
        return {}
    return {
        str(key): value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for key, value in metadata.items()
    }
