"""IPython's own commands in a notebook cell, turned into comments so that the cell is Python.

``%time``, ``%%time`` and ``%%capture`` only wrap Python code, so that code stays. A cell in another language
(``%%bash``), or one that runs apart from the notebook (``%%timeit``), becomes comments as a whole.
"""

from __future__ import annotations

import ast
import re
import warnings

_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_MAGIC = re.compile(r"(\s*)(%{1,2}[^\W\d]\w*|!|\?|[\w.,* ()]+=\s*[%!]\s*[^\W\d]|[\w.*%]+\?{1,2}\s*$).*")
_TIME = re.compile(r"(\s*)%time\s+(\S.*)")
_TRANSPARENT = frozenset({"time", "capture", "prun"})


def without_magics(source: str) -> str:
    """A cell with its commands as comments; every line stays on its line.

    Code that Python understands is returned as it is, and so are errors that are no commands.
    """
    lines = source.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    cell_magic = _CELL_MAGIC.match(lines[first])
    if cell_magic is not None:
        if cell_magic[1] not in _TRANSPARENT:
            return "\n".join(f"# {line}" if line.strip() else line for line in lines)
        lines[first] = f"# {lines[first]}"
    while (error_line := _error_line("\n".join(lines))) is not None:
        if not _replace_magic(lines, error_line - 1):
            break
    return "\n".join(lines)


def _error_line(source: str) -> int | None:
    """The line that Python does not understand, from 1."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except SyntaxError as error:
        return error.lineno
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _replace_magic(lines: list[str], index: int) -> bool:
    """Turn the command on a line into a comment. Returns False if there is none."""
    if not 0 <= index < len(lines):
        return False
    line = lines[index]
    match = _MAGIC.fullmatch(line)
    if match is None:
        return False
    timed = _TIME.fullmatch(line)
    if timed is not None:
        lines[index] = f"{timed[1]}{timed[2]}  # %time"
        return True
    indent = match[1]
    # In a block a comment alone could leave the block empty.
    lines[index] = f"{indent}pass  # {line.strip()}" if indent else f"# {line}"
    while line.endswith("\\") and index + 1 < len(lines):
        index += 1
        line = lines[index]
        lines[index] = f"# {line}"
    return True
