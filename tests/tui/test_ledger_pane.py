"""The ledger of a tensor's ``.grad`` in the opened tensor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutor.recording.format import Change, Kind
from tutor.recording.state import Key
from tutor.tui.widgets.ledger_pane import LedgerPane

from .looking import check_golden, settled_text
from .tape import Tape, accumulation, bind
from .test_tensor_screen import X, opened


def cleared(path: Path) -> Path:
    """``w.grad`` assigned, scaled and cleared, once for each turn."""
    tape = Tape(path, "w = make()\nw.grad = g\nw.grad.mul_(2)\nw.grad = None\n", "cleared.py")
    tape.step(Kind.OPERATION, 1, "make()", tape.tensor(1, 1.0, 2.0), bind("w", 1), name="make", detail=[[], 1])
    for turn in range(4):
        gradient = 10 + turn
        given: list[list[Any]] = [tape.tensor(gradient, 1.5, float(turn)), [Change.GRAD, 1, gradient]]
        tape.step(Kind.OPERATION, 2, "w.grad = g", *given, name="set grad", detail=[[1, gradient], None])
        doubled = tape.tensor(gradient, 3.0, 2.0 * turn, version=1)
        tape.step(Kind.OPERATION, 3, "w.grad.mul_(2)", doubled, name="mul_", detail=[[gradient], gradient])
        gone: list[list[Any]] = [[Change.GRAD, 1, None], [Change.FREED, [gradient]]]
        tape.step(Kind.OPERATION, 4, "w.grad = None", *gone, name="set grad", detail=[[1, ["NoneType", None]], None])
    tape.end()
    return path


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_each_contribution_has_its_call_its_way_and_its_sum(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(accumulation(tmp_path / "log").path, 12, X, size) as (pilot, _, _):
        await pilot.press("tab")
        await check_golden(pilot, f"ledger-number-{size[0]}")


async def test_what_is_assigned_written_and_cleared_is_told(tmp_path: Path) -> None:
    async with opened(cleared(tmp_path / "log"), 3, Key(0, "w")) as (_, screen, _):
        text = screen.query_one(LedgerPane).text()
        assert "None → [1.5, 0.0]" in text
        assert "w.grad.mul_(2): written" in text
        assert "[3.0, 6.0] → None" in text
        assert text.count("w.grad = None") == 4


async def test_enter_on_an_entry_goes_to_its_step(tmp_path: Path) -> None:
    async with opened(cleared(tmp_path / "log"), 3, Key(0, "w")) as (pilot, screen, left):
        pane = screen.query_one(LedgerPane)
        pane.focus()
        assert pane.chosen == 3
        await pilot.press("down", "down", "enter")
        assert left.results == [5]


async def test_the_step_now_is_marked_and_there_may_be_none_yet(tmp_path: Path) -> None:
    path = cleared(tmp_path / "log")
    for number, marked in ((1, []), (4, ["w.grad = None"])):
        async with opened(path, number, Key(0, "w")) as (_, screen, _):
            lines = screen.query_one(LedgerPane).text().split("\n")
            assert [line.split("  ")[-1] for line in lines if line.startswith("▶")] == marked


async def test_a_tensor_that_can_have_no_grad_has_no_ledger(tmp_path: Path) -> None:
    for key in (Key(0, "y"), Key(0, "turn"), Key(0, "nothing")):
        async with opened(accumulation(tmp_path / "log").path, 9, key) as (_, screen, _):
            assert not screen.query(LedgerPane)


async def test_a_leaf_without_a_gradient_says_so(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "log", "w = make()\n", "leaf.py")
    leaf = tape.tensor(1, 1.0, 2.0, requires_grad=True)
    tape.step(Kind.OPERATION, 1, "make()", leaf, bind("w", 1), name="make", detail=[[], 1])
    tape.end()
    async with opened(tape.path, 1, Key(0, "w")) as (pilot, _, _):
        assert "Nothing ever came into w.grad." in await settled_text(pilot)
