"""Where a key leads: the step to go to, or the reason why there is none."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

from tutor.recording.format import Kind
from tutor.recording.moment import Moment
from tutor.recording.queries import lines, loops
from tutor.recording.recording import Recording

Target = int | str
"""A step, or in words why there is no such step."""

MORE: Final = "The program is still being recorded; the next step is not here yet."
_NO_LOOP: Final = "No loop is running here; ] and [ go from turn to turn of a loop."


def forward(moment: Moment) -> Target:
    """The next step."""
    if moment.number < moment.recording.count:
        return moment.number + 1
    return _no_more(moment.recording)


def back(moment: Moment) -> Target:
    """The step before."""
    return moment.number - 1 if moment.number > 1 else "This is the first step."


def first(moment: Moment) -> Target:
    """The first step."""
    return 1 if moment.number > 1 else "This is the first step."


def last(moment: Moment) -> Target:
    """The last step that is there."""
    count = moment.recording.count
    return count if moment.number < count else _no_more(moment.recording)


def next_line(moment: Moment) -> Target:
    """The next step that another line runs, also in a function that is called."""
    return _not_past_an_error(moment, lines.next_line(moment.recording, moment.number))


def previous_line(moment: Moment) -> Target:
    """Where the line before began to run."""
    found = lines.previous_line(moment.recording, moment.number)
    return "No other line ran before this one." if found is None else found


def over(moment: Moment) -> Target:
    """The next line, past what happens inside this step and inside functions called on the way."""
    return _not_past_an_error(moment, lines.step_over(moment.recording, moment.number))


def out(moment: Moment) -> Target:
    """The first step after the call or the function that this step is in."""
    recording, number = moment.recording, moment.number
    if not recording.index.parents[number] and not recording.index.depths[number]:
        return "This step is not inside a function or a backward call."
    found = lines.step_out(recording, number)
    return _no_more(recording, "Nothing runs after what this step is in.") if found is None else found


def _not_past_an_error(moment: Moment, found: int | None) -> Target:
    """Where a line leads, or an error on the way there, which nobody should miss."""
    recording, number = moment.recording, moment.number
    end = found if found is not None else recording.count + 1
    error = recording.index.kinds.find(Kind.ERROR, number + 1, end)
    if error > 0:
        return error
    return _no_more(recording, "No other line runs after this one.") if found is None else found


def next_turn(moment: Moment) -> Target:
    """The same place one turn later, or where that turn begins if it does not come by there."""
    loop = inner_loop(moment)
    if loop is None:
        return _NO_LOOP
    start = loops.next_turn(moment.recording, moment.number)
    if start is None:
        return _no_more(moment.recording, f"This is the last turn of the loop in line {loop[1]}.")
    return _same_place(moment, start, loop[1])


def previous_turn(moment: Moment) -> Target:
    """The same place one turn earlier, or where that turn began if it did not come by there."""
    loop = inner_loop(moment)
    if loop is None:
        return _NO_LOOP
    start = loops.previous_turn(moment.recording, moment.number)
    return (
        f"This is the first turn of the loop in line {loop[1]}."
        if start is None
        else _same_place(moment, start, loop[1])
    )


def _same_place(moment: Moment, start: int, line: int) -> int:
    """The first step of the turn that begins with ``start`` at the place of the moment's step."""
    recording = moment.recording
    if moment.step is None:
        return start
    steps = recording.index.turns[line].steps
    following = bisect_right(steps, start)
    end = steps[following] if following < len(steps) else recording.count + 1
    here = recording.index.lines.get(moment.step.site.line)
    if here is None:
        return start
    wanted = recording.index.sites[moment.number]
    for position in range(bisect_left(here, start), bisect_left(here, end)):
        if recording.index.sites[here[position]] == wanted:
            return here[position]
    return start


def inner_loop(moment: Moment) -> tuple[int, int, int] | None:
    """Scope, line and turn of the innermost loop that is running."""
    for scope in reversed(moment.after.scopes.values()):
        if scope.turns:
            line, turn = list(scope.turns.items())[-1]
            return scope.id, line, turn
    return None


def _no_more(recording: Recording, reason: str = "This is the last step.") -> str:
    return MORE if recording.end is None else reason
