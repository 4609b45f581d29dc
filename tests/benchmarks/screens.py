"""How fast the screens are, against the smallest Textual app."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from statistics import median

from tests.benchmarks.measure import ROOT, Row
from tests.benchmarks.terminal import Terminal
from tutor.lesson.pack import Pack, built_in

LABEL = [sys.executable, "-m", "tests.benchmarks.label_app"]
TUTOR = [sys.executable, "-m", "tutor"]

RIGHT, ENTER = "\x1b[C", "\r"

WARM_SECONDS = 8.0
"""Longest that the waiting child takes to import torch."""


def first_frame(quick: bool) -> Row:
    """Seconds until ``tutor`` shows the course, against seconds until the label is there."""
    title = Pack.load(built_in()).lessons[0].title
    ours, theirs = [], []
    for _ in range(3 if quick else 9):
        theirs.append(_start(LABEL, "first frame"))
        ours.append(_start(TUTOR, title))
    return Row(median(ours) / median(theirs), "x", f"{median(ours):.3f} s against {median(theirs):.3f} s")


def key_to_frame(quick: bool) -> Row:
    """Milliseconds from a key to the end of what it draws, in the stepper and in the label app."""
    count = 15 if quick else 50
    # One of more steps than keys.
    lesson = "08_accumulation"
    theirs = _keys(LABEL, "first frame", count)
    ours = _keys([*TUTOR, "open", lesson], r"step\s+\d+", count)
    return Row(ours / theirs, "x", f"{1000 * ours:.1f} ms against {1000 * theirs:.1f} ms")


def lesson_to_step(quick: bool) -> Row:
    """Milliseconds from Enter on a lesson to its first step, with the child waiting."""
    title = Pack.load(built_in()).lessons[0].title
    times = []
    for _ in range(1 if quick else 5):
        with Terminal(TUTOR, ROOT) as terminal:
            terminal.wait_for(_loose(title))
            time.sleep(WARM_SECONDS)
            terminal.wait_until_quiet(0.2)
            pressed = terminal.press(ENTER)
            times.append(terminal.wait_for(r"step\s+\d+") - pressed)
    return Row(1000 * median(times), "ms")


def _start(command: list[str], shown: str) -> float:
    with Terminal(command, ROOT) as terminal:
        return terminal.wait_for(_loose(shown)) - terminal.started


def _keys(command: list[str], ready: str, count: int) -> float:
    times = []
    # A question on the way would wait for an answer.
    with Terminal(command, ROOT, {"asking": "off"}) as terminal:
        terminal.wait_for(ready)
        time.sleep(WARM_SECONDS / 2)
        terminal.wait_until_quiet(0.3)
        for _ in range(count):
            pressed = terminal.press(RIGHT)
            terminal.wait_for_drawing()
            drawn = time.perf_counter()
            times.append(max(drawn, terminal.wait_until_quiet(0.06)) - pressed)
    return median(times)


def _loose(text: str) -> str:
    """A pattern for words with any blanks between them."""
    return r"\s+".join(re.escape(word) for word in text.split())


ROWS: dict[str, Callable[[bool], Row]] = {
    "first-frame": first_frame,
    "key-to-frame": key_to_frame,
    "lesson-to-step": lesson_to_step,
}
