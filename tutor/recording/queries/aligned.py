"""Two recordings side by side: which step of one belongs to which of the other, and where they first part.

They are aligned by where they are in the program, not by the number of a step. A *visit* is a run of steps on one line
in one call, calls made from there not counted. Two visits belong together when they are the k-th to the same line in
the same turns of the same loops, in calls made from the same lines. Where the two programs were not written alike,
the lines of one are those of the other as far as their code is the same, and in between one by one.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final, NamedTuple

from tutor.recording.format import Change
from tutor.recording.model import Step
from tutor.recording.queries.different import Aspect, NamePair, pair_of
from tutor.recording.queries.same_lines import SameLines
from tutor.recording.recording import Recording
from tutor.recording.state import Key, State

_SLICE: Final = 256
"""Steps that are looked at without a look at the clock."""

_NONE: Final = -1


class Place(NamedTuple):
    """Where the two runs are together: after a visit of both, or of one while the other stands still."""

    one: int
    """The last step of the visit in the first recording; the one before, where it stands still."""
    other: int
    """The same in the second."""
    in_one: bool
    """Whether the first run comes by here."""
    in_other: bool


class Difference(NamedTuple):
    """The first place at which two recordings differ."""

    one: int | None
    """The step of the first recording there, None where it is over already."""
    other: int | None
    """The step of the second."""
    line: int
    """The line of that step in the first recording; in the second, where the first is over already."""
    turn: int | None
    """Of the innermost loop that is running, None outside of loops."""
    other_line: int | None
    """The line of the step of the second recording, in its own program."""
    name: NamePair | None = None
    """The name that differs and what it is in each; None where the two go to different lines."""


class Alignment:
    """Which steps of two recordings belong together, and where the two first differ.

    Args:
        one: The first recording, complete.
        other: The second, complete.

    Raises:
        DamagedError: from every method, when a recording cannot be read.
    """

    def __init__(self, one: Recording, other: Recording) -> None:
        self.one = one
        self.other = other
        self._contexts: dict[tuple[int, int, tuple[tuple[int, int], ...]], int] = {}
        self._context_list: list[tuple[int, int, tuple[tuple[int, int], ...]]] = []
        self._lines = SameLines(_source(one), _source(other))
        self._first = _Visits(one, self, {})
        self._second = _Visits(other, self, self._lines.number)
        self._partner = array("q")
        """For each visit of the first recording that of the second."""
        self._places: list[Place] = []
        self._place_of: dict[tuple[int, int, int], int] = {}
        self._line_difference: Difference | None = None
        self._state_difference: Difference | None = None
        self._working: Iterator[None] | None = self._work()

    def work(self, seconds: float | None = None) -> bool:
        """Do some of the work, for about this long; whether more is left. Every question does all that is left."""
        deadline = None if seconds is None else time.perf_counter() + seconds
        while self._working is not None:
            if next(self._working, self) is self:
                self._working = None
            elif deadline is not None and time.perf_counter() > deadline:
                break
        return self._working is not None

    # Places

    @property
    def places(self) -> list[Place]:
        """All places, in the order in which the runs come by."""
        self.work()
        return self._places

    def place_of(self, step: int) -> int:
        """The place, from 0, of the visit that a step of the first recording belongs to."""
        places = self.places
        last = self._first.last[self._first.of_step[step]]
        return bisect_left(places, last, key=lambda place: place.one)

    def place_of_other(self, step: int) -> int:
        """The place, from 0, of the visit that a step of the second recording belongs to."""
        places = self.places
        last = self._second.last[self._second.of_step[step]]
        return bisect_left(places, last, key=lambda place: place.other)

    def step_of_other(self, step: int) -> int | None:
        """The step of the second recording that belongs to a step of the first, None where that does not come by.

        For the last step of a visit that is the last of the other visit, for another one the step that does the same,
        where there is one.
        """
        self.work()
        if step == 0:
            return 0
        visit = self._first.of_step[step]
        twin = self._partner[visit]
        if twin == _NONE:
            return None
        last = self._second.last[twin]
        if step == self._first.last[visit]:
            return last
        wanted = _deed(self.one, step)
        before = sum(_deed(self.one, number) == wanted for number in self._first.steps(visit, step))
        same = (number for number in self._second.steps(twin, last) if _deed(self.other, number) == wanted)
        return next((number for count, number in enumerate(same, 1) if count == before), last)

    def other_turn(self, place: int, by: int) -> int | None:
        """The same place some turns of the innermost loop later, or where that turn begins, from 0.

        Args:
            place: From 0.
            by: How many turns later; earlier where it is negative.
        """
        visits, visit = self._visit_at(place)
        context, line, count = visits.keys[visit]
        wanted = self._turned(context, by)
        if wanted is None:
            return None
        same = self._place_of.get((wanted, line, count))
        if same is not None:
            return same
        return min((number for (where, *_), number in self._place_of.items() if where == wanted), default=None)

    def turn_at(self, place: int) -> int | None:
        """The turn of the innermost loop that is running at a place."""
        visits, visit = self._visit_at(place)
        return self._turn(visits.keys[visit][0])

    def line_at(self, place: int) -> int:
        """A number for the line that a place is about, the same for the same line."""
        visits, visit = self._visit_at(place)
        return visits.keys[visit][1]

    def _visit_at(self, place: int) -> tuple[_Visits, int]:
        one, other, in_one, _ = self.places[place]
        return (self._first, self._first.of_step[one]) if in_one else (self._second, self._second.of_step[other])

    # Differences

    def first_different_line(self) -> Difference | None:
        """Where the runs first go to different lines, or come to a line whose code is not the same in the two."""
        self.work()
        return self._line_difference

    def first_different_state(self) -> Difference | None:
        """The first visit of both after which a name that both have is not the same."""
        self.work()
        return self._state_difference

    # Contexts: where a call was made from, and the turns of the loops that run in it

    def context(self, outer: int, call_line: int, turns: tuple[tuple[int, int], ...]) -> int:
        """The number of a context.

        Args:
            outer: The context of the call, -1 at the top level.
            call_line: The line of the call.
            turns: Line and turn of each loop of the function, outermost first.
        """
        key = outer, call_line, turns
        number = self._contexts.get(key)
        if number is None:
            number = self._contexts[key] = len(self._context_list)
            self._context_list.append(key)
        return number

    def _turn(self, context: int) -> int | None:
        while context != _NONE:
            context, _, turns = self._context_list[context]
            if turns:
                return turns[-1][1]
        return None

    def _turned(self, context: int, by: int) -> int | None:
        """The context some turns later, None where there never was such a turn."""
        outer, call_line, turns = self._context_list[context]
        if turns:
            line, turn = turns[-1]
            return self._contexts.get((outer, call_line, (*turns[:-1], (line, turn + by))))
        if outer == _NONE:
            return None
        wanted = self._turned(outer, by)
        return None if wanted is None else self._contexts.get((wanted, call_line, ()))

    # Work

    def _work(self) -> Iterator[None]:
        yield from self._first.read()
        yield from self._second.read()
        self._pair()
        yield
        self._lay_places()
        yield
        self._line_difference = self._find_line()
        yield
        yield from self._find_state()

    def _pair(self) -> None:
        """Find for each visit the one that belongs to it, so that both runs go forward only."""
        known = {key: visit for visit, key in enumerate(self._second.keys)}
        self._partner = array("q", [_NONE]) * len(self._first.keys)
        pairs = [(visit, known[key]) for visit in self._first.order() if (key := self._first.keys[visit]) in known]
        for place in _rising([self._second.last[twin] for _, twin in pairs]):
            visit, twin = pairs[place]
            self._partner[visit] = twin

    def _lay_places(self) -> None:
        first, second = self._first, self._second
        alone = set(range(len(second.keys))).difference(self._partner)
        others = iter(second.order())
        one = other = 0
        places: list[Place] = []

        def add(in_one: bool, in_other: bool, key: tuple[int, int, int]) -> None:
            self._place_of.setdefault(key, len(places))
            places.append(Place(one, other, in_one, in_other))

        for visit in first.order():
            twin = self._partner[visit]
            while twin != _NONE and (following := next(others)) != twin:
                if following in alone:
                    other = second.last[following]
                    add(False, True, second.keys[following])
            one = first.last[visit]
            other = second.last[twin] if twin != _NONE else other
            add(True, twin != _NONE, first.keys[visit])
        for following in others:
            if following in alone:
                other = second.last[following]
                add(False, True, second.keys[following])
        self._places = places

    def _find_line(self) -> Difference | None:
        first, second, lines = self._first, self._second, self._lines
        for visit, (key, twin) in enumerate(zip_longest(first.keys, second.keys)):
            if key != twin or not lines.same(first.spans[visit], second.spans[visit]):
                one = first.first[visit] if key is not None else None
                other = second.first[visit] if twin is not None else None
                there = key if key is not None else twin
                return self._difference(one, other, self._turn(there[0]) if there is not None else None)
        return None

    def _find_state(self) -> Iterator[None]:
        one, other = _Walker(self.one), _Walker(self.other)
        for visit in self._first.order():
            twin = self._partner[visit]
            if twin == _NONE:
                continue
            yield from one.go(self._first.last[visit])
            yield from other.go(self._second.last[twin])
            found = _first_different(one, other)
            if found is not None:
                turn = self._turn(self._first.keys[visit][0])
                self._state_difference = self._difference(one.state.step, other.state.step, turn, found)
                return

    def _difference(
        self, one: int | None, other: int | None, turn: int | None, name: NamePair | None = None
    ) -> Difference:
        line = self.one.site(one).line if one is not None else None
        other_line = self.other.site(other).line if other is not None else None
        return Difference(one, other, line if line is not None else other_line or 0, turn, other_line, name)


class _Frame:
    """An open function of the program."""

    def __init__(self, id: int, outer: int, call_line: int) -> None:
        self.id = id
        self.outer = outer
        self.call_line = call_line
        self.turns: dict[int, int] = {}
        self.context = _NONE
        self.visited = (_NONE, 0)
        """Context and line of the visit that is going on."""
        self.visit = _NONE


class _Visits:
    """The visits of one recording, numbered by their first steps.

    Args:
        recording: Whose.
        alignment: Numbers the contexts.
        lines: What lines are called where that is not their number.
    """

    def __init__(self, recording: Recording, alignment: Alignment, lines: dict[int, int]) -> None:
        self.keys: list[tuple[int, int, int]] = []
        """Context, line, and the how-manieth visit to it."""
        self.first = array("q")
        self.last = array("q")
        self.spans: list[tuple[int, int]] = []
        """First and last line of what the first step of a visit is about."""
        self.of_step = array("q", [_NONE])
        self._recording = recording
        self._alignment = alignment
        self._lines = lines
        self._counts: Counter[tuple[int, int]] = Counter()
        self._frames = [_Frame(0, _NONE, 0)]
        self._turn(self._frames[0])

    def order(self) -> list[int]:
        """The visits in the order in which they end."""
        return sorted(range(len(self.keys)), key=self.last.__getitem__)

    def steps(self, visit: int, last: int) -> Iterator[int]:
        """The steps of a visit up to one of them."""
        return (number for number in range(self.first[visit], last + 1) if self.of_step[number] == visit)

    def read(self) -> Iterator[None]:
        """Take in every step, with a pause now and then."""
        recording = self._recording
        depths, sites = recording.index.depths, recording.index.sites
        for step in recording.steps(1, recording.count) if recording.count else ():
            number = step.number
            frame = self._frame_of(step, depths[number])
            site = recording.tables.sites[sites[number]]
            line = self._lines.get(site.line, site.line)
            if frame.visited != (frame.context, line):
                frame.visited = frame.context, line
                frame.visit = len(self.keys)
                self._counts[frame.visited] += 1
                self.keys.append((*frame.visited, self._counts[frame.visited]))
                self.first.append(number)
                self.last.append(number)
                self.spans.append((site.line, site.end_line))
            self.last[frame.visit] = number
            self.of_step.append(frame.visit)
            if number % _SLICE == 0:
                yield

    def _frame_of(self, step: Step, depth: int) -> _Frame:
        """The function that a step happened in, once it has opened, closed and turned what it says."""
        frames, closed = self._frames, None
        for change in step.changes:
            what = change[0]
            if what == Change.OPEN:
                line = self._lines.get(change[3], change[3])
                frames.append(_Frame(change[1], frames[-1].context, line))
                self._turn(frames[-1])
            elif what == Change.CLOSE:
                place = next((place for place, frame in enumerate(frames) if place and frame.id == change[1]), 0)
                if place:
                    gone = frames.pop(place)
                    closed = gone if place == depth else closed
            elif what == Change.TURN:
                running = next((frame for frame in reversed(frames) if frame.id == change[1]), None)
                if running is not None:
                    line = self._lines.get(change[2], change[2])
                    if change[3]:
                        running.turns[line] = change[3]
                    else:
                        running.turns.pop(line, None)
                    self._turn(running)
        if depth < len(frames):
            return frames[depth]
        # It closed only after the step's own work, or there are more than the depth can tell.
        return closed or frames[-1]

    def _turn(self, frame: _Frame) -> None:
        """Number the context of a function anew: it was called, or one of its loops goes on."""
        frame.context = self._alignment.context(frame.outer, frame.call_line, tuple(frame.turns.items()))


class _Walker:
    """The state of a recording, going forward, and the names that were touched on the way."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._steps = recording.steps(1, recording.count) if recording.count else iter(())
        self.state: State = recording.state(0).copy()
        self.touched: set[tuple[int, str]] = set()
        """Depth and path of each name that was changed."""

    def go(self, number: int) -> Iterator[None]:
        """Go on to a step, with a pause now and then."""
        state = self.state
        touched: set[Key] = set()
        while state.step < number:
            state.apply(next(self._steps), touched)
            if state.step % _SLICE == 0:
                yield
        if touched:
            depths = {scope: depth for depth, scope in enumerate(state.scopes)}
            self.touched.update((depths[key.scope], key.path) for key in touched if key.scope in depths)


