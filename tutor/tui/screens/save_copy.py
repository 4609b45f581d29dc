"""Asks for a file to save a copy to."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tutor.tui.screens.ask import Ask


class SaveCopy(Ask[Path]):
    """Gives back the file, None when it was left. A file that exists is taken only when it is named twice.

    Args:
        answer: What the input holds at first.
        never: Files that may not be written to.
    """

    def __init__(self, answer: str, never: Collection[Path]) -> None:
        super().__init__("Save the copy to a file. Type its name", answer)
        self._never = {path.resolve() for path in never}
        self._warned = ""

    def read(self, text: str) -> Path | str:
        """The file, or why nothing can be saved there."""
        name = text.strip()
        if not name or "\0" in name:
            return "Type the name of a file, for example mine.py."
        path = Path(name).expanduser()
        if path.is_dir():
            return "This is a folder. Type the name of a file in it."
        if not path.absolute().parent.is_dir():
            return "Its folder does not exist. Make it first, or type another."
        if path.resolve() in self._never:
            return "This is the lesson itself, which stays as it is. Type another name."
        if path.exists() and name != self._warned:
            self._warned = name
            return "This file exists. Enter again overwrites it; or type another."
        return path.absolute()
