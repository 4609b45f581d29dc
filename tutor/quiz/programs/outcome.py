"""What a cell of a program comes to: the expression by which an answer that is run is graded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tutor.lesson.changes import CodeCell
from tutor.lesson.program import Cell, Program
from tutor.lesson.value import same
from tutor.quiz.answers import Answers
from tutor.quiz.choices import change_name
from tutor.quiz.filling import code_of
from tutor.quiz.made.calls import gradient_in
from tutor.quiz.made.names import is_expression
from tutor.quiz.made.statements import Statement, Statements, statements_in
from tutor.quiz.made.values import value_of, zeros_like
from tutor.quiz.made.words import brief, listed
from tutor.quiz.question import Draft, Run
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.recording import Recording
from tutor.recording.state import TOP_LEVEL, State

_MOST: Final = 6
"""Tensors that are compared."""

_LARGEST: Final = 200
"""Elements of a tensor that is compared."""


class Outcome(NamedTuple):
    """What a cell leaves behind."""

    expression: str
    """Gives all of it after the cell."""
    told: str
    """Some of it for people: ``w is 1.976``. May be empty."""
    moves: bool
    """Whether leaves moved in the cell, so that their values are compared; else their gradients are."""
    leaves: list[str]
    """The leaves that are compared."""
    empty: bool
    """Whether all that is compared is zero."""


def statements_of_program(program: Program) -> Statements:
    """The statements of a program."""
    cells = [[cell.first_line, cell.last_line, cell.number] for cell in program.cells if cell.kind == "code"]
    return statements_in(program.source, cells)


def whole_cells(program: Program, recording: Recording) -> Iterator[Cell]:
    """The code cells that ran to their end."""
    for cell in program.cells:
        if cell.kind != "code":
            continue
        bounds = bounds_of(recording, cell)
        if bounds is None or recording.index.kinds.find(Kind.ERROR, bounds[0], bounds[1] + 1) >= 0:
            continue
        if bounds[1] < recording.count or (recording.end is not None and recording.end.how == "finished"):
            yield cell


def outer_statements(program: Program, recording: Recording) -> Iterator[tuple[Cell, Outcome, Statement]]:
    """The statements that stand in no function, each with its cell and what that leaves behind."""
    statements = statements_of_program(program).all()
    for cell in whole_cells(program, recording):
        outcome = outcome_of(recording, cell)
        if outcome is not None:
            for statement in statements:
                if statement.cell == cell.number and not statement.function:
                    yield cell, outcome, statement


def bounds_of(recording: Recording, cell: Cell) -> tuple[int, int] | None:
    """The first and the last step on the lines of a cell, None where it did not run."""
    steps = [steps for line, steps in recording.index.lines.items() if cell.first_line <= line <= cell.last_line]
    return (min(line[0] for line in steps), max(line[-1] for line in steps)) if steps else None


def outcome_of(recording: Recording, cell: Cell) -> Outcome | None:
    """What a cell leaves behind, None where there is no leaf in it that moved or got a gradient."""
    bounds = bounds_of(recording, cell)
    if bounds is None:
        return None
    born = dict(_leaves_as_made(recording, bounds))
    after = recording.state(bounds[1])
    leaves = [(path, record) for path, record in _named_leaves(after) if record.meta.elements <= _LARGEST]
    moved = [
        (path, record) for path, record in leaves if record.id in born and born[record.id].content != record.content
    ]
    if moved:
        values = [(path, path, value_of(record)) for path, record in moved[:_MOST]]
    else:
        # Whether a gradient is None or zeros is no difference here.
        values = [
            (f"({path} * 0 if {path}.grad is None else {path}.grad)", f"{path}.grad", gradient_in(after, record.id))
            for path, record in leaves
            if record.grad is not None and _got_gradient(recording, record.id, bounds)
        ][:_MOST]
    if not values:
        return None
    parts = [expression for expression, _, _ in values]
    told = [f"{name} is {brief(value)}" for _, name, value in values if brief(value)]
    return Outcome(
        parts[0] if len(parts) == 1 else f"({', '.join(parts)})",
        listed(told[:2]),
        bool(moved),
        [name.removesuffix(".grad") for _, name, _ in values],
        all(value is not None and same(value, zeros_like(value)) for _, _, value in values),
    )


def _got_gradient(recording: Recording, id: int, bounds: tuple[int, int]) -> bool:
    return any(bounds[0] <= step <= bounds[1] for step in recording.index.gradients.get(id, ()))


def _leaves_as_made(recording: Recording, bounds: tuple[int, int]) -> Iterator[tuple[int, TensorRecord]]:
    """The leaves of the top level as they were before a cell, or as they got their names in it."""
    names = {path: record.id for path, record in _named_leaves(recording.state(bounds[1]))}
    before = recording.state(bounds[0] - 1)
    known = {id: record for id in names.values() if (record := before.tensors.get(id)) is not None}
    yield from known.items()
    for id in names.values():
        if id not in known:
            # A parameter is made empty and filled after that, so it counts from when its name is there.
            first = max(recording.index.tensors.get(id), bounds[0])
            step = next((step for step in _first_changes(recording, names, id) if step >= first), first)
            record = recording.state(min(step, bounds[1])).tensors.get(id)
            if record is not None:
                yield id, record


def _first_changes(recording: Recording, names: dict[str, int], id: int) -> Iterator[int]:
    for key in recording.changed_names():
        if key.function is None and names.get(key.path) == id:
            yield from recording.changes_of(key)[:1]
            yield from recording.changes_of(key)


def _named_leaves(state: State) -> Iterator[tuple[str, TensorRecord]]:
    seen: set[int] = set()
    for path, reference in state.scopes[TOP_LEVEL].names.items():
        if not isinstance(reference, int) or reference in seen or not is_expression(path):
            continue
        record = state.tensors.get(reference)
        if record is not None and record.meta.is_leaf and record.meta.requires_grad:
            seen.add(reference)
            yield path, record


def is_print(statement: Statement) -> bool:
    """Whether a statement only prints."""
    return statement.text.startswith("print(")


def answered_by(run: Run, answer: str, why: str) -> list[tuple[list[CodeCell], str]]:
    """A wrong answer as a change of the program, with what is to be said of it; nothing if it cannot be run."""
    cells = code_of(run, answer)
    return [] if isinstance(cells, str) else [(cells, why)]


def matters(draft: Draft, answers: Answers) -> bool:
    """Whether the answer that should be wrong is wrong: only then is there anything to ask.

    Args:
        draft: One of ``fills`` or ``lines``.
        answers: What the runs gave, those of the draft's changes (``tutor.quiz.lessons.readings_of``) included.
    """
    names = [change_name(draft.question.id, number) for number in range(len(draft.changed))]
    wrong = answers.wrong.get(draft.stop.key, {}) if draft.stop is not None else {}
    return bool(names) and all(name in wrong or _ends(answers, name) for name in names)


def _ends(answers: Answers, reading: str) -> bool:
    """Whether a program ends under a reading with an error that it does not announce."""
    return any(not each.announced for each in answers.wrong_raised.get(reading, ()))
