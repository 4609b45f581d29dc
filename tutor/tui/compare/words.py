"""The words of the comparison: where the runs first part, and where each of them is."""

from __future__ import annotations

from typing import Final

from tutor.plain.format import harmless
from tutor.recording.moment import Moment
from tutor.recording.queries.aligned import Alignment, Difference
from tutor.recording.recording import Recording
from tutor.tui.cells import fit
from tutor.tui.headline import facts_of
from tutor.tui.index import Index
from tutor.tui.text import source_lines

CODE: Final = 34
"""Cells of a line of code in a sentence."""


def line_words(difference: Difference | None, *, short: bool = False) -> str:
    """``first different line 7, turn 1``."""
    if difference is None:
        return "no line ≠" if short else "no different line"
    return f"{'≠ line' if short else 'first different line'} {place_words(difference)}"


def state_words(difference: Difference | None, *, short: bool = False) -> str:
    """``first different state: w.grad, line 5, turn 2``."""
    if difference is None or difference.name is None:
        return "no state ≠" if short else "no different state"
    name = f"{harmless(difference.name.label)}, line {place_words(difference)}"
    return f"≠ {name}" if short else f"first different state: {name}"


def place_words(difference: Difference) -> str:
    """``7, turn 1``; where the second run alone goes on, ``7 of run 2``."""
    whose = " of run 2" if difference.one is None else ""
    turn = f", turn {difference.turn}" if difference.turn is not None else ""
    return f"{difference.line}{whose}{turn}"


def arrived_words(alignment: Alignment, difference: Difference) -> str:
    """What is to be seen where the runs go to different lines."""
    if difference.one is None or difference.other is None:
        over, going = ("1", "2") if difference.one is None else ("2", "1")
        return f"Run {over} is over here; run {going} goes on with line {_line(alignment, difference)}."
    one, other = alignment.one.site(difference.one).line, alignment.other.site(difference.other).line
    if alignment.place_of(difference.one) == alignment.place_of_other(difference.other):
        where = f"Line {one}" if one == other else f"Line {one} of run 1, {other} of run 2,"
        return f"{where} is not written alike in the two programs."
    codes = _code(alignment.one, one), _code(alignment.other, other)
    return f"Run 1 goes to line {one}, {codes[0]}; run 2 to line {other}, {codes[1]}."


def _line(alignment: Alignment, difference: Difference) -> int:
    if difference.one is not None:
        return alignment.one.site(difference.one).line
    return alignment.other.site(difference.other or 1).line


def _code(recording: Recording, line: int) -> str:
    """The code of a line, so much of it as fits into a sentence."""
    lines = source_lines(recording.header.source) if recording.header is not None else []
    return fit(lines[line - 1].partition("#")[0].strip() if line <= len(lines) else "", CODE)


def where_words(moment: Moment, index: Index, *, ended: bool, stands: bool) -> list[str]:
    """``step 14/31``, ``turn 2 of 3``, ``stands still``: where a run is, the most important first."""
    facts = facts_of(moment, index, ended=ended)
    return [facts[0], "stands still", *facts[1:]] if stands else facts
