"""The words of the first line, and those that say how a recording ended."""

from __future__ import annotations

from tutor.lesson.program import Program
from tutor.plain.format import harmless
from tutor.recording.format import Flag, Kind
from tutor.recording.model import End, Step
from tutor.recording.moment import Moment
from tutor.tui.index import Index
from tutor.tui.moves import inner_loop


def title_of(program: Program | None) -> str:
    """``08 Gradients add up``, or the name of a file."""
    if program is None:
        return "…"
    number = program.name.partition("_")[0]
    return f"{number} {program.title}" if number.isdecimal() else program.title


def facts_of(moment: Moment, index: Index, *, ended: bool) -> list[str]:
    """``step 14/31``, ``turn 2 of 3``, ``grad on``: where the learner is, the most important first."""
    recording = moment.recording
    if ended:
        facts = [f"step {moment.number:,}/{recording.count:,}"]
    elif recording.count:
        facts = [f"step {moment.number:,}", f"recording {recording.count:,} …"]
    else:
        facts = ["starting …"]
    loop = inner_loop(moment)
    if loop is not None:
        scope, line, turn = loop
        total = index.turns(scope, line, moment.number)
        facts.append(f"turn {turn} of {total}" if total else f"turn {turn}")
    if moment.step is not None:
        facts.append(grad_words(moment.step))
    function = moment.after.scopes[next(reversed(moment.after.scopes))].function
    if function:
        facts.append(f"in {harmless(function)}")
    return facts


def grad_words(step: Step) -> str:
    """Whether operations are recorded for backward; while backward runs that is beside the point."""
    if step.kind in (Kind.NODE, Kind.ACCUMULATE):
        return "in backward"
    if step.flags & Flag.INFERENCE:
        return "inference mode"
    return "grad on" if step.grad_enabled else "grad off"


def end_words(end: End, *, after_error: bool) -> str:
    """How the program ended, in a sentence.

    Args:
        end: What the recording says.
        after_error: Whether the last step is the error itself.
    """
    if end.how == "finished":
        return "The program ends here."
    if end.how == "raised" and after_error:
        return "The error ended the program."
    return f"The recording ends here: {harmless(end.reason) or end.how}."
