"""A recording made under a belief: what it shows is what the belief gives, in steps that are the program's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.recorder.believed import CASES, FREED, Case, X
from tests.recorder.misreading import NN, ask, written
from tests.recorder.record import Children, all_steps, brief, gradient, gradients_of, printed, steps_of, value_at
from tutor.lesson.beliefs import MACHINE
from tutor.recorder.misread import Misreader
from tutor.recorder.process import Request
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

Believed = Callable[[str, str], Recording]
"""Records a program under a belief."""

LINES = NN.count("\n")


@pytest.fixture(scope="module")
def believed(children_in_turn: Children, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Believed]:
    with ExitStack() as runs:

        def record(text: str, belief: str) -> Recording:
            program = written(tmp_path_factory.mktemp("believed"), text)
            run = children_in_turn.run_request(Request.of(program, belief=belief))
            runs.callback(run.close)
            return run.recording

        yield record


def one_for_each() -> list[tuple[str, Case]]:
    """Each belief with the first program that it gives another number in."""
    found: dict[str, Case] = {}
    for case in CASES.values():
        for name, expected in case.believed.items():
            if expected is not None:
                found.setdefault(name, case)
    start, text, expected = FREED[0]
    found["graph_never_freed"] = Case(X.format(start) + text + "\n", "x.grad", None, {"graph_never_freed": expected})
    return [(name, found[name]) for name in MACHINE]


@pytest.mark.parametrize(("name", "case"), one_for_each(), ids=MACHINE)
def test_a_recorded_run_is_the_plain_run_under_a_belief(
    tmp_path: Path, misreader: Misreader, believed: Believed, name: str, case: Case
) -> None:
    answers = ask(misreader, written(tmp_path, case.program), f"str({case.ask}) + chr(10)", name)
    recording = believed(f"{case.program}print({case.ask})\n", name)
    assert recording.end is not None
    assert recording.end.how == "finished"
    expected = answers.wrong["ask"][name].content if "ask" in answers.wrong else "tensor(12.)\n"
    assert printed(recording) == expected
    assert all(step.site.line for step in all_steps(recording))


def own(recording: Recording) -> list[str]:
    """The steps of the program below its imports: kind, name, and source where that says more."""
    steps = [step for step in all_steps(recording) if step.site.line > LINES]
    return [f"{step.kind.word} {step.site.name}" for step in steps]


def test_a_gradient_that_overwrites_is_taken_over_each_time(believed: Believed) -> None:
    recording = believed(X.format("3.0") + "for i in range(2):\n    (x ** 2).backward()\n", "grad_overwrites")
    steps = steps_of(recording, Kind.ACCUMULATE)
    arrived = [[gradient(recording, item) for item in step.detail[1:4]] for step in steps]
    assert arrived == [[None, 6.0, 6.0], [None, 6.0, 6.0]]
    assert [step.detail[4] for step in steps] == [True, True]


def test_no_grad_that_does_nothing_leaves_recording_on(believed: Believed) -> None:
    recording = believed(X.format("3.0") + "with torch.no_grad():\n    y = x * 2\n", "no_grad_noop")
    assert own(recording) == ["operation tensor", "statement with", "operation mul"]
    assert all_steps(recording)[-1].grad_enabled


def test_a_detach_that_does_nothing_makes_no_step_of_its_own(believed: Believed) -> None:
    text = X.format("3.0") + "y = x * 2\nz = y.detach()\nz.backward()\n"
    recording = believed(text, "detach_identity")
    assert own(recording)[1:4] == ["operation mul", "statement assign", "operation backward"]
    state = recording.state(recording.count)
    assert state.lookup("z") == state.lookup("y")


def test_a_mean_that_is_a_sum_is_one_step(believed: Believed) -> None:
    recording = believed(X.format("[3.0, 4.0]") + "y = x.mean()\n", "mean_is_sum")
    assert own(recording) == ["operation tensor", "operation sum"]
    assert value_at(recording, "y") == 7.0


@pytest.mark.parametrize("belief", ["momentum_ignored", "zero_grad_noop"])
def test_an_optimizer_shows_what_it_does(believed: Believed, belief: str) -> None:
    text = "w = torch.tensor(1.0, requires_grad=True)\no = torch.optim.SGD([w], lr=0.1, momentum=0.5)\n"
    text += "for i in range(2):\n    (w * 4).backward()\n    o.step()\n    o.zero_grad()\n"
    recording = believed(text, belief)
    stepped = {
        "momentum_ignored": ["add_", "add_"],
        "zero_grad_noop": ["detach", "clone", "add_", "mul_", "add_", "add_"],
    }
    steps = [step for step in steps_of(recording, Kind.INNER) if step.site.source == "o.step()"]
    assert [step.site.name for step in steps] == stepped[belief]
    emptied = [step.site.name for step in all_steps(recording) if step.site.source == "o.zero_grad()"]
    assert emptied == (["o.zero_grad", "set grad"] if belief == "momentum_ignored" else ["expression"]) * 2
    assert value_at(recording, "w") == pytest.approx({"momentum_ignored": 0.2, "zero_grad_noop": -0.4}[belief])


def test_an_operation_in_place_makes_another_tensor(believed: Believed) -> None:
    recording = believed("a = torch.tensor([1.0, 2.0])\nb = a\nb += 1\na.mul_(5)\n", "inplace_is_copy")
    assert own(recording) == ["operation tensor", "statement assign", "operation add", "operation mul"]
    assert (value_at(recording, "a"), value_at(recording, "b")) == ([1.0, 2.0], [2.0, 3.0])


def test_nodes_show_what_arrives_under_the_belief(believed: Believed) -> None:
    text = X.format("3.0") + "a = x * 2\ny = a ** 2 + a\ny.backward()\n"
    ignored = believed(text, "upstream_ignored")
    nodes = {step.site.name: gradients_of(ignored, step) for step in steps_of(ignored, Kind.NODE)}
    assert nodes["MulBackward0"] == ([1.0], [2.0, None])
    last = believed(text, "last_path_only")
    nodes = {step.site.name: gradients_of(last, step) for step in steps_of(last, Kind.NODE)}
    assert (nodes["PowBackward0"][1], nodes["MulBackward0"]) == ([None], ([1.0], [2.0, None])), brief(last)


def test_a_recording_without_a_belief_has_none(believed: Believed) -> None:
    recording = believed(X.format("3.0") + "x.detach().mean()\n", "")
    assert own(recording) == ["operation tensor", "operation detach", "operation mean"]
