"""A gradient checked by nudging: against derivatives done by hand, and where it cannot be done."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.recorder.record import Children
from tutor.explain.nudge import plan_of
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.recorder.evaluate import Evaluator
from tutor.recorder.nudge import nudged
from tutor.recorder.process import Request
from tutor.recording.nudge import NudgePlan, Slopes, Verdict
from tutor.recording.recording import Recording


class Bench:
    """Records a program and checks gradients in it."""

    def __init__(self, folder: Path, children: Children, runs: ExitStack) -> None:
        self._folder, self._children, self._runs = folder, children, runs

    def program(self, source: str) -> tuple[Program, Recording]:
        path = self._folder / "program.py"
        path.write_text("import torch\nfrom torch import nn\n" + textwrap.dedent(source))
        program = read_program(path)
        run = self._children.run_request(Request.of(program))
        self._runs.callback(run.close)
        return program, run.recording

    def plan(self, source: str, leaf: str, step: int | None = None) -> NudgePlan | str:
        _, recording = self.program(source)
        return plan_of(recording, recording.count if step is None else step, leaf)

    def slopes(self, source: str, leaf: str, step: int | None = None) -> tuple[NudgePlan, Slopes]:
        program, recording = self.program(source)
        plan = plan_of(recording, recording.count if step is None else step, leaf)
        assert isinstance(plan, NudgePlan), plan
        return plan, self.nudged(program, plan)

    def nudged(self, program: Program, plan: NudgePlan) -> Slopes:
        return nudged(self._children.evaluator, program, plan)


@pytest.fixture
def bench(tmp_path: Path, children_in_turn: Children) -> Iterator[Bench]:
    with ExitStack() as runs:
        yield Bench(tmp_path, children_in_turn, runs)


SQUARE = """
w = torch.tensor(1.0, requires_grad=True)
loss = (w - 3) ** 2
loss.backward()
"""

WITH_NUMPY = """
import numpy as np
x = torch.from_numpy(np.array([1.0, 2.0], dtype=np.float32))
w = torch.tensor([0.5, -1.0], dtype=torch.float32, requires_grad=True)
loss = (torch.exp(w) * x).sum()
loss.backward()
"""


@pytest.mark.parametrize(
    ("source", "leaf", "gradient"),
    [
        (SQUARE, "w", [-4.0]),
        (
            """
            w = torch.tensor(2.0, requires_grad=True)
            y = w * 5
            z = y + w**3
            z.backward()
            """,
            "w",
            [5 + 3 * 4.0],
        ),
        (WITH_NUMPY, "w", [math.exp(0.5), 2 * math.exp(-1.0)]),
        (
            """
            x = torch.tensor([[0.5, 2.0], [3.0, -1.0]], requires_grad=True)
            (torch.sin(x) * x).sum().backward()
            """,
            "x",
            [math.sin(v) + v * math.cos(v) for v in (0.5, 2.0, 3.0, -1.0)],
        ),
        (
            """
            params = {"a": torch.tensor(2.0, requires_grad=True), "b": torch.tensor(5.0, requires_grad=True)}
            loss = params["a"] ** 3 * params["b"]
            loss.backward()
            """,
            "params['a']",
            [3 * 4.0 * 5.0],
        ),
        (
            """
            x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
            y = x**2
            y.backward(torch.tensor([1.0, 10.0, 100.0]))
            """,
            "x",
            [2.0, 40.0, 600.0],
        ),
        (
            """
            z = torch.tensor(1.0, requires_grad=True)
            first, second = z * 3, z**2
            first.backward()
            second.backward()
            """,
            "z",
            [2.0],
        ),
        (
            """
            def scaled(v):
                return v * 4

            class Model:
                def __init__(self):
                    self.w = torch.tensor([0.5, 1.0], requires_grad=True)

                def loss(self):
                    return torch.log(scaled(self.w)).sum()

            model = Model()
            model.loss().backward()
            """,
            "model.w",
            [2.0, 1.0],
        ),
    ],
    ids=[
        "square",
        "two uses",
        "float32 from numpy",
        "matrix",
        "dict",
        "a vector to begin with",
        "second of two",
        "object",
    ],
)
def test_slopes_are_derivatives(bench: Bench, source: str, leaf: str, gradient: list[float]) -> None:
    _, slopes = bench.slopes(source, leaf)
    assert slopes.problem == ""
    assert [row.element for row in slopes.rows] == list(range(len(gradient)))
    near = 1e-6 if slopes.dtype == "float64" else 2e-3
    assert [row.slope for row in slopes.rows] == pytest.approx(gradient, rel=near)
    assert [row.gradient for row in slopes.rows] == pytest.approx(gradient, rel=1e-5)
    assert all(abs(row.difference) <= near * abs(row.gradient) * 2 for row in slopes.rows)
    assert slopes.runs >= 2 * len(gradient) + 2


def test_float64_where_the_program_can_be_run_in_it(bench: Bench) -> None:
    assert bench.slopes(SQUARE, "w")[1].dtype == "float64"
    assert bench.slopes(WITH_NUMPY, "w")[1].dtype == "float64"
    assert bench.slopes(f"{WITH_NUMPY}\n{INSISTING}", "w")[1].dtype == "float64", "the check comes after the call"
    assert bench.slopes(WITH_NUMPY.replace("loss.b", f"{INSISTING}\nloss.b"), "w")[1].dtype == "float32"


INSISTING = "assert loss.dtype == torch.float32"


@pytest.mark.parametrize(
    "source",
    [
        "w = torch.rand(20, requires_grad=True)\n(w**3).sum().backward()",
        "x = torch.rand(20)\nw = torch.tensor(2.0, requires_grad=True)\n((w * x - 1) ** 2).mean().backward()",
        "w = torch.tensor(2.0, requires_grad=True)\n"
        "(nn.functional.dropout(w * torch.rand(20)) * torch.randn_like(w)).exp().sum().backward()",
        "w = torch.ones(3, requires_grad=True)\n((w * torch.empty(3).uniform_(1, 2)) ** 3).sum().backward()",
    ],
    ids=["leaf", "data before", "noise after", "filled in place"],
)
def test_what_is_drawn_is_the_same_in_float64(bench: Bench, source: str) -> None:
    _, slopes = bench.slopes(source, "w")
    assert slopes.dtype == "float64"
    assert [row.slope for row in slopes.rows] == pytest.approx([row.gradient for row in slopes.rows], rel=1e-5)


NET = """
torch.manual_seed({seed})
x, t = torch.randn({samples}, 3), torch.randn({samples}, 1)
first, last = nn.Linear(3, {hidden}), nn.Linear({hidden}, 1)
optimizer = torch.optim.Adam([*first.parameters(), *last.parameters()], lr=0.02)
for turn in range({turns}):
    optimizer.zero_grad()
    hidden = torch.relu(first(x))
    loss = ((last(hidden) + {more} - t) ** 2).mean()
    {insisting}
    loss.backward()
    optimizer.step()
