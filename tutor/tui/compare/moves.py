"""Where a key leads in a comparison: the place to go to, or the reason why there is none."""

from __future__ import annotations

from typing import Final

from tutor.recording.queries.aligned import Alignment

Target = int | str
"""A place, or in words why there is no such place."""

_FIRST: Final = "This is the first step."
_LAST: Final = "Both runs end here."


def forward(alignment: Alignment, place: int) -> Target:
    """The next statement of either run."""
    return place + 1 if place + 1 < len(alignment.places) else _LAST


def back(alignment: Alignment, place: int) -> Target:
    """The statement before."""
    return place - 1 if place else _FIRST


def first(alignment: Alignment, place: int) -> Target:
    """Where both begin."""
    return 0 if place else _FIRST


def last(alignment: Alignment, place: int) -> Target:
    """Where both have ended."""
    end = len(alignment.places) - 1
    return end if place < end else _LAST


def next_line(alignment: Alignment, place: int) -> Target:
    """The next place on another line that is not in a function called on the way."""
    found = _other_line(alignment, place, range(place + 1, len(alignment.places)))
    return "No other line runs after this one." if found is None else found


def previous_line(alignment: Alignment, place: int) -> Target:
    """The place before that was on another line, and not in a function called on the way."""
    found = _other_line(alignment, place, range(place - 1, -1, -1))
    return "No other line ran before this one." if found is None else found


def next_turn(alignment: Alignment, place: int) -> Target:
    """The same place a turn later."""
    return _turned(alignment, place, 1, "This is the last turn of the loop.")


def previous_turn(alignment: Alignment, place: int) -> Target:
    """The same place a turn earlier."""
    return _turned(alignment, place, -1, "This is the first turn of the loop.")


WAYS: Final = {
    "forward": forward,
    "back": back,
    "first": first,
    "last": last,
    "next_line": next_line,
    "previous_line": previous_line,
    "next_turn": next_turn,
    "previous_turn": previous_turn,
}


def _other_line(alignment: Alignment, place: int, places: range) -> int | None:
    depth, line = _depth(alignment, place), alignment.line_at(place)
    return next(
        (other for other in places if _depth(alignment, other) <= depth and alignment.line_at(other) != line), None
    )


def _depth(alignment: Alignment, place: int) -> int:
    """How many functions are open around a place."""
    one, other, in_one, _ = alignment.places[place]
    return alignment.one.index.depths[one] if in_one else alignment.other.index.depths[other]


def _turned(alignment: Alignment, place: int, by: int, reason: str) -> Target:
    if alignment.turn_at(place) is None:
        return "No loop is running here; ] and [ go from turn to turn of a loop."
    found = alignment.other_turn(place, by)
    return reason if found is None else found