def _first_different(one: _Walker, other: _Walker) -> NamePair | None:
    """Of the names touched in either run that now differ, the first; tensors come before others."""
    touched = one.touched | other.touched
    one.touched, other.touched = set(), set()
    found = [
        pair
        for depth, path in touched
        if (pair := pair_of(depth, path, one.state, other.state)) is not None and pair.aspect is not None
    ]
    if not found:
        return None
    scopes = list(one.state.scopes.values())

    def rank(pair: NamePair) -> tuple[bool, int, int]:
        names = list(scopes[pair.depth].names)
        return not isinstance(pair.one, int), -pair.depth, names.index(pair.path)

    return min(found, key=rank)


def _deed(recording: Recording, step: int) -> tuple[int, str]:
    """What a step does, by which it is found again in the other recording."""
    return recording.index.kinds[step], recording.site(step).name


def _source(recording: Recording) -> str:
    return recording.header.source if recording.header is not None else ""


def _rising(numbers: list[int]) -> list[int]:
    """Places of a longest series of numbers that only rise (patience sorting, Fredman 1975)."""
    tops: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(places[pile - 1] if pile else _NONE)
        if pile == len(tops):
            tops.append(number)
            places.append(place)
        else:
            tops[pile], places[pile] = number, place
    series: list[int] = []
    place = places[-1] if places else _NONE
    while place != _NONE:
        series.append(place)
        place = before[place]
    return series[::-1]


__all__ = ["Alignment", "Aspect", "Difference", "NamePair", "Place"]
