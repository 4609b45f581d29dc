"""Rules about what a lesson is like to read. They only warn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutor.lesson.check.problem import Problem, problem
from tutor.lesson.check.seen import Seen
from tutor.lesson.program import Program
from tutor.lesson.questions import TomlLines

WIDTH = 76
"""Widest line of prose, without its comment sign."""

LENGTH = 24
"""Most lines of a code cell."""

WORDS_A_MINUTE = 180
"""How fast somebody reads who learns."""

SECONDS_A_LINE = 4
"""Seconds that somebody looks at a line of code when the run comes to it, the first two times."""

SECONDS_A_QUESTION = 45
"""Seconds for a question."""

OFF = 0.5
"""How far the minutes may be from the estimate, as a part of it."""


def check_prose(program: Program) -> Iterator[Problem]:
    """What can be said without running the lesson."""
    about = next(cell for cell in program.cells if cell.attributes.get("tutor") == "lesson")
    for cell in program.cells:
        if cell.kind == "code" and (length := cell.last_line - cell.first_line + 1) > LENGTH:
            text = f"the cell has {length} lines, more than {LENGTH}. Split it."
            yield problem("length", program.path, cell.first_line, text)
        if cell.kind != "code":
            for line, content in enumerate(cell.text.split("\n"), cell.first_line):
                if len(content) > WIDTH:
                    text = f"the line is {len(content)} columns wide, more than {WIDTH}. Break it."
                    yield problem("width", program.path, line, text)
    if not program.about.get("read"):
        text = 'it does not say where to read on. Write: read = ["title of a page"]'
        yield problem("read", program.path, about.first_line, text)
    if len(program.questions) < 2:
        count = ["no question", "one question"][len(program.questions)]
        yield problem("questions", program.path, about.first_line, f"it asks {count}. Ask two.")


def check_minutes(program: Program, seen: Seen) -> Iterator[Problem]:
    """Whether the lesson takes about as long as it says."""
    minutes = program.about.get("minutes")
    about = next(cell for cell in program.cells if cell.attributes.get("tutor") == "lesson")
    guess = estimate(program, seen.visits)
    if not isinstance(minutes, int | float):
        text = f"it does not say how long it takes. Write: minutes = {max(round(guess), 1)}"
        yield problem("minutes", program.path, about.first_line, text)
    elif abs(minutes - guess) > OFF * guess:
        text = f"it says {minutes:g}, but about {guess:.1f} are likely. Correct it, or the length of the lesson."
        yield problem("minutes", program.path, TomlLines(about).at("minutes"), text)


def estimate(program: Program, visits: dict[int, int]) -> float:
    """How many minutes a lesson takes.

    Words of its prose at 180 a minute, 45 seconds for each question, and 4 seconds each time that the run comes to
    a line of code, the first two times: in later turns of a loop people jump.

    Args:
        program: The lesson.
        visits: For each line how many times the run came to it.
    """
    words = sum(len(re.findall(r"\w+", cell.text)) for cell in program.cells if cell.kind == "markdown")
    looks = sum(min(count, 2) for count in visits.values())
    seconds = looks * SECONDS_A_LINE + len(program.questions) * SECONDS_A_QUESTION
    return words / WORDS_A_MINUTE + seconds / 60
