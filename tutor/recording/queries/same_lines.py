"""Which lines of two programs are the same, where one was made from the other or is very much like it."""

from __future__ import annotations

import io
import tokenize
from difflib import SequenceMatcher
from typing import Final

_FAR: Final = 1_000_000_000
"""Added to the number of a line that the first program has not."""

_LONG: Final = 3000
"""Lines from which on frequent ones no longer help to find those that are the same."""


class SameLines:
    """Which lines of two programs belong together.

    Args:
        one: The first program.
        other: The second.
    """

    def __init__(self, one: str, other: str) -> None:
        self.number: dict[int, int] = {}
        """For a line of the second program its number in the first; far above all others where it has none there."""
        self._one = _code(one)
        self._other = self._one
        self._known: dict[tuple[tuple[int, int], tuple[int, int]], bool] = {}
        if one != other:
            self._other = _code(other)
            self._match()

    def same(self, one: tuple[int, int], other: tuple[int, int]) -> bool:
        """Whether the code of some lines is the same in the two programs; comments do not count."""
        if self._one is self._other:
            return True
        known = self._known.get((one, other))
        if known is None:
            first, second = self._one[one[0] - 1 : one[1]], self._other[other[0] - 1 : other[1]]
            known = self._known[one, other] = first == second
        return known

    def _match(self) -> None:
        one, other = self._one, self._other
        start = 0
        while start < min(len(one), len(other)) and one[start] == other[start]:
            start += 1
        end = 0
        while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
            end += 1
        self.number = {line: _FAR + line for line in range(1, len(other) + 1)}
        self.number.update((line, line) for line in range(1, start + 1))
        self.number.update((len(other) - back, len(one) - back) for back in range(end))
        middle, twin = one[start : len(one) - end], other[start : len(other) - end]
        matcher = SequenceMatcher(None, middle, twin, autojunk=len(middle) > _LONG)
        for _, first, last, twin_first, twin_last in matcher.get_opcodes():
            for place, twin_place in zip(range(first, last), range(twin_first, twin_last), strict=False):
                self.number[start + twin_place + 1] = start + place + 1


def _code(source: str) -> list[str]:
    """The lines of a program without comments and without blanks at their ends."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
    except (tokenize.TokenError, SyntaxError):
        # A program for another Python, or a notebook with magics: what is left keeps its comments.
        pass
    return [line.rstrip() for line in lines]
