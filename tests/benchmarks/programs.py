"""What recording costs, and what a recording weighs."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import Row, ratio_of_commands, run
from tutor.lesson.reading import read_program
from tutor.recorder.process import Recorder, Request
from tutor.recording.file import save
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

LOOP = """\
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
x = torch.linspace(-1, 1, 8).reshape(8, 1)
t = 3 * x + 1
model = nn.Linear(1, 1)
loss_function = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def train(turns):
    for turn in range(turns):
        optimizer.zero_grad()
        loss = loss_function(model(x), t)
        loss.backward()
        optimizer.step()


train(5)
begin = time.perf_counter()
train({turns})
print("seconds", time.perf_counter() - begin)
"""
"""The loop times itself, after a few turns in which torch loads what it needs."""

LARGE = "import json; from tests.benchmarks.recording import measure; print(json.dumps(measure({steps})))"


def recording(quick: bool) -> Row:
    """Seconds that the loop takes while recorded, against seconds that it takes alone."""
    turns = 200 if quick else 1000
    alone, recorded = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = _program(Path(folder), turns)
        for _ in range(2 if quick else 5):
            alone.append(_seconds(run([sys.executable, str(path)])))
            recorded.append(_seconds(_printed(_record(path))))
    note = f"{median(recorded):.3f} s against {median(alone):.3f} s"
    return Row(median(recorded) / median(alone), "x", note)


def bytes_for_a_step(quick: bool) -> Row:
    """Size of the saved recording of the loop for each of its steps."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "loop.recording"
        taken = _record(_program(Path(folder), 200 if quick else 1000), saved)
        return Row(saved.stat().st_size / taken.count, "bytes", f"{taken.count:,} steps")


def random_state(quick: bool) -> Row:
    """Milliseconds to the state at a random step of a long recording."""
    figures = _large(quick)
    return Row(figures["ms for a state"], "ms", f"{figures['steps']:,.0f} steps")


def memory(quick: bool) -> Row:
    """Megabytes that a process holds for a long recording."""
    figures = _large(quick)
    return Row(figures["MB of memory"], "MB", f"{figures['steps']:,.0f} steps")


def help_text(quick: bool) -> Row:
    """Seconds for ``tutor --help`` against seconds to import click."""
    ours = [sys.executable, "-m", "tutor", "--help"]
    return ratio_of_commands(ours, [sys.executable, "-c", "import click"], 9 if quick else 31)


def _program(folder: Path, turns: int) -> Path:
    path = folder / "loop.py"
    path.write_text(LOOP.replace("{turns}", str(turns)), encoding="utf-8")
    return path


def _record(path: Path, saved: Path | None = None) -> Recording:
    with Recorder() as recorder:
        run = recorder.start(Request.of(read_program(path)))
        recording = run.wait()
        if recording.end is None or recording.end.how != "finished":
            raise RuntimeError(f"the loop did not finish: {recording.end}")
        if saved is not None:
            save(recording, saved)
        return recording


def _printed(recording: Recording) -> str:
    steps = recording.steps(1, recording.count)
    return "".join(step.detail[1] for step in steps if step.kind is Kind.OUTPUT)


def _seconds(printed: str) -> float:
    return float(printed.split()[-1])


_figures: dict[bool, dict[str, float]] = {}


def _large(quick: bool) -> dict[str, float]:
    """Figures of a long made-up recording, taken once in a process of their own."""
    if quick not in _figures:
        code = LARGE.format(steps=100_000 if quick else 1_000_000)
        _figures[quick] = json.loads(run([sys.executable, "-c", code]).splitlines()[-1])
    return _figures[quick]


ROWS: dict[str, Callable[[bool], Row]] = {
    "recording": recording,
    "bytes": bytes_for_a_step,
    "state": random_state,
    "memory": memory,
    "help": help_text,
}
