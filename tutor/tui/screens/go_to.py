"""Asks for a step to go to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutor.recording.recording import Recording
from tutor.tui.screens.ask import Ask

_STEP = re.compile(r"([+-]?)\s*([\d,_.]+)")
_LINE = re.compile(r"l(?:ine)?\s*(\d+)")


class GoTo(Ask[int]):
    """Gives back the step, None when it was left.

    Args:
        number: The present step.
        recording: Whose steps are meant; it may be growing.
        lines: The first step of each line that ran.
        answer: What the input holds at first.
    """

    def __init__(self, number: int, recording: Recording, lines: Mapping[int, int], answer: str = "") -> None:
        super().__init__(f"Go to step (1 to {recording.count:,}), or +10, -10, line 7", answer)
        self._number = number
        self._recording = recording
        self._lines = lines

    def read(self, text: str) -> int | str:
        """The step that is meant, or why there is none."""
        return read_target(text, self._number, self._recording.count, self._lines)


def read_target(text: str, number: int, count: int, lines: Mapping[int, int]) -> int | str:
    """The step that an answer means, or what is wrong with it."""
    text = text.strip().lower()
    line = _LINE.fullmatch(text)
    if line is not None:
        wanted = int(line[1])
        return lines.get(wanted) or f"Line {wanted} has not run."
    match = _STEP.fullmatch(text)
    digits = re.sub(r"[,_.]", "", match[2]) if match is not None else ""
    if match is None or not digits:
        return "Type a number, for example 12."
    step = int(digits[:18])
    if match[1]:
        step = number + step if match[1] == "+" else number - step
        return min(max(step, 1), count)
    if not 1 <= step <= count:
        return f"There is no step {step:,}; the last is {count:,}."
    return step
