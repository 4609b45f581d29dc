"""The question that suits the step that is about to be taken."""

from __future__ import annotations

from tutor.quiz.made.calls import is_telling_turn
from tutor.quiz.made.errors import error_question
from tutor.quiz.made.gradients import gradient_question
from tutor.quiz.made.nodes import node_question
from tutor.quiz.made.spot import spot_at
from tutor.quiz.question import Draft
from tutor.recording.format import Kind
from tutor.recording.recording import Recording


def made_at(recording: Recording, number: int) -> Draft | None:
    """The question whose answer the next step shows, None where no question suits it.

    Asked is before a gradient arrives at a leaf (in the first two turns of a loop and in the last), before a node runs
    (at most twice, in the first call on each shape of a graph), and before a line that raises.

    Args:
        recording: May still be growing.
        number: The step that is about to be taken.

    Raises:
        DamagedError: the recording cannot be read.
    """
    if not 0 < number <= recording.count:
        return None
    kind = recording.kind(number)
    if kind is Kind.ACCUMULATE:
        spot = spot_at(recording, number, recording.state(number - 1))
        if spot is None or not is_telling_turn(recording, spot, number):
            return None
        made = gradient_question(recording, number)
    elif kind is Kind.NODE:
        made = node_question(recording, number)
    else:
        made = error_question(recording, number)
    return None if made is None else made.draft
