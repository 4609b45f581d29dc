"""Which questions a quiz or a review asks, and how they are made ready one program after the other."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from tutor.lesson.changes import CodeCell
from tutor.lesson.program import Program, UnreadableError
from tutor.lesson.reading import read_program
from tutor.lesson.readings import Reading, read_as_program, readings
from tutor.lesson.translation import translated
from tutor.quiz import programs
from tutor.quiz.lessons import drafts_of, readings_of, stops_of
from tutor.quiz.listing import code_above
from tutor.quiz.made import all_made, made_again
from tutor.quiz.marks import drafts_of_marks
from tutor.quiz.question import Draft, Question
from tutor.quiz.shown import answer_text
from tutor.recording.log import DamagedError
from tutor.recording.queries.aligned import Alignment
from tutor.recording.recording import Recording
from tutor.tui.questions.desk import finished

if TYPE_CHECKING:
    from tutor.lesson.pack import Listed
    from tutor.progress.store import Store
    from tutor.quiz.answers import Answers
    from tutor.tui.questions.desk import Desk
    from tutor.tui.source import Source

MOST: Final = 10
"""Questions of a quiz about many lessons."""

MADE: Final = 6
"""Questions that are made from one recording."""

WRITTEN: Final = 3
"""Questions about one program in which lines are put in order or written."""

SLICE: Final = 0.02
"""Seconds that a recording is taken in at a time."""

LONG: Final = 20_000
"""Steps from which on a program is not run again and again for its questions."""


class Part(NamedTuple):
    """Questions about one program."""

    program: Program
    drafts: list[Draft]
    more: bool = False
    """Whether questions are made from its recording besides."""
    again: frozenset[str] = frozenset()
    """Ids of questions that are made from its recording once more."""
    own: bool = False
    """Whether it is a program of one's own that was not opened now, so that running it has to be asked for."""

    @property
    def size(self) -> int:
        """How many questions there are, apart from those that only its recording tells."""
        return len(self.drafts) + len(self.again)


class Plan(NamedTuple):
    """What is to be asked."""

    title: str
    parts: list[Part]
    source: str = "quiz"
    """``quiz`` or ``review``."""
    recording: Recording | None = None
    """The recording that the questions are made from where the program cannot be run."""
    problems: tuple[str, ...] = ()
    """Lessons that cannot be read."""
    note: str = ""
    """What is left out of it, and why, in one line; empty where nothing is."""

    @property
    def size(self) -> int:
        """How many questions there are, apart from those that only recordings tell."""
        return sum(part.size for part in self.parts)


def about_program(program: Program, recording: Recording | None = None) -> Plan:
    """All questions about one program: its own, and some that are made from its recording.

    Args:
        program: A lesson or a file of one's own.
        recording: A saved recording of it, where it cannot be run.
    """
    own = [] if recording is not None else own_drafts(program)
    return Plan(program.title, [Part(program, own, more=True)], recording=recording)


def about_lessons(title: str, lessons: Sequence[Listed], store: Store, pack: str, languages: list[str]) -> Plan:
    """Some questions about several lessons: those never asked first, then those missed last time."""
    programs, problems = read_lessons(lessons, languages)
    drafts = [(program, draft) for program in programs for draft in own_drafts(program)]
    last = {(answer.lesson, answer.question): answer for answer in store.answers(pack)}

    def urgency(entry: tuple[Program, Draft]) -> tuple[int, float]:
        answer = last.get((entry[0].name, entry[1].question.id))
        if answer is None:
            return 0, 0.0
        return 2 if answer.outcome == "right" else 1, answer.asked_at

    chosen = {(program.name, draft.question.id) for program, draft in sorted(drafts, key=urgency)[:MOST]}
    return Plan(title, _parts(programs, chosen), problems=tuple(problems))


def own_drafts(program: Program) -> list[Draft]:
    """The questions that a lesson brings: its marks, which are asked on the way as well, and its quiz cells."""
    marks = []
    for draft in drafts_of_marks(program):
        code, first_line = code_above(program, draft.cell)
        question = msgspec.structs.replace(draft.question, code=code, first_line=first_line)
        marks.append(msgspec.structs.replace(draft, question=question))
    return sorted([*marks, *drafts_of(program)], key=lambda draft: draft.cell)


def read_lessons(lessons: Iterable[Listed], languages: list[str]) -> tuple[list[Program], list[str]]:
    """Some lessons in the person's language, and what is wrong with those that cannot be read."""
    found, problems = [], []
    for lesson in lessons:
        try:
            found.append(translated(read_program(lesson.path), languages))
        except UnreadableError as error:
            problems.append(str(error))
    return found, problems


def _parts(programs: Iterable[Program], wanted: Collection[tuple[str, str]]) -> list[Part]:
    """The questions of some programs that are wanted, by lesson and id."""
    parts = []
    for program in programs:
        drafts = [draft for draft in own_drafts(program) if (program.name, draft.question.id) in wanted]
        if drafts:
            parts.append(Part(program, drafts))
    return parts