"""

NETS = [(0, 8, 64, 200), (1, 2, 5, 30), (2, 16, 20, 120), (3, 4, 100, 60), (4, 8, 4, 90)]
"""Seed, hidden units, samples, turns."""


@pytest.mark.parametrize("insisting", ["", INSISTING], ids=["float64", "float32"])
@pytest.mark.parametrize(("seed", "hidden", "samples", "turns"), NETS)
def test_a_correct_gradient_is_never_called_wrong_and_a_cut_one_is(
    bench: Bench, seed: int, hidden: int, samples: int, turns: int, insisting: str
) -> None:
    sizes = {"seed": seed, "hidden": hidden, "samples": samples, "turns": turns, "insisting": insisting}
    program, recording = bench.program(NET.format(**sizes, more="0"))
    cut, recorded = bench.program(NET.format(**sizes, more="hidden.detach().mean(1, keepdim=True)"))
    for run, held, verdicts in (
        (program, recording, {Verdict.AGREE, Verdict.UNCLEAR} if insisting else {Verdict.AGREE}),
        (cut, recorded, {Verdict.APART}),
    ):
        calls = [step for step in range(1, held.count + 1) if held.site(step).name == "backward"]
        for call in (calls[1], calls[-1]):
            plan = plan_of(held, call, "first.weight")
            assert isinstance(plan, NudgePlan), plan
            slopes = bench.nudged(run, plan)
            assert slopes.dtype == ("float32" if insisting else "float64")
            assert slopes.verdict in verdicts, slopes


def test_where_float32_is_too_coarse_it_is_not_called_right_or_wrong(bench: Bench) -> None:
    source = f"""
    w = torch.tensor(0.3, requires_grad=True)
    loss = 1000 + 1e-3 * torch.sin(w)
    {INSISTING}
    loss.backward()
    """
    _, slopes = bench.slopes(source, "w")
    assert slopes.dtype == "float32"
    assert slopes.verdict is Verdict.UNCLEAR
    assert bench.slopes(source.replace(INSISTING, ""), "w")[1].verdict is Verdict.AGREE


def test_a_kink_beside_the_value_is_not_the_slope(bench: Bench) -> None:
    """The nudge of 1e-6 goes across it, a smaller one does not; at the kink itself there is no slope."""
    source = "w = torch.tensor({}, requires_grad=True)\n(torch.relu(w) * 3).backward()"
    assert bench.slopes(source.format("5e-7"), "w")[1].verdict is Verdict.AGREE
    assert bench.slopes(source.format("0.0"), "w")[1].verdict is Verdict.APART


def test_what_grad_holds_is_the_sum_of_the_calls(bench: Bench) -> None:
    plan, slopes = bench.slopes(LOOP.replace("w.grad = None", "pass"), "w")
    value, held = 1.0, 0.0
    for _ in range(4):
        gradient = 2 * (value - 3)
        held += gradient
        value -= 0.1 * held
    assert plan.gradient == pytest.approx([gradient], abs=1e-5)
    assert plan.held == pytest.approx([held], abs=1e-5)
    assert slopes.rows[0].slope == pytest.approx(gradient, abs=1e-5)
    plan, _ = bench.slopes(LOOP, "w")
    assert plan.held == plan.gradient


LOOP = """
w = torch.tensor(1.0, requires_grad=True)
for turn in range(4):
    loss = (w - 3) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
