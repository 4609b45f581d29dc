"""Asks for a text to find."""

from __future__ import annotations

from collections.abc import Callable

from tutor.tui.screens.ask import Ask
from tutor.tui.search import Match, Search


class Find(Ask[Search]):
    """Gives back where the text stands, None when it was left.

    Args:
        find: The places of a text.
        number: The present step.
        answer: What was looked for last.
    """

    def __init__(self, find: Callable[[str], list[Match]], number: int, answer: str = "") -> None:
        super().__init__("Find in the program, in names and in the output", answer)
        self._find = find
        self._number = number

    def read(self, text: str) -> Search | str:
        """The places, or that there are none."""
        if not text.strip():
            return "Type what you look for, for example a name."
        matches = self._find(text.strip())
        return Search(text.strip(), matches, self._number) if matches else "This stands nowhere in what was recorded."
