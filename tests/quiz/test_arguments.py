"""A program that reads its arguments is asked about as it was run: its answers, its misreadings, its slopes."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.recorder.record import Children
from tutor.explain.nudge import plan_of
from tutor.lesson.check.seen import Stop
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.lesson.readings import read_as_program, readings
from tutor.quiz.made import all_made
from tutor.quiz.made.values import value_of
from tutor.recorder.misread import Misreader
from tutor.recorder.nudge import nudged
from tutor.recorder.process import Request
from tutor.recording.nudge import NudgePlan
from tutor.tui.copies import Copy
from tutor.tui.questions.desk import Desk

SCRIPT = """\
import argparse
import sys

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--scale", type=float, required=True)
options = parser.parse_args()
w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for epoch in range(options.epochs):
    optimizer.zero_grad()
    loss = (w * options.scale) ** 2
    loss.backward()
    optimizer.step()
count = len(sys.argv)
"""

ARGUMENTS = ["--epochs", "2", "--scale", "2"]

END = Stop("end", "[w, w.grad, count]", cell=1)


@pytest.fixture
def script(tmp_path: Path) -> Program:
    """A program that has to be given an argument."""
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    return msgspec.structs.replace(read_program(path), arguments=ARGUMENTS)


def trained(epochs: int, scale: float, *, zeroing: bool = True) -> tuple[float, float]:
    """The weight and its gradient in the end, without torch."""
    w, grad = 1.0, 0.0
    for _ in range(epochs):
        grad = (0.0 if zeroing else grad) + 2 * w * scale**2
        w -= 0.1 * grad
    return w, grad


def test_a_plain_run_and_its_misreadings_have_the_arguments(script: Program, misreader: Misreader) -> None:
    ways = [reading for reading in readings(script, 1) if reading.name in ("zero_grad_noop", "zeroing_dropped")]
    assert len(ways) == 2
    answers = misreader.answers(script, [END], ways)
    assert answers.raised == []
    for value, zeroing in [(answers.right["end"], True), *((each, False) for each in answers.wrong["end"].values())]:
        w, grad, count = (item.content for item in value.items or [])
        assert (w, grad) == pytest.approx(trained(2, 2.0, zeroing=zeroing), rel=1e-6)
        assert count == 5
    assert set(answers.wrong["end"]) == {"zero_grad_noop", "zeroing_dropped"}


def test_without_them_the_program_ends_as_it_would_by_itself(script: Program, misreader: Misreader) -> None:
    answers = misreader.answers(msgspec.structs.replace(script, arguments=[]), [END], [])
    assert answers.right == {}


def test_each_way_to_record_it_gives_the_same(script: Program, misreader: Misreader) -> None:
    belief = next(reading for reading in readings(script, 1) if reading.name == "zero_grad_noop")
    copy = Copy(script)
    copy.set_text(0, copy.text(0) + "\n")
    runs = [
        (misreader.record(script), True),
        (misreader.record(read_as_program(script, belief), belief.belief), False),
        (misreader.record(copy.program()), True),
    ]
    for run, zeroing in runs:
        with closing(run):
            end = run.recording.end
            assert end is not None
            assert end.how == "finished"
            state = run.recording.state(run.recording.count)
            (w,) = (record for record in state.tensors.values() if "w" in state.names_of(record.id))
            value = value_of(w)
            assert value is not None
            assert value.content == pytest.approx(trained(2, 2.0, zeroing=zeroing)[0], rel=1e-6)


def test_a_gradient_is_checked_with_them(script: Program, children_in_turn: Children) -> None:
    with closing(children_in_turn.run_request(Request.of(script))) as run:
        plan = plan_of(run.recording, run.recording.count, "w")
        assert isinstance(plan, NudgePlan)
        slopes = nudged(children_in_turn.evaluator, script, plan)
    (row,) = slopes.rows
    assert row.slope == pytest.approx(trained(2, 2.0)[1], rel=1e-4)


async def test_questions_from_a_recording_are_evaluated_with_them(script: Program, children_in_turn: Children) -> None:
    desk = Desk()
    try:
        with closing(children_in_turn.run_request(Request.of(script))) as run:
            made = [draft for draft in all_made(run.recording, 12) if draft.stop is not None]
            found = await desk.questions(script, made)
            assert made
            assert {each.id: each.answer.content for each in found} == {
                draft.question.id: draft.question.answer.content for draft in made
            }
    finally:
        desk.close()


def test_what_a_request_says_comes_before_what_the_program_has(script: Program) -> None:
    assert Request.of(script).arguments == ARGUMENTS
    assert Request.of(script, arguments=["x"]).arguments == ["x"]
    assert Request.of(msgspec.structs.replace(script, directory="/tmp")).directory == "/tmp"
    assert Request.of(script).directory == str(Path.cwd())
    assert sys.argv[1:] != ARGUMENTS