"""


@pytest.mark.parametrize("turn", [1, 2, 3, 4])
def test_the_turn_that_is_meant(bench: Bench, turn: int) -> None:
    _, recording = bench.program(LOOP)
    calls = [step for step in range(1, recording.count + 1) if recording.site(step).name == "backward"]
    value = 1.0
    for _ in range(turn - 1):
        value -= 0.1 * 2 * (value - 3)
    plan, slopes = bench.slopes(LOOP, "w", calls[turn - 1])
    assert plan.call == turn
    assert slopes.rows[0].value == pytest.approx(value, rel=1e-6)
    assert slopes.rows[0].slope == pytest.approx(2 * (value - 3), rel=1e-6)


def test_a_leaf_that_no_update_changes_is_nudged_in_its_turn_only(bench: Bench) -> None:
    """The other leaf depends on it by way of the updates; that is no part of this call's graph."""
    source = """
    w = torch.tensor(2.0, requires_grad=True)
    v = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([v], lr=0.1)
    for turn in range(3):
        loss = (w * v - 1) ** 2
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    """
    plan, slopes = bench.slopes(source, "w")
    v = 1.0
    for _ in range(2):
        v -= 0.1 * 2 * (2 * v - 1) * 2
    assert plan.held != plan.gradient
    assert slopes.rows[0].slope == pytest.approx(2 * (2 * v - 1) * v, rel=1e-5)
    assert slopes.rows[0].gradient == pytest.approx(2 * (2 * v - 1) * v, rel=1e-4)


