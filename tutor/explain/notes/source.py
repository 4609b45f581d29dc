"""What the text of a step says, as far as the notes ask: whose ``.grad`` it reads, which method it calls on what."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_PATH: Final = r"[^\W\d][\w.]*(?:\[[^\[\]]*\][\w.]*)*"
_GRAD: Final = re.compile(rf"({_PATH})\.grad\b(?!\s*=[^=]|\s*\()(\s+is\b)?")
_METHOD: Final = re.compile(rf"({_PATH})\.(\w+)\((.*)\)", re.DOTALL)


class Said(NamedTuple):
    """What a piece of source says."""

    reads: tuple[str, ...]
    """Paths whose ``.grad`` it uses: ``w``, ``model.weight``."""
    checks: tuple[str, ...]
    """Paths whose ``.grad`` it only compares with None."""
    owner: str
    """What a method is called on, where the whole of it is such a call; else empty."""
    method: str
    arguments: str
    """Between the brackets of that call."""


@lru_cache(4096)
def said(source: str) -> Said:
    """What a piece of source says."""
    reads: list[str] = []
    checks: list[str] = []
    for found in _GRAD.finditer(source):
        (checks if found[2] else reads).append(found[1])
    call = _METHOD.fullmatch(source.strip())
    owner, method, arguments = (call[1], call[2], call[3].strip()) if call else ("", "", "")
    return Said(tuple(dict.fromkeys(reads)), tuple(dict.fromkeys(checks)), owner, method, arguments)
