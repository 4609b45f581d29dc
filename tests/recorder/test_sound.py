"""What must hold of every recording, whatever the program: tried on all of ``tests/programs``."""

from __future__ import annotations

import pytest

from tests.recorder.programs import NAMES, Programs, exit_of
from tests.recorder.record import Record, all_steps, brief, printed, steps_of, value_at
from tutor.recording.format import Change, Kind
from tutor.recording.model import Step
from tutor.recording.state import TOP_LEVEL, State

HOLDERS = (Kind.CALL, Kind.OPERATION, Kind.INNER)


def check_step(step: Step, before: State, after: State) -> None:
    """Parents come first; what is freed has no name any more; what is named is known."""
    where = f"step {step.number}, line {step.site.line}: {step.site.source!r}"
    assert 0 <= step.parent < step.number, where
    for change in step.changes:
        if change[0] == Change.FREED:
            for tensor in change[1]:
                named = after.names_of(tensor)
                assert tensor not in after.holders, f"{where} frees what is still called {named}"
        elif change[0] == Change.BIND:
            assert change[1] in after.scopes or closed_in(step, change[1]), f"{where} binds in a scope that is not open"
            if isinstance(change[3], int) and change[1] in after.scopes:
                assert change[3] in after.tensors or rebound(step, change), f"{where} binds an unknown tensor"


def closed_in(step: Step, scope: int) -> bool:
    """Whether a scope was closed by a step."""
    return any(change[0] == Change.CLOSE and change[1] == scope for change in step.changes)


def rebound(step: Step, binding: list[object]) -> bool:
    """Whether a step binds or unbinds a path once more after binding it."""
    again = [c for c in step.changes if c[0] in (Change.BIND, Change.UNBIND) and c[1:3] == binding[1:3]]
    return again[-1] is not binding


@pytest.mark.parametrize("name", NAMES)
def test_every_step_makes_sense_where_it_stands(name: str, programs: Programs) -> None:
    recording = programs.recording(name)
    holders: dict[int, Kind] = {}
    for step, before, after, _ in recording.walk():
        check_step(step, before, after)
        holders[step.number] = step.kind
        if step.parent:
            assert holders[step.parent] in HOLDERS, brief(recording)[step.number - 1]
        if step.kind in (Kind.NODE, Kind.ACCUMULATE):
            assert step.parent, "a node that ran for no call"


@pytest.mark.parametrize("name", [name for name in NAMES if exit_of(name) == 0])
def test_at_the_end_no_function_is_open_but_that_of_the_last_step(name: str, programs: Programs) -> None:
    recording = programs.recording(name)
    state = recording.state(recording.count)
    if recording.site(recording.count).function is None:
        assert list(state.scopes) == [TOP_LEVEL], [scope.function for scope in state.scopes.values()]
    for path, reference, _ in state.visible():
        assert not isinstance(reference, int) or reference in state.tensors, f"{path} is not known any more"


CELLS = """
import torch
w = torch.tensor(1.0)
w.backward()  # announced
never = 1

def f():
    for k in range(3):
        inner = w * k
        if k == 1:
            raise ValueError("inside")


f()
never = 2

print("the last cell", w)
"""


def test_an_announced_error_ends_its_cell_and_the_next_goes_on(record: Record) -> None:
    lines = CELLS.lstrip("\n").split("\n")
    second, third = lines.index("def f():") + 1, lines.index('print("the last cell", w)') + 1
    recording = record(
        CELLS,
        cells=[[1, second - 1, 1], [second, third - 1, 3], [third, len(lines), 4]],
        announces=[[1, "RuntimeError: element 0 of tensors does not require grad..."], [3, "ValueError"]],
    )
    assert recording.end is not None
    assert recording.end.how == "finished", recording.end
    assert [step.detail[1] for step in steps_of(recording, Kind.ERROR)] == ["RuntimeError", "ValueError"]
    assert printed(recording) == "the last cell tensor(1.)\n"
    names = {path for path, _, _ in recording.state(recording.count).visible()}
    assert "never" not in names
    assert "inner" not in names
    assert recording.state(recording.count).turns() == []
    assert [scope.function for scope in recording.state(recording.count).scopes.values()] == [None]


def test_an_error_that_is_not_announced_ends_the_program(record: Record) -> None:
    recording = record("x = 1\n1 / 0\n\nprint('never')\n", cells=[[1, 2, 1], [4, 4, 2]], announces=[[2, "ValueError"]])
    assert recording.end is not None
    assert (recording.end.how, recording.end.reason) == ("raised", "ZeroDivisionError: division by zero")
    assert printed(recording) == ""


RANDOM = """
import random
import numpy as np
import torch

found = [torch.rand(()).item(), float(np.random.rand()), random.random()]
{seeded}
expected = [torch.rand(()).item(), float(np.random.rand()), random.random()]
"""


def test_the_seed_is_that_of_the_request(record: Record) -> None:
    seeded = "torch.manual_seed(7); np.random.seed(7); random.seed(7)"
    recording = record(RANDOM.format(seeded=seeded), seed=7)
    assert value_at(recording, "found") == value_at(recording, "expected")
    assert recording.header is not None
    assert recording.header.seed == 7


def test_without_a_seed_two_runs_differ(record: Record) -> None:
    found = [value_at(record(RANDOM.format(seeded=""), seed=None), "found") for _ in range(2)]
    assert found[0][1:] != found[1][1:]


def test_the_header_says_what_was_run(record: Record) -> None:
    recording = record("x = 1\n", title="A title")
    assert recording.header is not None
    assert recording.header.source == "x = 1\n"
    assert recording.header.title == "A title"
    assert recording.header.torch
    assert recording.header.python.startswith("3.")
    assert recording.header.cells == [[1, 2, 1]]
    assert [step.site.source for step in all_steps(recording)] == ["x = 1"]
