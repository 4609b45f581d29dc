"""Errors and warnings as paragraphs: Python's own words, then what brought it about and what is right here."""

from __future__ import annotations

import re
from typing import Any, Final

from tutor.explain.errors import Cause, cause
from tutor.explain.look import line
from tutor.explain.statements import lines_of
from tutor.plain.format import harmless
from tutor.recording.moment import Moment

_LINES: Final = 30
"""Lines of a message."""

_SHORT: Final = re.compile(r"(.{24,}?)(?:\. |: \[| \(or |; |, use )", re.DOTALL)
"""The part of a long message that says what is wrong; what follows are numbers and advice."""

_INTERNAL: Final = re.compile(r" ?\(Triggered internally at [^)]*\)")


def error_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """An error."""
    text, type, *_ = detail
    message = text.removeprefix(f"{type}: ")
    return [f"✗ {harmless(type)} in line {line(moment)}", *_told(message, cause(moment))]


def warning_paragraphs(moment: Moment, detail: Any) -> list[str]:
    """A warning."""
    text, category = detail
    message = _INTERNAL.sub("", text.removeprefix(f"{category}: "))
    found = cause(moment)
    if found is not None and "Traceback of forward call" in message:
        # What follows are the frames of the recorder around the line that is told below.
        message = message.partition(" Traceback of forward call")[0]
    return [f"{harmless(category)} in line {line(moment)}", *_told(message, found)]


def cause_paragraphs(moment: Moment) -> list[str]:
    """What is wrong with the gradient of a node or accumulate step, where something is."""
    found = cause(moment)
    return [] if found is None else found.paragraphs()


def _told(message: str, found: Cause | None) -> list[str]:
    """The message; where its cause is known, shortened, and in full at the end."""
    if found is None:
        return lines_of(message)[:_LINES]
    short = _SHORT.match(message)
    if short is None:
        return [*lines_of(message)[:_LINES], *found.paragraphs()]
    whole = " ".join(lines_of(message)[:_LINES])
    return [f"{' '.join(lines_of(short[1]))} …", *found.paragraphs(), f"In full: {whole}"]
