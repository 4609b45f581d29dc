"""What the screens look up at every step: where lines run, what the time line marks, how many turns a loop has."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import Final

from tutor.recording.format import Flag, Kind
from tutor.recording.index import Turns
from tutor.recording.model import Site
from tutor.recording.moment import is_backward
from tutor.recording.recording import Recording

MARKS: Final = {"error": "✗", "backward": "◂", "update": "▴"}
"""What the time line marks, the most important first."""

_IN_PLACE: Final = frozenset(
    ("add_", "sub_", "mul_", "div_", "copy_", "__iadd__", "__isub__", "__imul__", "__itruediv__", "addcdiv_", "lerp_")
)
_TURNS_SEARCHED: Final = 2000
"""Turns of other calls that are looked through; in a deeper recursion the number of turns is not told."""

_COMPOUND: Final = frozenset(("for", "while", "with", "if", "def", "class", "try", "match", "async", "decorator"))


class Index:
    """Lookups of a recording, beside those that it keeps itself.

    Args:
        recording: May still be growing; call ``follow`` when it has.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.first_run: dict[int, int] = {}
        """For each line the first step that ran it."""
        self.marks: dict[str, array[int]] = {name: array("I") for name in MARKS}
        """Steps of each kind of mark."""
        self._seen = 0
        self._mark_of: dict[int, str | None] = {}

    def follow(self, limit: int = 20_000) -> bool:
        """Take in steps that were recorded since.

        Args:
            limit: Steps to take in at most.

        Returns:
            Whether more are waiting.
        """
        recording = self.recording
        last = min(recording.count, self._seen + limit)
        sites, marks = recording.index.sites, self._mark_of
        for number, id in enumerate(sites[self._seen + 1 : last + 1], self._seen + 1):
            if id not in marks:
                marks[id] = self._note_site(recording.site(number), recording.kind(number), number)
            mark = marks[id]
            if mark is not None:
                self.marks[mark].append(number)
        self._seen = last
        return last < recording.count

    @property
    def followed(self) -> int:
        """Steps taken in so far."""
        return self._seen

    def turns(self, scope: int, line: int, number: int) -> int | None:
        """How many turns the run of a loop has that is going on at a step; None while that is not known."""
        turns = self.recording.index.turns.get(line)
        if turns is None:
            return None
        place = bisect_right(turns.steps, number) - 1
        for _ in range(_TURNS_SEARCHED):
            if place < 0 or turns.scopes[place] == scope:
                break
            place -= 1
        if place < 0 or turns.scopes[place] != scope or not turns.turns[place]:
            return None
        return self._last_turn(turns, place)

    def _last_turn(self, turns: Turns, place: int) -> int | None:
        """The last turn of the run of a loop that a turn belongs to."""
        scope, size = turns.scopes[place], len(turns.steps)
        for _ in range(_TURNS_SEARCHED):
            place = _end_of_row(turns, place)
            following = place + 1
            # The same loop in a function that the loop calls comes in between.
            while following < min(size, place + _TURNS_SEARCHED) and turns.scopes[following] != scope:
                following += 1
            if following == size:
                end = self.recording.end
                return turns.turns[place] if end is not None and end.how == "finished" else None
            if turns.scopes[following] != scope or turns.turns[following] == 1:
                # An error left the loop: nobody knows how many turns it would have had.
                return None
            if not turns.turns[following]:
                return turns.turns[place]
            place = following
        return None

    def happened(self, kind: Kind, first: int, last: int) -> bool:
        """Whether there was output, or an error, among the steps from one to another, both included."""
        steps = self.recording.outputs if kind is Kind.OUTPUT else self.marks["error"]
        position = bisect_left(steps, first)
        return position < len(steps) and steps[position] <= last

    def grad_was_off(self, line: int, number: int) -> bool:
        """Whether grad was off when a line ran last, up to a step."""
        index = self.recording.index
        steps = index.lines.get(line)
        place = bisect_right(steps, number) - 1 if steps is not None else -1
        if steps is None or place < 0:
            return False
        step = steps[place]
        # While backward runs grad is off inside it, which says nothing of the line.
        step = self._outermost(step)
        if index.flags[step] & Flag.GRAD_ENABLED:
            return False
        # Library code may have turned it off itself, as an optimizer does; then it was on just before.
        before = self._outermost(step - 1) if self.recording.kind(step) is Kind.CALL else 0
        return not before or not index.flags[before] & Flag.GRAD_ENABLED

    def _outermost(self, step: int) -> int:
        """The step of the program that holds a step, or the step itself."""
        parents = self.recording.index.parents
        while parents[step]:
            step = parents[step]
        return step

    def marked(self, first: int, last: int) -> str | None:
        """The most important mark among the steps from one to another, both included."""
        for name, steps in self.marks.items():
            position = bisect_left(steps, first)
            if position < len(steps) and steps[position] <= last:
                return name
        return None

    def turn_starts(self, limit: int) -> list[int]:
        """The steps with which the turns of the program's first loops begin, none if there are more than a limit."""
        starts: list[int] = []
        for turns in self.recording.index.turns.values():
            if len(starts) + len(turns.steps) > limit * 2:
                continue
            starts += [step for step, turn in zip(turns.steps, turns.turns, strict=False) if turn]
        return starts if len(starts) <= limit else []

    def _note_site(self, site: Site, kind: Kind, number: int) -> str | None:
        compound = kind is Kind.STATEMENT and site.name.lower() in _COMPOUND
        for line in range(site.line, (site.line if compound else site.end_line) + 1):
            self.first_run.setdefault(line, number)
        return _mark(site, kind)


def _end_of_row(turns: Turns, place: int) -> int:
    """The last of the turns that follow a turn one by one, with nothing in between."""
    scope, ahead = turns.scopes[place], turns.turns[place] - place
    # While nothing is in between, the number of the turn grows with its place, and never again once something was.
    reach = 1
    while place + reach < len(turns.steps) and _in_row(turns, place + reach, scope, ahead):
        place += reach
        reach *= 2
    while reach:
        if place + reach < len(turns.steps) and _in_row(turns, place + reach, scope, ahead):
            place += reach
        reach //= 2
    return place


def _in_row(turns: Turns, place: int, scope: int, ahead: int) -> bool:
    return turns.scopes[place] == scope and turns.turns[place] - place == ahead


def _mark(site: Site, kind: Kind) -> str | None:
    """What the time line shows for the steps of a site."""
    if kind is Kind.ERROR:
        return "error"
    if kind is Kind.OPERATION:
        if is_backward(site.name):
            return "backward"
        return "update" if site.name in _IN_PLACE else None
    if kind is Kind.CALL and (site.name.rsplit(".", 1)[-1] == "step" or ".step(" in site.source):
        return "update"
    return None
