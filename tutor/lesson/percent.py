"""The percent format: a Python file cut into cells by comment lines that begin with ``# %%``.

``# %%`` begins code, ``# %% [markdown]`` prose, ``# %% [raw]`` anything else. Between the two signs and the end of
the line there may be a title, the kind, and attributes ``key="value"``. A line counts as a marker only where it
stands at the left margin between two statements of the top level, so that one inside a string or a function cuts
nothing. What is above the first marker is a cell if there is code in it; a file without markers is one code cell.

The content of a prose or raw cell is comments or one string. If there is other code in it, Python would run that
code, so the cell is a code cell here too.
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
from bisect import bisect_left
from itertools import takewhile
from typing import NamedTuple

from tutor.lesson.program import Cell
from tutor.lesson.syntax import first_line

_MARKER = re.compile(r"#\s*%%%*(?=\s|\[|$)(.*)")
_KIND = re.compile(r"\[(markdown|md|raw|code)\]")
_ATTRIBUTE = re.compile(r"(?:^|(?<=\s))([A-Za-z_][\w.:-]*)=")
_KINDS = {"md": "markdown"}
_PLAIN = re.compile(r"'[^']*'|\S*")


class Marker(NamedTuple):
    """What a marker line says."""

    kind: str
    """``code``, ``markdown`` or ``raw``."""
    title: str
    attributes: dict[str, str]


def read_marker(line: str) -> Marker | None:
    """What a line says if it has the form of a marker, else None."""
    match = _MARKER.fullmatch(line.rstrip())
    if match is None:
        return None
    words, attributes = _split_attributes(match[1])
    kind = _KIND.search(words)
    if kind is None:
        return Marker("code", words.strip(), attributes)
    title = f"{words[: kind.start()].strip()} {words[kind.end() :].strip()}".strip()
    return Marker(_KINDS.get(kind[1], kind[1]), title, attributes)


def _split_attributes(text: str) -> tuple[str, dict[str, str]]:
    """The words before the attributes, and the attributes; a value that is no string as the text it is written in."""
    attributes: dict[str, str] = {}
    match = _ATTRIBUTE.search(text)
    if match is None:
        return text, attributes
    words = text[: match.start()]
    while match is not None:
        value, end = _read_value(text, match.end())
        attributes[match[1]] = value
        match = _ATTRIBUTE.search(text, end)
    return words, attributes


def _read_value(text: str, start: int) -> tuple[str, int]:
    """The value that begins at a column, and the column after it."""
    try:
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        plain = _PLAIN.match(text, start)
        assert plain is not None
        return plain[0].strip("'"), plain.end()
    return value if isinstance(value, str) else text[start:end], end


def split_cells(source: str, tree: ast.Module) -> list[Cell]:
    """Cut a program into its cells.

    Args:
        source: The text, its lines ending in line feeds only.
        tree: Its syntax tree.
    """
    lines = source.split("\n")
    markers = _find_markers(lines, tree)
    if not markers:
        return [Cell("code", 1, _last_line(lines, 1, len(lines)), 1)]
    first_marker = markers[0][0]
    cells = []
    if any(statement.lineno < first_marker for statement in tree.body):
        cells.append(Cell("code", 1, _last_line(lines, 1, first_marker - 1), 1))
    ends = [line - 1 for line, _ in markers[1:]] + [len(lines)]
    starts = [statement.lineno for statement in tree.body]
    for (line, marker), end in zip(markers, ends, strict=True):
        last_line = _last_line(lines, line + 1, end)
        statements = tree.body[bisect_left(starts, line) : bisect_left(starts, end + 1)]
        text = None if marker.kind == "code" else _content(lines[line:last_line], statements, line)
        kind = "code" if text is None else marker.kind
        number = len(cells) + 1
        cells.append(Cell(kind, line + 1, last_line, number, marker.attributes, text or "", marker.title))
    return cells


def _find_markers(lines: list[str], tree: ast.Module) -> list[tuple[int, Marker]]:
    """The markers and their lines."""
    first_lines = [first_line(statement) for statement in tree.body]
    found = []
    for number, line in enumerate(lines, 1):
        marker = read_marker(line) if line.startswith("#") else None
        if marker is None:
            continue
        before = bisect_left(first_lines, number)
        end = (tree.body[before - 1].end_lineno or 0) if before else 0
        # A statement can reach one line further than its end: a backslash may be followed by a comment.
        if number > end and not (number == end + 1 and lines[number - 2].endswith("\\")):
            found.append((number, marker))
    return found


def _last_line(lines: list[str], first: int, last: int) -> int:
    """The last line of a range that is not blank, or the one before the range."""
    while last >= first and not lines[last - 1].strip():
        last -= 1
    return last


def _content(lines: list[str], statements: list[ast.stmt], marker_line: int) -> str | None:
    """Content of a prose or raw cell, None if there is code in it. Its lines are those of the file, one for one."""
    if not statements:
        return "\n".join(uncommented(line) for line in lines)
    value = statements[0].value if isinstance(statements[0], ast.Expr) else None
    if len(statements) > 1 or not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return None
    return "\n" * (value.lineno - marker_line - 1) + textwrap.dedent(value.value)


def uncommented(line: str) -> str:
    """A comment line without its sign and the blank after it."""
    return line.strip().removeprefix("#").removeprefix(" ")


def find_about(source: str) -> tuple[str, int] | None:
    """The TOML that a lesson says about itself and the line on which it begins, None if there is none.

    The file is not parsed, only its marker lines are looked at, so that many lessons can be listed at once.
    """
    lines = source.split("\n")
    for number, line in enumerate(lines, 1):
        marker = read_marker(line) if line.startswith("#") else None
        if marker is not None and marker.kind == "raw" and marker.attributes.get("tutor") == "lesson":
            content = list(takewhile(lambda text: read_marker(text) is None, lines[number:]))
            try:
                statements = ast.parse("\n".join(content)).body
            except SyntaxError:
                statements = []
            return _content(content, statements, 0) or "", number + 1
    return None
