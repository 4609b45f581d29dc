"""Explanations of a recording, and short ways to find one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.recorder.record import step_of
from tutor.explain import explain
from tutor.recording.format import Kind
from tutor.recording.moment import Moment, Moments
from tutor.recording.recording import Recording


def moments(recording: Recording) -> Iterator[Moment]:
    """Every moment of a recording."""
    kept = Moments(recording)
    for number in range(recording.count + 1):
        yield kept.at(number)


def told(recording: Recording, number: int) -> str:
    """The explanation of a step, one paragraph on each line."""
    return "\n".join(explain(Moment.of(recording, number)))


def told_of(recording: Recording, source: str, *kinds: Kind, nth: int = 0) -> str:
    """The explanation of the nth step whose expression or statement is this; an operation or call if no kind is
    given."""
    return told(recording, step_of(recording, source, *kinds, nth=nth).number)


def told_of_node(recording: Recording, name: str, nth: int = 0) -> str:
    """The explanation of the nth node of a name that ran."""
    found = [
        number
        for number in range(1, recording.count + 1)
        if recording.kind(number) is Kind.NODE and recording.site(number).name == name
    ]
    return told(recording, found[nth])


def told_of_leaf(recording: Recording, nth: int = 0) -> str:
    """The explanation of the nth gradient that arrived in a ``.grad``."""
    found = [number for number in range(1, recording.count + 1) if recording.kind(number) is Kind.ACCUMULATE]
    return told(recording, found[nth])
