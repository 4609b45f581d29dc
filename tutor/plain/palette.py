"""Colour for plain text, and when there is none."""

from __future__ import annotations

import os
from typing import Final, Protocol

_CODES: Final = {
    "number": "2",
    "loop": "2",
    "node": "35",
    "gradient": "32",
    "output": "36",
    "warning": "33",
    "error": "31",
    "end": "1",
}


class Stream(Protocol):
    """What can be asked whether it is a terminal."""

    def isatty(self) -> bool:
        """Whether it is."""


def coloured(stream: Stream) -> bool:
    """Whether a stream gets colour: a terminal that knows it, and nobody said NO_COLOR."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(kind: str, text: str) -> str:
    """The text in the colour of a kind of thing; kinds without one stay as they are."""
    code = _CODES.get(kind)
    return f"\x1b[{code}m{text}\x1b[0m" if code is not None and text else text