class Ready(NamedTuple):
    """Questions about one program that can be asked now."""

    part: Part
    questions: list[Question]
    missing: frozenset[str] = frozenset()
    """Ids of those that were to be asked and cannot be."""
    gone: bool = False
    """Whether the missing ones can never be: the program ran to its end, and they are not in it."""


async def made_ready(plan: Plan, desk: Desk, record: Callable[[Program], Source]) -> AsyncIterator[Ready]:
    """The questions of a plan: for one program after the other its own, and then those made from its recording.

    Args:
        plan: What is to be asked.
        desk: Runs the programs.
        record: Begins to record a program.

    Raises:
        EvaluatorError: the process that runs the programs is gone.
    """
    for part in plan.parts:
        own = await desk.questions(part.program, part.drafts)
        yield Ready(part, own, frozenset(draft.question.id for draft in part.drafts) - _ids(own))
        if part.more or part.again:
            made, whole = await _made(part, plan.recording, desk, record)
            yield Ready(part, made, part.again - _ids(made), gone=whole)


def _ids(questions: Iterable[Question]) -> frozenset[str]:
    return frozenset(question.id for question in questions)


async def _made(
    part: Part, recording: Recording | None, desk: Desk, record: Callable[[Program], Source]
) -> tuple[list[Question], bool]:
    """Questions from the recording of a program, and whether it ran to its end."""
    if recording is not None:
        return _from_recording(part, recording), True
    source = record(part.program)
    try:
        while source.running:
            if not source.pump(SLICE):
                await asyncio.sleep(SLICE)
        end = source.recording.end
        whole = end is not None and end.how == "finished"
        if source.recording.count >= LONG:
            return _from_recording(part, source.recording), whole
        return await _from_runs(part, source.recording, desk), whole
    except DamagedError:
        return [], False
    finally:
        source.close()


def _drafts(part: Part, recording: Recording) -> list[Draft]:
    """The questions that only the recording is needed for."""
    return made_again(recording, part.again) if part.again else all_made(recording, MADE)


def _from_recording(part: Part, recording: Recording) -> list[Question]:
    """Questions with only those wrong answers that stand in the recording itself."""
    drafts = [msgspec.structs.replace(draft, stop=None) for draft in _drafts(part, recording)]
    return finished(part.program, drafts)


async def _from_runs(part: Part, recording: Recording, desk: Desk) -> list[Question]:
    program = part.program
    found = await desk.questions(program, _drafts(part, recording))
    if part.again:
        written = [*programs.lines(program, recording), *programs.fills(program, recording)]
        written = [draft for draft in written if draft.question.id in part.again]
    else:
        written = [*programs.lines(program, recording)[:2], *programs.fills(program, recording)[:4]]
    if written:
        cells = [draft.cell for draft in written]
        answers = await desk.answers(program, stops_of(written), readings_of(written), cells)
        telling = [draft for draft in written if programs.matters(draft, answers)]
        found += finished(program, telling if part.again else telling[:WRITTEN], answers)
    if part.again and part.again <= _ids(found):
        return found
    return [*found, *await _about_traces(part, recording, desk)]


async def _about_traces(part: Part, recording: Recording, desk: Desk) -> list[Question]:
    """Which program made a run, and where it first goes wrong: of the first loop that such questions fit."""
    program = part.program
    ways = readings(program, max((cell.number for cell in program.cells), default=1))
    for trace in programs.traces_of(program, recording):
        answers = await desk.answers(program, trace.stops, [], [trace.cell])
        made = [
            programs.which(program, trace, ways, answers.right, answers.wrong),
            await _first_wrong_line(program, trace, ways, answers, desk),
        ]
        questions = [question for question in made if question is not None]
        if questions:
            return [question for question in questions if not part.again or question.id in part.again]
    return []


async def _first_wrong_line(
    program: Program, trace: programs.Trace, ways: Sequence[Reading], answers: Answers, desk: Desk
) -> Question | None:
    """The question where a program first goes wrong that differs from this one in a line or two."""
    last = trace.stops[-1].key
    for reading in ways:
        got = answers.wrong.get(last, {}).get(reading.name)
        if reading.belief or got is None or got.error:
            continue
        cells = [cell for cell in _without_pass(reading.cells) if cell[0] <= trace.cell]
        one = await desk.record(program)
        other = await desk.record(read_as_program(program, reading._replace(cells=cells)))
        with closing(one), closing(other):
            alignment = Alignment(one.recording, other.recording)
            alignment.work()
            difference = alignment.first_different_state()
            wanted = f"{trace.expression} = {answer_text(answers.right[last])}"
            if difference is not None:
                return programs.bug(program, cells, difference.line, wanted, f"{trace.expression} = {answer_text(got)}")
    return None


def _without_pass(cells: Iterable[CodeCell]) -> list[CodeCell]:
    """Code cells without the ``pass`` that stands where a line was left out, if they can do without it."""
    found = []
    for number, first_line, text in cells:
        shorter = "\n".join("" if line.strip() == "pass" else line for line in text.split("\n"))
        try:
            ast.parse(shorter)
        except SyntaxError:
            shorter = text
        found.append((number, first_line, shorter))
    return found
