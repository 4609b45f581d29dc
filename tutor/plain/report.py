"""What a check found, as lines for people and for machines, and how far it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TextIO

from tutor.plain.format import clipped, harmless

if TYPE_CHECKING:
    from tutor.lesson.check.problem import Problem


class Report:
    """Writes problems down as they come: ``FILE:LINE: RULE: TEXT``, or one JSON object a line.

    Args:
        write: Where the lines go.
        json: Whether machines read them.
    """

    def __init__(self, write: Callable[[str], object], *, json: bool) -> None:
        self._write = write
        self._json = json
        self.refused = 0
        """How many problems refuse a lesson."""
        self.warned = 0
        """How many are warnings."""

    def add(self, problems: Iterable[Problem]) -> None:
        """Write down some problems."""
        for problem in problems:
            self.refused += problem.refused
            self.warned += not problem.refused
            self._write((_as_json(problem) if self._json else harmless(_as_text(problem))) + "\n")

    def summary(self, lessons: int) -> str:
        """What came of it, in one line."""
        parts = [_count(lessons, "lesson"), _count(self.refused, "problem"), _count(self.warned, "warning")]
        return ", ".join(parts)


def _as_text(problem: Problem) -> str:
    place = f"{problem.file}: {problem.place}" if problem.place else f"{problem.file}:{problem.line}"
    return f"{place}: {problem.rule}: {'' if problem.refused else 'warning: '}{problem.text}"


def _as_json(problem: Problem) -> str:
    found = {
        "file": problem.file,
        "line": problem.line,
        "rule": problem.rule,
        "level": "refused" if problem.refused else "warning",
        "text": problem.text,
    }
    return json.dumps(found | ({"place": problem.place} if problem.place else {}), ensure_ascii=True)


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


class Bar:
    """How far a check is, on a line of its own.

    Args:
        stream: A terminal, or None to show nothing.
        total: How many lessons there are.
    """

    WIDTH = 24

    def __init__(self, stream: TextIO | None, total: int) -> None:
        self._stream = stream
        self._total = total
        self._done = 0

    def show(self, name: str) -> None:
        """Say which lesson comes now."""
        if self._stream is not None:
            full = self.WIDTH * self._done // max(self._total, 1)
            bar = "━" * full + "─" * (self.WIDTH - full)
            self._done += 1
            line = f"\r{bar} {self._done}/{self._total} {clipped(harmless(name), 40)}"
            print(line, end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._stream is not None:
            print("\r\x1b[K", end="", file=self._stream, flush=True)
