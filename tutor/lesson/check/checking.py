"""A whole check: which files it is about, and every rule for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from tutor.lesson.check.answers import check_changes, check_marks, check_question, plan
from tutor.lesson.check.packs import check_ids, check_needs, check_outline, complaint, repeated_id
from tutor.lesson.check.problem import Problem, problem
from tutor.lesson.check.prose import check_minutes, check_prose
from tutor.lesson.check.running import check_run
from tutor.lesson.check.seen import Plan, Seen
from tutor.lesson.check.shown import check_shown
from tutor.lesson.check.translations import check_translations
from tutor.lesson.pack import Pack, own_pack
from tutor.lesson.place import Place, unreadable
from tutor.lesson.program import Program, UnreadableError
from tutor.lesson.questions import Asked, read_question
from tutor.lesson.reading import read_program

Look = Callable[[Program, Plan], Seen]
"""Runs a lesson and says what was seen."""


class Subject(NamedTuple):
    """A file to check, in its pack."""

    path: Path
    pack: Pack
    first: bool = False
    """Whether what is wrong with the pack itself is said with it."""


def subjects(path: Path) -> list[Subject]:
    """The files that a path stands for: a lesson, or the lessons of a folder.

    Raises:
        UnreadableError: there is no such path, or no lesson in it.
    """
    if not path.is_dir():
        if not path.exists():
            raise unreadable(path, "there is no such file. Look at the spelling and the folder.")
        return [Subject(path, own_pack(path))]
    pack = Pack.load(path)
    if not pack.lessons:
        raise unreadable(path, "there is no lesson in this folder. Type tutor new NAME to begin one.")
    return [Subject(lesson.path, pack, number == 0) for number, lesson in enumerate(pack.lessons)]


class Checker:
    """Checks lessons one after the other.

    Args:
        look: Runs a lesson and says what was seen.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._read: dict[Path, Program | UnreadableError] = {}

    def check(self, subject: Subject) -> list[Problem]:
        """What is wrong with a file, by line; first what is wrong with its pack."""
        of_pack = list(check_outline(subject.pack)) if subject.first else []
        if not subject.path.is_file():
            return of_pack
        program = self._program(subject.path)
        if isinstance(program, UnreadableError):
            rule = "id" if repeated_id(subject.path, str(program)) else "file"
            return [*of_pack, complaint(subject.path, str(program), rule)]
        found = [*self._check_lesson(subject, program), *self._check_run(program)]
        found = [_placed(each, program, subject.path) for each in found]
        return [*of_pack, *sorted(found, key=lambda each: each.line)]

    def _program(self, path: Path) -> Program | UnreadableError:
        path = path.absolute()
        if path not in self._read:
            try:
                self._read[path] = read_program(path)
            except UnreadableError as error:
                self._read[path] = error
        return self._read[path]

    def _check_lesson(self, subject: Subject, program: Program) -> Iterator[Problem]:
        """Everything that can be said of a lesson without running it; nothing of a plain script."""
        if not program.about:
            return
        lesson = next((each for each in subject.pack.lessons if each.path.absolute() == subject.path.absolute()), None)
        if lesson is not None:
            yield from check_needs(lesson, program, subject.pack)
            others = [self._program(each.path) for each in subject.pack.lessons if each is not lesson]
            yield from check_ids(program, [other for other in others if isinstance(other, Program)])
        yield from check_prose(program)
        yield from check_shown(program)
        yield from check_translations(program)

    def _check_run(self, program: Program) -> Iterator[Problem]:
        found: list[Problem] = []

        def complain(rule: str, line: int, text: str) -> None:
            found.append(problem(rule, program.path, line, text))

        questions = [read_question(program, question, complain) for question in program.questions]
        usable: list[Asked] = [question for question in questions if question is not None]
        seen = self._look(program, plan(program, usable))
        yield from found
        for question in usable:
            yield from check_changes(program, question)
        yield from check_run(program, seen)
        if not seen.finished:
            return
        yield from check_marks(program, seen)
        for question in usable:
            yield from check_question(program, question, seen)
        if program.about:
            yield from check_minutes(program, seen)


def _placed(found: Problem, program: Program, path: Path) -> Problem:
    """A problem with the path that the person gave, and in a notebook with the cell."""
    if found.file != program.path:
        return found
    if not program.notebook:
        return msgspec.structs.replace(found, file=str(path))
    text = str(Place("", program.cells).error("", found.line)).strip(": ")
    return msgspec.structs.replace(found, file=str(path), place=text)
