"""What must hold of every backward call, whatever the program."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

from tests.recorder.record import flat
from tutor.recording.format import Kind
from tutor.recording.model import Meta, Step
from tutor.recording.recording import Recording
from tutor.recording.state import State
from tutor.recording.values import elements

TOLERANCE = {
    "float32": 1e-5,
    "float64": 1e-12,
    "complex64": 1e-5,
    "complex128": 1e-12,
    "bfloat16": 2e-2,
    "float16": 2e-3,
}


def numbers(recording: Recording, gradient: Any) -> list[Any] | None:
    """The elements of a gradient in one list, None where they were not recorded whole."""
    if gradient is None:
        return None
    value = elements(recording.tables.metas[gradient[0]], gradient[1])
    return None if value is None else list(flat(value))


def meta_of(recording: Recording, gradient: Any) -> Meta:
    """Shape and dtype of a gradient."""
    return recording.tables.metas[gradient[0]]


def rounded(dtype: str, value: Any) -> Any:
    """A number as the dtype holds it."""
    if dtype == "float32" and math.isfinite(value):
        try:
            return struct.unpack("<f", struct.pack("<f", value))[0]
        except OverflowError:
            return math.copysign(math.inf, value)
    return value


def same(one: Any, other: Any, tolerance: float) -> bool:
    """Whether two numbers are the same to within a tolerance, NaN being the same as NaN."""
    if isinstance(one, complex) or isinstance(other, complex):
        one, other = complex(one), complex(other)
        return same(one.real, other.real, tolerance) and same(one.imag, other.imag, tolerance)
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)


def check_accumulation(recording: Recording, step: Step, before: State, after: State) -> None:
    """One ACCUMULATE step: before + contribution == after, and both are what the leaf's ``.grad`` held and holds."""
    leaf, held, contribution, held_after, taken_over = step.detail
    where = f"step {step.number}, line {step.site.line}"
    assert taken_over == (held is None), where
    owner_before, owner = before.tensors[leaf], after.tensors[leaf]
    if held is not None:
        assert owner_before.grad is not None, where
        assert before.tensors[owner_before.grad].content == held[1], where
    else:
        assert owner_before.grad is None, where
    assert owner.grad is not None, where
    assert after.tensors[owner.grad].content == held_after[1], where
    old, new, total = (numbers(recording, item) for item in (held, contribution, held_after))
    if new is None or total is None:
        return
    dtype = meta_of(recording, held_after).dtype
    exact = 0.0 if dtype in ("float32", "float64") else TOLERANCE[dtype]
    for number, (addend, result) in enumerate(zip(new, total, strict=True)):
        expected = addend if old is None else rounded(dtype, old[number] + addend)
        assert same(expected, result, exact), f"{where}: {old and old[number]} + {addend} is not {result}"


def fan_ins(recording: Recording, roots: set[int], steps: list[Step]) -> Iterator[tuple[Step, int, list[Any], Any]]:
    """For each gradient that came into a node over edges alone: the step, which input, what the edges carried, it.

    Args:
        recording: The recording.
        roots: Nodes that the backward call started from; what comes into them has another source.
        steps: The NODE steps of one backward call.
    """
    arrived: dict[tuple[int, int], list[Any]] = {}
    for step in steps:
        node, incoming, outgoing = step.detail
        if node not in roots:
            for position, gradient in enumerate(incoming):
                yield step, position, arrived.get((node, position), []), gradient
        record = recording.state(step.number - 1).nodes[node]
        for edge, gradient in zip(record.edges, outgoing, strict=False):
            if edge is not None and edge.node is not None and gradient is not None:
                arrived.setdefault((edge.node, edge.input), []).append(gradient)


def check_fan_in(recording: Recording, step: Step, position: int, carried: list[Any], incoming: Any) -> None:
    """What comes into a node is the sum of what the edges into it carry."""
    where = f"step {step.number} ({step.site.name}), input {position}"
    if incoming is None:
        assert not carried, where
        return
    total = numbers(recording, incoming)
    if total is None:
        return
    dtype = meta_of(recording, incoming).dtype
    sums: list[Any] = [0.0] * len(total)
    for gradient in carried:
        part = numbers(recording, gradient)
        if part is None or len(part) != len(total):
            return
        sums = [one + other for one, other in zip(sums, part, strict=True)]
    for one, other in zip(sums, total, strict=True):
        assert same(one, other, TOLERANCE.get(dtype, 1e-5)), f"{where}: {sums} came, {total} arrived"


def backward_calls(recording: Recording) -> Iterator[tuple[Step, list[Step]]]:
    """Each step that holds NODE steps, with those."""
    held: dict[int, list[Step]] = {}
    for number in range(1, recording.count + 1):
        if recording.kind(number) is Kind.NODE:
            step = recording.step(number)
            held.setdefault(step.parent, []).append(step)
    for parent, steps in held.items():
        yield recording.step(parent), steps


def roots_of(recording: Recording, call: Step) -> set[int]:
    """The nodes of the tensors that a backward call started from."""
    inputs, _, *options = call.detail
    waiting = [*inputs[:1], *(value for values in options for value in (values or {}).values())]
    state = recording.state(call.number)
    found: set[int] = set()
    while waiting:
        reference = waiting.pop()
        if isinstance(reference, int) and reference in state.tensors:
            node = state.tensors[reference].node
            found |= {node} if node is not None else set()
        elif isinstance(reference, list) and len(reference) == 4 and reference[0] in ("tuple", "list"):
            waiting += reference[3]
    return found
