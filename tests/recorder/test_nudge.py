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
from tutor.recording.nudge import NudgePlan, Slopes
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
        return plan, nudged(self._children.evaluator, program, plan)


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
    assert bench.slopes(WITH_NUMPY, "w")[1].dtype == "float32"
    drawn = "w = torch.rand(20, requires_grad=True)\n(w**3).sum().backward()"
    _, slopes = bench.slopes(drawn, "w")
    assert slopes.dtype == "float32", "in float64 other numbers would be drawn"
    assert [row.slope for row in slopes.rows] == pytest.approx([3 * row.value**2 for row in slopes.rows], rel=5e-3)


def test_data_that_is_drawn_otherwise_in_float64_is_left_in_float32(bench: Bench) -> None:
    source = "x = torch.rand(20)\nw = torch.tensor(2.0, requires_grad=True)\n((w * x - 1) ** 2).mean().backward()"
    _, slopes = bench.slopes(source, "w")
    assert slopes.dtype == "float32"
    assert slopes.rows[0].slope == pytest.approx(slopes.rows[0].gradient, rel=2e-3)


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
    assert plan.was_added
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
