"""How lessons begin: the prose above their first code, read once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tutor.lesson.program import UnreadableError


class Beginning(NamedTuple):
    """What the file of a lesson says first."""

    prose: str = ""
    """Its first prose cell, if that is above the code."""
    problem: str = ""
    """Why it cannot be read, empty if it can."""


class Beginnings:
    """The beginnings that were read so far."""

    def __init__(self) -> None:
        self._known: dict[Path, Beginning] = {}

    def known(self, path: Path) -> Beginning | None:
        """The beginning of a lesson, None if it was not read yet."""
        return self._known.get(path)

    def read(self, path: Path) -> Beginning:
        """The beginning of a lesson; takes some milliseconds the first time."""
        if path not in self._known:
            self._known[path] = _read(path)
        return self._known[path]

    def forget(self) -> None:
        """Read everything anew: files may have changed."""
        self._known.clear()


def _read(path: Path) -> Beginning:
    # Imported late: a list of lessons does not need it.
    from tutor.lesson.reading import read_program

    try:
        cells = read_program(path).cells
    except UnreadableError as error:
        return Beginning(problem=str(error))
    said = [cell for cell in cells if cell.kind != "raw"]
    return Beginning(said[0].text) if said and said[0].kind == "markdown" else Beginning()
