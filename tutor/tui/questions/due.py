"""What a review asks: the due questions that are still in their lessons, and in programs of one's own.

Files are read here, and none is run. A question of a lesson's own is known by its id. One that was made from a
recording is known by the line that it is about, as long as that line stands there as it did.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tutor.lesson.program import Program, UnreadableError
from tutor.lesson.reading import read_program
from tutor.progress.folder import COURSE, OWN
from tutor.progress.store import Card, OwnFile
from tutor.tui.questions.keeping import line_of
from tutor.tui.questions.plans import Part, Plan, own_drafts, read_lessons

if TYPE_CHECKING:
    from tutor.lesson.pack import Listed
    from tutor.progress.review import Schedule

_LINE: Final = re.compile(r"[:>]L(\d+)")
"""Where the id of a question made from a recording names a line; the last is the one that it is about."""


def packs_of_review(pack: str) -> list[str]:
    """The names under which everything is kept that a review asks: with the course go one's own programs."""
    return [pack, OWN] if pack == COURSE else [pack]


def due_cards(schedule: Schedule, pack: str) -> list[Card]:
    """What is due in a pack, and with the course in one's own programs; the oldest of each first."""
    return [card for name in packs_of_review(pack) for card in schedule.due_cards(pack=name)]


def next_due(schedule: Schedule, pack: str) -> date | None:
    """The first later day on which something of it is due that is not due yet."""
    days = [schedule.next_due(pack=name) for name in packs_of_review(pack)]
    return min((day for day in days if day is not None), default=None)


def about_due(
    lessons: Sequence[Listed], cards: Iterable[Card], own: Mapping[str, OwnFile], languages: list[str]
) -> Plan:
    """The questions of a review; those that are no longer there are left out.

    Args:
        lessons: Those of the pack.
        cards: What is due.
        own: The programs of one's own that questions were asked about, by path.
        languages: Languages of lessons, the best first.
    """
    due: dict[tuple[bool, str], list[Card]] = {}
    for card in cards:
        due.setdefault((card.pack == OWN, card.lesson), []).append(card)
    programs, problems = read_lessons([lesson for lesson in lessons if (False, lesson.name) in due], languages)
    parts = [_part(program, due[False, program.name]) for program in programs]
    missing: list[str] = []
    for (is_own, path), of in due.items():
        # What was asked about somebody's saved recording has no file here that was ever run.
        if is_own and path in own:
            part = _own_part(own[path], of)
            if isinstance(part, str):
                missing.append(counted(len(of), path, part))
                continue
            parts.append(part)
            if part.size < len(of):
                missing.append(counted(len(of) - part.size, path, "has changed"))
    note = f"Not asked: {'; '.join(missing)}." if missing else ""
    asked = [part for part in parts if part.size]
    return Plan("Review", asked, source="review", problems=tuple(problems), note=note)


def counted(count: int, path: str, why: str) -> str:
    """How many questions about a file are not asked, and why: ``2 questions about fit.py, which is gone``."""
    return f"{count} question{'s' if count != 1 else ''} about {Path(path).name}, which {why}"


def _part(program: Program, cards: Iterable[Card]) -> Part:
    """Those of a program's due questions that are still in it."""
    about = {card.question: card.about for card in cards}
    drafts = [draft for draft in own_drafts(program) if draft.question.id in about]
    asked = {draft.question.id for draft in drafts}
    again = {id for id, line in about.items() if id not in asked and _still_there(program, id, line)}
    return Part(program, drafts, again=frozenset(again))


def _still_there(program: Program, id: str, about: str | None) -> bool:
    """Whether the line stands there about which a question was made from a recording."""
    lines = _LINE.findall(id)
    line = line_of(program, int(lines[-1])) if lines else None
    return bool(line) and about in (None, line)


def _own_part(file: OwnFile, cards: Iterable[Card]) -> Part | str:
    """The due questions about a program of one's own, or why it cannot be run."""
    try:
        program = read_program(Path(file.path))
    except UnreadableError:
        return "cannot be read" if _is_there(file.path) else "is gone"
    if file.directory and not _is_there(file.directory):
        return f"ran in {file.directory}, which is gone"
    # It is no lesson of the pack, though it may be written as one.
    own = msgspec.structs.replace(program, name="", arguments=list(file.arguments), directory=file.directory)
    return _part(own, cards)._replace(own=True)


def _is_there(path: str) -> bool:
    """Whether there is a file or a folder, for all that can be seen."""
    try:
        return Path(path).exists()
    except OSError:
        return True


def told(program: Program) -> str:
    """A program of one's own as it is run: its path and its arguments."""
    home, path = str(Path.home()), program.path
    short = f"~{path[len(home) :]}" if path.startswith(f"{home}/") else path
    return " ".join([short, *map(shlex.quote, program.arguments)])
