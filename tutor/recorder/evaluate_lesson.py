"""Finding out about a lesson all that a check wants to know, in two processes at once.

Each process records the lesson once, under another seed of Python's hashes; one then evaluates the expressions, the
other runs the changed programs and the wrong readings. So two recordings differ if anything but torch's, numpy's and
random's own numbers is left to chance.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from types import TracebackType

import msgspec

from tutor.lesson.check.seen import Difference, Plan, Seen, Stop, Variant, VariantSeen
from tutor.lesson.program import Program
from tutor.recorder.evaluate import Evaluator, Outcome, Work
from tutor.recorder.forked import ForkedRun
from tutor.recorder.misread import Run, read, taken
from tutor.recorder.process import TIMEOUT, Request
from tutor.recording.format import Change, Kind
from tutor.recording.model import Step
from tutor.recording.recording import Recording


class LessonRunner:
    """Runs lessons for a check. Use it as a context manager, or call ``close``.

    Args:
        timeout: Seconds that each run may take, 0 for no limit.
        max_steps: Most steps of a recording.
        seed: Seed of the random numbers, None for none.
    """

    def __init__(self, *, timeout: float = TIMEOUT, max_steps: int = 1_000_000, seed: int | None = 0) -> None:
        self._timeout = timeout
        self._max_steps = max_steps
        self._seed = seed
        self._evaluators = (Evaluator(hash_seed=0), Evaluator(hash_seed=1))

    def __enter__(self) -> LessonRunner:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End both processes."""
        for evaluator in self._evaluators:
            evaluator.close()

    def look(self, program: Program, plan: Plan) -> Seen:
        """Run a lesson and say what was seen; if it does not run to its end, no more than that.

        Raises:
            EvaluatorError: a process is gone.
        """
        first, second = self._evaluators
        request = Request.of(program, seed=self._seed, max_steps=self._max_steps)
        with _logs() as paths:
            for evaluator, path in zip(self._evaluators, paths, strict=True):
                evaluator.send(Work(request, self._timeout, log=path))
            outcomes = first.receive(), second.receive()
            runs = [
                ForkedRun(os.open(path, os.O_RDONLY), outcome) for path, outcome in zip(paths, outcomes, strict=True)
            ]
            with contextlib.closing(runs[0]), contextlib.closing(runs[1]):
                one, other = runs[0].recording, runs[1].recording
                seen = _recorded(one)
                difference = _difference(one, other) if seen.finished else None
        if not seen.finished:
            return seen
        first.send(Work(request, self._timeout, texts=_texts(program), stops=plan.stops))
        for variant in plan.variants:
            second.send(Work(request, self._timeout, texts=variant.cells, stops=[variant.stop]))
        right = taken(first.receive())
        variants = {variant.key: _variant(variant, second.receive()) for variant in plan.variants}
        for misread in plan.misread:
            (run,) = read(second, request, program, misread.stops, [misread.reading], right, self._timeout)
            variants.update({stop.key: _misread(stop, run) for stop in misread.stops})
        return msgspec.structs.replace(
            seen, difference=difference, values=right.values, raised=right.raised, variants=variants
        )


def _texts(program: Program) -> list[tuple[int, int, str]]:
    lines = program.source.split("\n")
    return [
        (cell.number, cell.first_line, "\n".join(lines[cell.first_line - 1 : cell.last_line]))
        for cell in program.cells
        if cell.kind == "code"
    ]


@contextlib.contextmanager
def _logs() -> Iterator[list[str]]:
    """Two empty files, gone afterwards."""
    paths: list[str] = []
    try:
        for _ in range(2):
            descriptor, path = tempfile.mkstemp(prefix="tutor-", suffix=".log")
            os.close(descriptor)
            paths.append(path)
        yield paths
    finally:
        for path in paths:
            Path(path).unlink(missing_ok=True)


def _recorded(recording: Recording) -> Seen:
    """What a recording tells."""
    end = recording.end
    assert end is not None
    printed: list[tuple[int, str]] = []
    errors: list[tuple[int, str]] = []
    visits: dict[int, int] = {}
    line = 0
    for step in recording.steps(1, recording.count):
        if step.kind is Kind.OUTPUT:
            if step.detail[0] == "stdout":
                printed.append((step.site.line, step.detail[1]))
            continue
        if step.kind is Kind.ERROR:
            errors.append((step.site.line, step.detail[0]))
        if step.site.line != line:
            line = step.site.line
            visits[line] = visits.get(line, 0) + 1
    return Seen(
        finished=end.how == "finished",
        reason=end.reason,
        line=errors[-1][0] if end.how == "raised" and errors else line,
        error=end.how == "raised",
        steps=recording.count,
        printed=printed,
        errors=errors,
        visits=visits,
    )


def _difference(one: Recording, other: Recording) -> Difference | None:
    """The first step that two recordings do not share."""
    pairs = zip_longest(one.steps(1, one.count), other.steps(1, other.count))
    for number, (left, right) in enumerate(pairs, 1):
        if _bytes(left) != _bytes(right):
            step = left or right
            assert step is not None
            return Difference(number, step.site.line, step.site.source)
    return None


def _bytes(step: Step | None) -> bytes:
    """A step as it is seen: of several values that a tensor had within it, only the last.

    The others can be memory that nobody has written to yet, in the weights of a layer before they are drawn.
    """
    if step is not None and len(step.changes) > 1:
        last = {change[1]: index for index, change in enumerate(step.changes) if change[0] == Change.TENSOR}
        changes = [
            change for index, change in enumerate(step.changes)
            if change[0] != Change.TENSOR or last[change[1]] == index
        ]  # fmt: skip
        step = msgspec.structs.replace(step, changes=changes)
    # Compared as bytes, since a number that is not a number is not equal to itself.
    return msgspec.msgpack.encode(step)


def _variant(variant: Variant, outcome: Outcome) -> VariantSeen:
    run = taken(outcome)
    return VariantSeen(run.values.get(variant.stop.key), run.raised, run.reason)


def _misread(stop: Stop, run: Run | None) -> VariantSeen:
    if run is None:
        return VariantSeen(None, reason="it does not run to its end, or fails in code that is not its own")
    return VariantSeen(run.values.get(stop.key), run.raised)
