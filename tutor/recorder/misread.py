"""The parent's side of wrong answers: a program is run as it is, and once under each wrong reading of it.

All runs are forks of one warm process, so a reading costs milliseconds. Where the program leaves nothing behind,
its readings run one after the other in a single fork.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, TypeVar

import msgspec

from tutor.lesson.changes import CodeCell, code_cells
from tutor.lesson.check.seen import Raised, Stop
from tutor.lesson.program import Program
from tutor.lesson.readings import Reading
from tutor.lesson.value import Value, same
from tutor.recorder.evaluate import Evaluator, EvaluatorError, Outcome, Sent, Work
from tutor.recorder.forked import ForkedRun, record
from tutor.recorder.nudge import Told, nudged
from tutor.recorder.process import Request
from tutor.recording.nudge import NudgePlan, Slopes

TIMEOUT: Final = 10.0
"""Seconds that each run may take, if nobody says otherwise."""

Result = TypeVar("Result")

_NO_GRAPH = "does not require grad and does not have a grad_fn"


class Run(msgspec.Struct):
    """What came of a run."""

    values: dict[str, Value] = {}
    """What the stops gave; those that were not reached are missing."""
    passes: dict[str, int] = {}
    """How often the run came past the line of each stop."""
    raised: list[Raised] = []
    """The errors that the program raised and did not catch."""
    reason: str = ""
    """Why it did not run to its end, apart from an error."""


class Answers(msgspec.Struct):
    """What a program gives at some stops, and what it would give if it were as somebody believes."""

    right: dict[str, Value] = {}
    """The value of each stop that was reached."""
    raised: list[Raised] = []
    """The errors that the program raised and did not catch."""
    wrong: dict[str, dict[str, Value]] = {}
    """For each stop the values that are not the right one, by the name of the reading."""
    wrong_raised: dict[str, list[Raised]] = {}
    """For each reading that raises other errors than the program, those it raises; none if it raises nothing."""


class Misreader:
    """Computes wrong answers. Use it as a context manager, or call ``close``.

    ``answers`` and ``record`` block and may be called from any thread, also while another is in them; then they wait.

    Args:
        seed: Seed of the random numbers, None for none.
    """

    def __init__(self, seed: int | None = 0) -> None:
        self._seed = seed
        self._evaluator: Evaluator | None = None
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Misreader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def warm(self) -> None:
        """See to it that a process is on its way. Returns at once."""
        if self._evaluator is None and not self._closed:
            self._evaluator = Evaluator()

    def answers(
        self, program: Program, stops: Sequence[Stop], readings: Sequence[Reading], *, timeout: float = TIMEOUT
    ) -> Answers:
        """Run a program as it is, and under each reading.

        A reading under which a cell raises an error that the program does not raise says nothing about what comes
        after that, but is given as an answer to the question which error comes. It is taken up again in the next
        cell, with everything up to there as it really was.

        Args:
            program: The program.
            stops: What to evaluate, and where.
            readings: The wrong readings.
            timeout: Seconds that each run may take.

        Raises:
            EvaluatorError: the process that runs the programs ended, or this object was closed.
        """
        return self._with_evaluator(
            lambda evaluator: answers(evaluator, program, stops, readings, timeout, seed=self._seed)
        )

    def _with_evaluator(self, work: Callable[[Evaluator], Result]) -> Result:
        """Do something in the process, one after the other; one that failed is started anew the next time."""
        with self._lock:
            if self._closed:
                raise EvaluatorError("the process that runs the programs was closed. Open the question again.")
            self.warm()
            assert self._evaluator is not None
            try:
                return work(self._evaluator)
            except EvaluatorError:
                self._evaluator.close()
                self._evaluator = None
                raise

    def values(self, program: Program, stops: Sequence[Stop], *, timeout: float = TIMEOUT) -> dict[str, Value]:
        """Run a program as it is and evaluate expressions at some places; those that are not reached are missing.

        Raises:
            EvaluatorError: as ``answers``.
        """
        return self.answers(program, stops, [], timeout=timeout).right

    def record(self, program: Program, belief: str = "", *, timeout: float = TIMEOUT) -> ForkedRun:
        """Record a program to its end.

        Args:
            program: The program.
            belief: Name of a misreading of torch under which it runs, empty for none.
            timeout: Seconds until it is stopped.

        Raises:
            EvaluatorError: as ``answers``.
        """
        request = Request.of(program, seed=self._seed, belief=belief)
        return self._with_evaluator(lambda evaluator: record(evaluator, request, timeout))

    def slopes(self, program: Program, plan: NudgePlan, told: Told) -> Slopes:
        """Check a gradient by running a program with its leaf changed a little.

        Args:
            program: The program.
            plan: What to check.
            told: Hears of each run, and can stop.

        Raises:
            EvaluatorError: as ``answers``.
        """
        return self._with_evaluator(lambda evaluator: nudged(evaluator, program, plan, told, seed=self._seed))

    def close(self) -> None:
        """End the process; a call of ``answers`` in another thread ends with an error."""
        self._closed = True
        evaluator = self._evaluator
        if evaluator is not None:
            evaluator.stop()
        with self._lock:
            if self._evaluator is not None:
                self._evaluator.close()
                self._evaluator = None


def answers(
    evaluator: Evaluator,
    program: Program,
    stops: Sequence[Stop],
    readings: Sequence[Reading],
    timeout: float = TIMEOUT,
    *,
    seed: int | None = 0,
) -> Answers:
    """As ``Misreader.answers``, in a process that the caller owns."""
    last = max((cell.number for cell in program.cells if cell.kind == "code"), default=0)
    cells = code_cells(program, _last_cell(program, stops, last))
    request = Request.of(program, seed=seed)
    right, runs = _run(evaluator, request, program, cells, stops, readings, timeout)
    found = Answers(right=right.values, raised=right.raised)
    for reading, run in zip(readings, runs, strict=False):
        if run is None:
            continue
        for key, value in run.values.items():
            if key in right.values and _is_wrong(value, right.values[key]):
                found.wrong.setdefault(key, {})[reading.name] = value
        if not _is_trivial(reading, run.raised) and _texts(run.raised) != _texts(right.raised):
            found.wrong_raised[reading.name] = run.raised
    return found


def _run(
    evaluator: Evaluator,
    request: Request,
    program: Program,
    cells: list[CodeCell],
    stops: Sequence[Stop],
    readings: Sequence[Reading],
    timeout: float,
) -> tuple[Run, list[Run | None]]:
    """The program as it is, and under each reading; no readings if it does not run to its end."""
    whole = Work(request, timeout, texts=cells, stops=list(stops))
    readers = [_Reader(program, request, reading, stops) for reading in readings]
    if not shares(cells):
        (right,) = _all(evaluator, [whole], together=False)
        return right, [] if right.reason else _carried_out(evaluator, readers, right, timeout, together=False)
    right, *runs = _all(evaluator, [whole, *(reader.work(timeout) for reader in readers)], together=True)
    if right.reason:
        return right, []
    for reader, run in zip(readers, runs, strict=True):
        reader.take(run, right)
    return right, _carried_out(evaluator, readers, right, timeout, together=True)


def _all(evaluator: Evaluator, works: list[Work], *, together: bool) -> list[Run]:
    """Run several programs, together in one process if that is wanted and they all come to their end."""
    runs: list[Run] = []
    if together and len(works) > 1:
        evaluator.send(msgspec.structs.replace(works[0], then=works[1:]))
        runs = _ended(evaluator.receive())
        if not runs:
            evaluator.send(works[0])
            runs = [taken(evaluator.receive())]
            if runs[0].reason:
                return runs * len(works)
    for work in works[len(runs) :]:
        evaluator.send(work)
    return runs + [taken(evaluator.receive()) for _ in works[len(runs) :]]


def _ended(outcome: Outcome) -> list[Run]:
    """The runs of a process that came to their end, in their order."""
    runs = [Run()]
    for sent in outcome.decoded():
        _take(runs[-1], sent)
        if sent.ended:
            runs.append(Run())
    return runs[:-1]


def _last_cell(program: Program, stops: Sequence[Stop], last: int) -> int:
    """The last cell in which something is evaluated."""
    return max((_cell_of(program, stop) for stop in stops), default=last)


def _cell_of(program: Program, stop: Stop) -> int:
    if not stop.line:
        return stop.cell
    for cell in program.cells:
        if cell.kind == "code" and cell.first_line <= stop.line <= cell.last_line:
            return cell.number
    return 0


def _is_wrong(value: Value, right: Value) -> bool:
    """Whether a value is an answer, and not the right one. An error answers only what an error is asked of."""
    return (not value.error or bool(right.error)) and not same(value, right)


def _is_trivial(reading: Reading, raised: list[Raised]) -> bool:
    """Whether a reading only raises what every program raises without ``requires_grad=True``."""
    return reading.name == "requires_grad_false" and any(_NO_GRAPH in error.text for error in raised)


_SHARED = frozenset(
    {"__future__", "collections", "copy", "dataclasses", "functools", "itertools", "math", "numpy", "random"}
    | {"statistics", "time", "torch", "typing"}
)
"""Modules in which programs seldom change anything."""
_LASTING = ("set_", "use_", "register_module_", "compile", "library", "seterr")
"""How the names begin by which a program changes torch or numpy for good."""

_MODULES = frozenset({"torch", "nn", "F", "np", "numpy", "optim", "random", "math"})
"""What programs call those modules."""


def shares(cells: Sequence[CodeCell]) -> bool:
    """Whether a program leaves nothing behind, as far as its text tells, so that others can run after it."""
    return all(_leaves_nothing(node) for _, _, text in cells for node in ast.walk(ast.parse(text)))


def _leaves_nothing(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return all(alias.name.partition(".")[0] in _SHARED for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return not node.level and (node.module or "").partition(".")[0] in _SHARED
    if isinstance(node, ast.Attribute):
        named_so = node.attr.startswith(_LASTING) and node.attr not in ("set_grad_enabled", "set_")
        on_module = isinstance(node.value, ast.Name) and node.value.id in _MODULES
        return not named_so and not (on_module and isinstance(node.ctx, ast.Store))
    return not (isinstance(node, ast.Name) and node.id in ("exec", "eval", "open", "__import__", "setattr", "exit"))


def _texts(raised: list[Raised]) -> list[tuple[int, str]]:
    return [(error.cell, error.text) for error in raised]


def read(
    evaluator: Evaluator,
    request: Request,
    program: Program,
    stops: Sequence[Stop],
    readings: Sequence[Reading],
    right: Run,
    timeout: float,
) -> list[Run | None]:
    """Run a program under each reading.

    Args:
        evaluator: Runs it.
        request: The request that ran it as it is.
        program: The program.
        stops: What to evaluate, and where.
        readings: The wrong readings.
        right: What came of the program as it is.
        timeout: Seconds for each run.

    Returns:
        For each reading what can be said of it; None if it cannot be carried out.
    """
    readers = [_Reader(program, request, reading, stops) for reading in readings]
    return _carried_out(evaluator, readers, right, timeout, together=False)


def _carried_out(
    evaluator: Evaluator, readers: list[_Reader], right: Run, timeout: float, *, together: bool
) -> list[Run | None]:
    """What the readers find out, those that have begun and those that have not."""
    while waiting := [reader for reader in readers if reader.again]:
        runs = _all(evaluator, [reader.work(timeout) for reader in waiting], together=together)
        for reader, run in zip(waiting, runs, strict=True):
            reader.take(run, right)
    return [reader.run for reader in readers]


class _Reader:
    """The runs of one reading: the first under it as a whole, the next from the cell after an error on."""

    def __init__(self, program: Program, request: Request, reading: Reading, stops: Sequence[Stop]) -> None:
        self.run: Run | None = Run()
        self.again = True
        """Whether there is more to find out."""
        self._program = program
        self._request = msgspec.structs.replace(request, belief=reading.belief)
        self._reading = reading
        self._stops = list(stops)
        self._from = 0

    def work(self, timeout: float) -> Work:
        """What to run now."""
        true = {number: (number, line, text) for number, line, text in code_cells(self._program, 1 << 30)}
        texts: list[CodeCell] = [
            cell if cell[0] >= self._from else true.get(cell[0], cell)
            for cell in self._reading.cells
            if any(_cell_of(self._program, stop) >= cell[0] for stop in self._stops) or not self._stops
        ]
        return Work(self._request, timeout, texts=texts, stops=self._stops, believed_from=self._from)

    def take(self, run: Run, right: Run) -> None:
        """Take in what came of it, up to the first error that the program as it is does not raise."""
        assert self.run is not None
        self.again = False
        known = _texts(right.raised)
        new = next((error for error in run.raised if not error.announced and _texts([error])[0] not in known), None)
        if run.reason or (new is not None and new.outside):
            self.run = None if not self._from else self.run
            return
        self.run.raised.extend(error for error in run.raised if error.cell >= self._from)
        if new is None:
            self.run.values |= run.values
            return
        for stop in self._stops:
            if stop.key in run.values and self._holds(stop, run, right, new.cell):
                self.run.values[stop.key] = run.values[stop.key]
        self._stops = [stop for stop in self._stops if _cell_of(self._program, stop) > new.cell]
        self._from = new.cell + 1
        # Without requires_grad=True every cell raises the same, so there is nothing more to find out.
        self.again = bool(self._stops) and not _is_trivial(self._reading, [new])

    def _holds(self, stop: Stop, run: Run, right: Run, failed: int) -> bool:
        """Whether a value was taken at the moment that was meant, although a cell failed."""
        if _cell_of(self._program, stop) != failed:
            return True
        if not stop.line:
            return False
        return stop.turn is not None or run.passes.get(stop.key) == right.passes.get(stop.key)


def taken(outcome: Outcome) -> Run:
    """What a plain run sent."""
    run = Run(reason=outcome.reason)
    for sent in outcome.decoded():
        _take(run, sent)
    return run


def _take(run: Run, sent: Sent) -> None:
    if sent.value is not None:
        run.values[sent.key] = sent.value
        run.passes[sent.key] = sent.passes
    if sent.raised is not None:
        run.raised.append(sent.raised)
