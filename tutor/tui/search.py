"""Finding a text in a recording: in lines of the program, in names, in what was printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tutor.plain.format import harmless
from tutor.recording.recording import Recording

PRINTS_SEARCHED: Final = 20_000
"""Pieces of output that are looked through, the first ones."""

FOUND_LIMIT: Final = 2_000
"""Places that are found at most."""


class Match(NamedTuple):
    """A place where the text stands."""

    step: int
    """The first step that runs the line, gives the name a value or prints; 0 for a line that never ran."""
    line: int
    """The line of the program, 0 for names and output."""
    what: str
    """``line 12``, ``name loss``, ``output``."""
    name: str = ""
    """The name, where it is one."""


def find(wanted: str, lines: Mapping[int, str], recording: Recording, first_run: Mapping[int, int]) -> list[Match]:
    """Every place of a text, upper and lower case alike, in the order in which the program comes by; then lines that
    never ran.

    Args:
        wanted: What is looked for.
        lines: The lines of code that can be read, by number.
        recording: What was recorded so far.
        first_run: The first step of each line that ran.
    """
    wanted = wanted.lower()
    if not wanted:
        return []
    found = [
        Match(first_run.get(number, 0), number, f"line {number}")
        for number, text in lines.items()
        if wanted in text.lower()
    ]
    for key in recording.changed_names():
        if wanted in key.path.lower():
            found.append(Match(recording.changes_of(key)[0], 0, f"name {harmless(key.path)}", key.path))
    for number in recording.outputs[:PRINTS_SEARCHED]:
        if len(found) >= FOUND_LIMIT:
            break
        if wanted in recording.step(number).detail[1].lower():
            found.append(Match(number, 0, "output"))
    found.sort(key=lambda match: (not match.step, match.step, match.line))
    return found[:FOUND_LIMIT]


class Search:
    """The places of a text, and which of them was gone to last.

    Args:
        wanted: What is looked for.
        matches: Where it stands; at least one.
        number: The step now: the first place from there on is the first to go to.
    """

    def __init__(self, wanted: str, matches: list[Match], number: int) -> None:
        self.wanted = wanted
        self.matches = matches
        following = (place for place, match in enumerate(matches) if match.step >= number)
        self._place = next(following, 0)

    @property
    def match(self) -> Match:
        """The present place."""
        return self.matches[self._place]

    def turn(self, direction: int) -> Match:
        """The next place, or the one before; after the last comes the first."""
        self._place = (self._place + direction) % len(self.matches)
        return self.match

    def words(self) -> str:
        """``“loss”: line 12, 2 of 7``."""
        never = " (has not run)" if not self.match.step else ""
        place = f"{self._place + 1} of {len(self.matches)}"
        return f"“{harmless(self.wanted)}”: {self.match.what}{never}, {place}. n next, N before, escape ends."
