"""The parent's side of checking a gradient: the program runs again and again, one element of a leaf changed a little.

The central difference: (result with the element a little larger - result with it a little smaller) / (the distance of
the two). It is done in float64 where the program can compute in it from the use of the leaf on and comes to the same
numbers.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from tutor.lesson.changes import code_cells
from tutor.lesson.program import Program
from tutor.recorder.evaluate import Evaluator, Nudge, Outcome, Work
from tutor.recorder.process import Request
from tutor.recording.nudge import NudgePlan, Slope, Slopes, is_apart

TIMEOUT: Final = 20.0
"""Seconds that each run may take."""

NUDGE: Final = {"float32": 5e-3, "float64": 1e-6}
"""How far an element is moved, times its size where it is larger than 1. The error of a central difference is least at
about the cube root of the precision, as in float32; float64 has enough to spare for less."""

AGAIN: Final = {"float32": (1 / 8, 2.0), "float64": (1 / 16,)}
"""How much farther an element is moved to find out why slope and gradient differ: in float32 to see how the slope
scatters, in float64 to come nearer than a kink beside the value."""

_PRECISION: Final = {"float32": 2.0**-23, "float64": 2.0**-52}
_ROUNDINGS: Final = 4
"""How many times its precision a result may be off."""

_SAME: Final = 1e-3
"""How far the result in float64 may be from the recorded one, relative to it, and still be the same program's."""

_DIFFERENT = "The program does not run the same way twice, so a nudge cannot be told from chance."


class _Seen(msgspec.Struct):
    """What came of a run."""

    roots: list[list[float]] = []
    start: list[list[float]] | None = None
    """The gradients given to begin with."""
    element: float = 0.0
    """The nudged element."""
    dtype: str = ""
    gradient: list[float] | None = None
    """What backward says in float64, where the run computed in it."""
    problem: str = ""
    """Why the backward call was not reached as it should be."""

    @property
    def is_good(self) -> bool:
        """Whether the backward call was reached."""
        return bool(self.roots) and not self.problem


Told = Callable[[int, int], bool]
"""Called before each run with the runs that are done and how many there are in all; False stops."""


def nudged(
    evaluator: Evaluator,
    program: Program,
    plan: NudgePlan,
    told: Told = lambda done, total: True,
    *,
    seed: int | None = 0,
    timeout: float = TIMEOUT,
) -> Slopes:
    """Check a gradient. Takes as long as a few runs of the program, up to the backward call.

    Args:
        evaluator: Runs it.
        program: The program of the recording.
        plan: What to check.
        told: Hears of each run, and can stop.
        seed: Seed of the random numbers, as for the recording.
        timeout: Seconds for each run.

    Raises:
        EvaluatorError: the process that runs the programs is gone.
    """
    return _Nudging(evaluator, program, plan, told, seed, timeout).slopes()


class _StoppedError(Exception):
    """Somebody does not want to know any more."""