def test_the_weights_of_a_layer(bench: Bench) -> None:
    source = """
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    x, t = torch.randn(6, 3), torch.randn(6, 1)

    def train():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), t)
        loss.backward()
        optimizer.step()

    for turn in range(3):
        train()
    """
    plan, slopes = bench.slopes(source, "model[0].weight")
    assert len(slopes.rows) == 6
    assert [row.slope for row in slopes.rows] == pytest.approx(plan.gradient, abs=2e-3 * max(map(abs, plan.gradient)))


def test_of_a_large_leaf_the_elements_with_the_largest_gradients(bench: Bench) -> None:
    source = "w = torch.arange(40.0).requires_grad_(True)\n(w**2).sum().backward()"
    _, slopes = bench.slopes(source, "w")
    assert [row.element for row in slopes.rows] == [37, 38, 39]
    assert [row.slope for row in slopes.rows] == pytest.approx([74.0, 76.0, 78.0], rel=1e-6)


def test_a_gradient_that_is_cut_off_is_not_the_slope(bench: Bench) -> None:
    source = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x.detach()\ny.backward()"
    _, slopes = bench.slopes(source, "x")
    assert slopes.rows[0].gradient == 3.0
    assert slopes.rows[0].slope == pytest.approx(6.0)


@pytest.mark.parametrize(
    "source",
    [
        "import os\nx = torch.tensor(int.from_bytes(os.urandom(3), 'little') / 1e6, requires_grad=True)\n"
        "(x**2).backward()",
        "import os\nx = torch.tensor(1.0, requires_grad=True)\n"
        "(x * int.from_bytes(os.urandom(3), 'little')).backward()",
    ],
    ids=["in the leaf", "in the loss"],
)
def test_a_program_that_runs_differently_each_time_says_so(bench: Bench, source: str) -> None:
    _, slopes = bench.slopes(source, "x")
    assert slopes.rows == []
    assert "does not run the same way twice" in slopes.problem


def test_it_can_be_stopped(bench: Bench, evaluator: Evaluator) -> None:
    program, recording = bench.program(SQUARE)
    plan = plan_of(recording, recording.count, "w")
    assert isinstance(plan, NudgePlan)
    heard: list[tuple[int, int]] = []

    def told(done: int, total: int) -> bool:
        heard.append((done, total))
        return done < 2

    assert nudged(evaluator, program, plan, told).problem == "Stopped."
    assert [done for done, _ in heard] == [0, 1, 2]
    assert all(total >= done for done, total in heard)


@pytest.mark.parametrize(
    ("source", "leaf", "reason"),
    [
        (SQUARE, "loss", "loss is not a leaf"),
        (SQUARE, "nothing", "nothing is no tensor here."),
        ("w = torch.tensor(1.0)", "w", "w does not require grad"),
        ("w = torch.tensor(1.0, requires_grad=True)", "w", "No backward call has brought a gradient to w"),
        ("w = torch.ones(1001, requires_grad=True)\nw.sum().backward()", "w", "w has too many elements"),
        ("w = torch.ones(2, dtype=torch.float16, requires_grad=True)\nw.sum().backward()", "w", "w is float16"),
    ],
)
def test_why_it_cannot_be_done(bench: Bench, source: str, leaf: str, reason: str) -> None:
    plan = bench.plan(source, leaf)
    assert isinstance(plan, str)
    assert plan.startswith(reason)


def test_before_the_backward_call_there_is_nothing_to_check(bench: Bench) -> None:
    _, recording = bench.program(SQUARE)
    call = next(step for step in range(1, recording.count + 1) if recording.site(step).name == "backward")
    assert isinstance(plan_of(recording, call - 1, "w"), str)
    for step in range(call, recording.count + 1):
        assert isinstance(plan_of(recording, step, "w"), NudgePlan)


def test_the_text_book_case_is_as_accurate_as_autograd(bench: Bench) -> None:
    """In float32 a nudge of 1e-6 gives -3.815; the one that is made here does not, and autograd is exact."""
    _, slopes = bench.slopes(SQUARE, "w")
    assert slopes.rows[0].gradient == -4.0
    assert abs(slopes.rows[0].difference) < 1e-8
