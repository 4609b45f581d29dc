"""Why a step did what it did, for every kind of step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tutor.explain.accumulate import accumulate_paragraphs
from tutor.explain.backward import node_paragraphs
from tutor.explain.calls import call_paragraphs
from tutor.explain.errors.tell import cause_paragraphs, error_paragraphs, warning_paragraphs
from tutor.explain.forecast import forecast_paragraphs
from tutor.explain.forward import operation_paragraphs
from tutor.explain.statements import grad_again, output_paragraphs, statement_paragraphs
from tutor.recording.format import Kind
from tutor.recording.moment import Moment

_TELLERS: Final[dict[Kind, Callable[[Moment, Any], list[str]]]] = {
    Kind.STATEMENT: statement_paragraphs,
    Kind.OPERATION: operation_paragraphs,
    Kind.CALL: call_paragraphs,
    Kind.INNER: operation_paragraphs,
    Kind.NODE: node_paragraphs,
    Kind.ACCUMULATE: accumulate_paragraphs,
    Kind.OUTPUT: output_paragraphs,
    Kind.WARNING: warning_paragraphs,
    Kind.ERROR: error_paragraphs,
}


def explain(moment: Moment, *, forecast: bool = True) -> list[str]:
    """What the step did and why, one paragraph per item; plain text without markup, safe for a terminal.

    Args:
        moment: The step.
        forecast: Whether to say beforehand that a backward call is going to fail.
    """
    step = moment.step
    if step is None:
        return ["Nothing has run yet."]
    paragraphs = _TELLERS[step.kind](moment, step.detail)
    again = grad_again(moment)
    if again:
        paragraphs.append(again)
    if step.kind in (Kind.NODE, Kind.ACCUMULATE):
        paragraphs += cause_paragraphs(moment)
    if forecast:
        paragraphs += forecast_paragraphs(moment)
    if step.opaque:
        paragraphs.append("Something in this step was not understood by the recorder; what is shown may be incomplete.")
    return paragraphs
