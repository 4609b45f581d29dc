"""Rules about a pack: what it lists is there, names are known, questions can be told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tutor.lesson.check.problem import Problem, problem
from tutor.lesson.pack import OTHER_STAGE, PACK_FILE, Listed, Pack, topic
from tutor.lesson.percent import read_marker
from tutor.lesson.program import Program
from tutor.lesson.questions import TomlLines

_PLACE = re.compile(r":(\d+): |: ")


def complaint(path: Path, text: str, rule: str = "file") -> Problem:
    """An error such as ``FILE:LINE: what is wrong`` as a problem."""
    rest = text.removeprefix(str(path)).removeprefix(str(path.absolute()))
    match = _PLACE.match(rest)
    if match is None:
        return problem(rule, str(path), 1, rest)
    return problem(rule, str(path), int(match[1] or 1), rest[match.end() :])


def check_outline(pack: Pack) -> Iterator[Problem]:
    """Whether ``pack.toml`` and the folder agree."""
    path = pack.path / PACK_FILE
    if not path.is_file():
        text = "there is no pack.toml, so the lessons come in the order of their names. Write one."
        yield problem("unlisted", str(path), 1, text)
        return
    yield from (complaint(path, text, "pack") for text in pack.problems)
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    for lesson in pack.lessons:
        if lesson.stage == OTHER_STAGE:
            text = f"pack.toml does not list this lesson. Add {lesson.name!r} to a stage."
            yield problem("listed", str(lesson.path), 1, text)
        elif not lesson.path.is_file():
            line = next((number for number, line in enumerate(lines, 1) if lesson.name in line), 1)
            text = f"there is no lesson {lesson.name}. Write {lesson.path.name}, or remove the name."
            yield problem("listed", str(path), line, text)
    topics: dict[str, str] = {}
    for lesson in pack.lessons:
        other = topics.setdefault(topic(lesson.name), lesson.name)
        if other != lesson.name:
            text = f"{other} has the same name but for the number, so needs cannot tell them apart. Rename one."
            yield problem("needs", str(lesson.path), 1, text)


def check_needs(lesson: Listed, program: Program, pack: Pack) -> Iterator[Problem]:
    """Whether what a lesson needs is in its pack, and does not need the lesson itself."""
    needs = {topic(other.name): other.needs for other in pack.lessons}
    cell = next(cell for cell in program.cells if cell.attributes.get("tutor") == "lesson")
    line = TomlLines(cell).at("needs")
    own = topic(lesson.name)
    for need in lesson.needs:
        if need in needs:
            if own in _reached(need, needs):
                text = f"{need} needs this lesson, so neither can come first. Remove one of the needs."
                yield problem("needs", program.path, line, text)
        elif (pack.path / PACK_FILE).is_file():
            meant = topic(need)
            advice = f"Write {meant!r}, without the number." if meant in needs else "Look at the spelling."
            yield problem("needs", program.path, line, f"there is no lesson {need!r} in the pack. {advice}")


def _reached(name: str, needs: dict[str, list[str]]) -> set[str]:
    """A lesson and all that it needs, directly or not."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(needs.get(name, []))
    return reached


def check_ids(program: Program, others: Iterable[Program]) -> Iterator[Problem]:
    """Whether another lesson of the pack has a question of the same id."""
    taken = {question.id: other.path for other in others for question in other.questions}
    for question in program.questions:
        if question.id in taken:
            cell = next(cell for cell in program.cells if cell.number == question.cell)
            text = f"the id {question.id} is taken by {Path(taken[question.id]).name}. Choose another."
            yield problem("id", program.path, cell.first_line - 1, text)


def repeated_id(path: Path, text: str) -> bool:
    """Whether a file could not be read because two of its own questions have one id."""
    match = _PLACE.search(text.removeprefix(str(path)))
    if match is None or match[1] is None or " is taken by line " not in text:
        return False
    marker = read_marker(path.read_text(encoding="utf-8", errors="replace").split("\n")[int(match[1]) - 1])
    return marker is not None and "id" in marker.attributes
