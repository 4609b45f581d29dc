"""What a rule has to say about a lesson."""

from __future__ import annotations

from typing import Final

import msgspec

REFUSED: Final = {
    "file": "the file can be read as a lesson",
    "pack": "pack.toml is in order",
    "listed": "pack.toml lists each lesson of its folder, and no other",
    "needs": "what a lesson needs is in the pack, and not in a circle",
    "id": "no two questions of a pack have the same id",
    "question": "a question has what its type needs, and nothing else",
    "hint": "there is a hint, and none is empty",
    "why": "each wrong answer says why somebody gives it",
    "wrong": "each wrong answer is made in exactly one way",
    "belief": "read_as names a known misreading, of something that stands in the code above",
    "reading": "the program comes to the question under the misreading, and gives an answer",
    "change": "the text to change stands once in the code above, and the changed program runs",
    "value": "the value of a wrong answer can be computed",
    "run": "the lesson runs to its end in its time",
    "repeat": "two runs give the same recording",
    "printed": "#> says all that its statement prints",
    "raised": "#! announces each error, and each is raised",
    "ask": "what is asked can be computed where it is asked",
    "same": "no two answers to a question are the same",
    "error": "a question about an error has one for an answer",
    "translation": "a translation can be read",
}
"""The rules that refuse a lesson, each with what holds where it is kept."""

WARNED: Final = {
    "numbers": "the numbers tell beliefs apart",
    "minutes": "the minutes are near an estimate",
    "width": "prose is at most 76 columns wide",
    "shown": "prose is shown as it is written",
    "length": "a code cell has at most 24 lines",
    "read": "it says where to read on",
    "questions": "it asks at least two questions",
    "untranslated": "a translation speaks of cells that are there",
    "unlisted": "a folder of lessons has a pack.toml",
}
"""The rules that only warn."""


class Problem(msgspec.Struct, frozen=True):
    """Something that a rule found."""

    file: str
    """The file, as the person named it or found it."""
    line: int
    """From 1."""
    rule: str
    """Name of the rule."""
    text: str
    """What is wrong. What to do."""
    refused: bool = True
    """False if it is only a warning."""
    place: str = ""
    """Where it is, for a notebook: the cell and the line in it. Empty where ``line`` says it."""


def problem(rule: str, file: str, line: int, text: str) -> Problem:
    """What a rule found; whether it refuses or warns is known by its name."""
    assert rule in REFUSED or rule in WARNED, rule
    return Problem(file, line, rule, text, rule in REFUSED)
