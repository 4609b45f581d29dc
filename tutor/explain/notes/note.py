"""What a note is, which kinds there are, and where they are collected."""

from __future__ import annotations

from typing import Final, NamedTuple

from tutor.explain.say import listed
from tutor.plain.format import clipped, harmless

KINDS: Final[dict[str, str]] = {
    "added-to-earlier-turn": "gradients that are used twice",
    "optimizer-holds-another": "it updates another tensor",
    "cut-loss-requires-grad": "a flag on a loss without graph",
    "broadcast-loss": "a loss of (n, 1) against (n,)",
    "data-write-to-saved": "a write that nothing counts",
    "leaf-became-non-leaf": "a parameter that is a result",
    "grad-of-non-leaf": "the .grad of a result",
    "retain-grad-after-backward": "retain_grad() too late",
    "step-before-backward": "step() a turn late",
    "zero-grad-between-backward-and-step": "a reset before step()",
    "never-got-a-gradient": "a parameter left out",
    "graph-grows": "a total that keeps graphs",
    "not-a-number": "the first nan or infinity",
    "eval-for-no-grad": "a graph for nothing",
}
"""Every kind by its id, with what it is about in a few words."""

NAMES: Final = 3
"""Names told in one sentence."""


class Note(NamedTuple):
    """A mistake that raised no error."""

    kind: str
    """One of ``KINDS``."""
    step: int
    """Where it happened."""
    line: int
    """The line of that step."""
    names: tuple[str, ...]
    """The names that it is about."""
    what: str
    """What happened, in a sentence."""
    why: str
    """Why that matters, in a sentence or two."""
    cause: int | None
    """Another step that is part of it, None where there is none."""

    @property
    def text(self) -> str:
        """It in one paragraph."""
        return f"Note: {self.what} {self.why}"


class Book:
    """The notes of a recording, by step; what is said of a line is said once.

    Args:
        off: Kinds that are not wanted.
    """

    def __init__(self, off: frozenset[str]) -> None:
        self._off = off
        self._by_step: dict[int, list[Note]] = {}
        self._said: set[tuple[str, int, str]] = set()
        self._fresh: list[Note] = []

    def add(self, note: Note) -> None:
        """Take a note, unless the same was said of this line and name before."""
        key = (note.kind, note.line, note.names[0] if note.names else "")
        if note.kind in self._off or key in self._said:
            return
        self._said.add(key)
        self._by_step.setdefault(note.step, []).append(note)
        self._fresh.append(note)

    def at(self, step: int) -> list[Note]:
        """The notes of a step."""
        return self._by_step.get(step, [])

    def all(self) -> list[Note]:
        """All of them, in the order of the steps."""
        return [note for step in sorted(self._by_step) for note in self._by_step[step]]

    def fresh(self) -> list[Note]:
        """Those that came since this was asked last."""
        found, self._fresh = self._fresh, []
        return found


def names_text(names: tuple[str, ...], suffix: str = "") -> str:
    """``w.grad and b.grad``; ``a, b, c and 4 more``."""
    shown = [clipped(harmless(name), 40) + suffix for name in names[:NAMES]]
    more = len(names) - NAMES
    return listed([*shown, f"{more} more"] if more > 0 else shown)