class _Nudging:
    def __init__(
        self, evaluator: Evaluator, program: Program, plan: NudgePlan, told: Told, seed: int | None, timeout: float
    ) -> None:
        self._evaluator = evaluator
        self._request = Request.of(program, seed=seed)
        self._texts = code_cells(program, 1 << 30)
        self._plan = plan
        self._told = told
        self._timeout = timeout
        self._runs = 0
        self._total = 3 + 2 * len(plan.elements)

    def slopes(self) -> Slopes:
        # A run of nothing, so that the start of the process does not count.
        self._evaluator.send(Work(self._request, self._timeout))
        self._evaluator.receive()
        began = time.monotonic()
        try:
            dtype, rows, problem = self._computed()
        except _StoppedError:
            dtype, rows, problem = "", [], "Stopped."
        return Slopes(self._runs, time.monotonic() - began, dtype, rows, problem)

    def _computed(self) -> tuple[str, list[Slope], str]:
        base = self._run(double=True)
        double = base.is_good and base.gradient is not None and self._is_recorded(base.roots, _SAME)
        if not double:
            base = self._run(double=False)
        if not base.is_good:
            return "", [], self._why_not(base)
        again = self._run(double=double)
        if not _alike(again.roots, base.roots, 0) or not self._is_recorded(base.roots, _SAME if double else 1e-5):
            return "", [], _DIFFERENT
        rows: list[Slope] = []
        for element in self._plan.elements:
            found = self._row(element, base, double=double)
            if isinstance(found, str):
                return "", [], found
            rows.append(found)
        return base.dtype, rows, ""

    def _row(self, element: int, base: _Seen, *, double: bool) -> Slope | str:
        """The slope at an element, from more than one nudge where it is not the gradient."""
        found = self._slope(element, base, 1.0, double=double)
        size = max(map(abs, self._plan.gradient))
        if isinstance(found, str) or not is_apart(found, size, base.dtype):
            return found
        rows = [found] if len(AGAIN[base.dtype]) > 1 else []
        for farther in AGAIN[base.dtype]:
            another = self._slope(element, base, farther, double=double)
            if isinstance(another, str):
                return another
            rows.append(another)
        rows.sort(key=lambda row: row.slope)
        middle, scatter = rows[len(rows) // 2], rows[-1].slope - rows[0].slope
        return msgspec.structs.replace(middle, noise=middle.noise + 2 * scatter)

    def _slope(self, element: int, base: _Seen, farther: float, *, double: bool) -> Slope | str:
        value = self._plan.values[element]
        by = NUDGE[base.dtype] * farther * max(abs(value), 1.0)
        above = self._run(element, by, double=double)
        below = self._run(element, -by, double=double)
        for seen in (above, below):
            if not seen.is_good:
                return self._why_not(seen)
        distance = above.element - below.element
        if not distance:
            return f"{self._plan.name} is too large to be nudged in {base.dtype}."
        slope = (_result(above.roots, base.start) - _result(below.roots, base.start)) / distance
        gradient = self._plan.gradient[element]
        noise = _ROUNDINGS * _PRECISION[base.dtype] * _result(base.roots, base.start, absolute=True) / distance
        if base.gradient is not None:
            # Both come from the same graph: what they differ in is how the program's own gradient was rounded.
            noise += abs(base.gradient[element] - gradient)
        return Slope(element, value, by, slope, gradient, noise)

    def _is_recorded(self, roots: list[list[float]], tolerance: float) -> bool:
        return _alike(roots, self._plan.roots, tolerance)

    def _why_not(self, seen: _Seen) -> str:
        """Why a run did not come to the backward call with the numbers that were recorded."""
        one, other = self._run(double=False, anyhow=True), self._run(double=False, anyhow=True)
        if not _alike(one.roots, other.roots, 0) or (one.roots and not self._is_recorded(one.roots, 1e-5)):
            return _DIFFERENT
        return seen.problem or "The program did not come to this backward call again."

    def _run(self, element: int | None = None, by: float = 0.0, *, double: bool = False, anyhow: bool = False) -> _Seen:
        if not self._told(self._runs, max(self._total, self._runs + 1)):
            raise _StoppedError
        plan = self._plan
        nudge = Nudge(
            line=plan.use_line,
            calls=plan.use_calls,
            paths=plan.paths,
            shape=plan.shape,
            values=[] if anyhow else plan.values,
            element=element,
            by=by,
            call=plan.call,
            double=double,
        )
        self._evaluator.send(Work(self._request, self._timeout, texts=self._texts, nudge=nudge))
        self._runs += 1
        return _seen(self._evaluator.receive())


def _seen(outcome: Outcome) -> _Seen:
    seen = _Seen(problem=f"Run again, {outcome.reason}." if outcome.reason else "")
    for sent in outcome.decoded():
        if sent.raised is not None and not sent.raised.announced:
            seen.problem = f"Run again, the program raised {sent.raised.text}."
        if sent.value is None:
            continue
        if sent.key == "problem":
            seen.problem = str(sent.value.content)
        elif sent.key == "roots":
            seen.roots = sent.value.content
        elif sent.key == "start":
            seen.start = sent.value.content
        elif sent.key == "gradient":
            seen.gradient = sent.value.content
        elif sent.key == "element":
            seen.element, seen.dtype = sent.value.content, sent.value.dtype
    return seen


def _result(roots: list[list[float]], start: list[list[float]] | None, *, absolute: bool = False) -> float:
    """The number whose slope is wanted: the result, or its elements weighed with the gradients to begin with.

    Args:
        roots: The elements of each result.
        start: Their gradients to begin with, None where they are 1.
        absolute: Whether to sum the absolute values instead.
    """
    if start is None:
        terms = [value for root in roots for value in root]
    else:
        pairs: Sequence[tuple[Any, Any]] = list(zip(roots, start, strict=False))
        terms = [value * weight for root, weights in pairs for value, weight in zip(root, weights, strict=False)]
    return math.fsum(map(abs, terms) if absolute else terms)


def _alike(one: list[list[float]], other: list[list[float]], tolerance: float) -> bool:
    """Whether two results are the same, as far as a tolerance relative to their size allows."""
    if [len(part) for part in one] != [len(part) for part in other]:
        return False
    pairs = [pair for left, right in zip(one, other, strict=True) for pair in zip(left, right, strict=True)]
    size = max((abs(value) for _, value in pairs), default=0.0)
    return all(left == right or abs(left - right) <= tolerance * size for left, right in pairs)
