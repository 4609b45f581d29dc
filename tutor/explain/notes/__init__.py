"""Mistakes that raise no error: a quiet note at the step where each of them happens, and why it matters.

A file for each family. A recording is gone through once, step by step, with the state around each step; nothing is
said that a correct program could have done as well, so some mistakes are missed.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from tutor.explain.notes.note import KINDS, Note
from tutor.explain.notes.watch import Notes, Watch
from tutor.recording.moment import Moment
from tutor.recording.recording import Recording

__all__ = ["KINDS", "Note", "Notes", "Watch", "notes", "notes_at"]

_kept: WeakKeyDictionary[Recording, Notes] = WeakKeyDictionary()


def notes(recording: Recording, until: int | None = None) -> list[Note]:
    """Every note of a recording, in the order of the steps.

    Args:
        recording: Where; as far as it is there.
        until: Only what is known after this step; None for the whole of it.

    Raises:
        DamagedError: it cannot be read.
    """
    found = Notes(recording)
    last = recording.count if until is None else min(until, recording.count)
    while found.followed < last:
        found.follow(last - found.followed)
    if until is None or last == recording.count:
        found.follow()
    return found.all()


def notes_at(moment: Moment) -> list[Note]:
    """The notes of a step, as far as the recording tells; the first call for a recording goes through all of it.

    Raises:
        DamagedError: it cannot be read.
    """
    found = _kept.get(moment.recording)
    if found is None:
        found = _kept[moment.recording] = Notes(moment.recording)
    while found.follow():
        pass
    return found.at(moment.number)
