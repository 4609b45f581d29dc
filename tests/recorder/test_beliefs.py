"""What programs give under wrong beliefs, run plainly: the numbers are derived by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recorder.believed import CASES, FREED, Case, X
from tests.recorder.misreading import ask, written
from tutor.lesson.beliefs import MACHINE
from tutor.lesson.changes import code_cells
from tutor.lesson.check.seen import Stop
from tutor.lesson.reading import read_program
from tutor.lesson.readings import reading_of, readings
from tutor.lesson.value import Value
from tutor.recorder.evaluate import Evaluator, Work
from tutor.recorder.misread import Misreader, read, taken
from tutor.recorder.process import Request


def plain(value: object) -> object:
    """A value as tuples of numbers and truths; None as a text."""
    content = value.items if isinstance(value, Value) and value.items is not None else value
    if isinstance(content, Value):
        content = content.content
    if isinstance(content, list):
        return tuple(map(plain, content))
    return "None" if content is None else content


def near(one: object, other: object) -> bool:
    """Whether two of those are the same, but for rounding."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(near, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-4)
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_belief_gives_its_number(tmp_path: Path, misreader: Misreader, case: Case) -> None:
    answers = ask(misreader, written(tmp_path, case.program), case.ask, *case.believed)
    assert answers.raised == []
    assert near(plain(answers.right["ask"]), case.right), plain(answers.right["ask"])
    assert answers.wrong_raised == {}
    wrong = answers.wrong.get("ask", {})
    for name, expected in case.believed.items():
        if expected is None:
            assert name not in wrong, name
        else:
            assert near(plain(wrong[name]), expected), (name, plain(wrong[name]))


@pytest.mark.parametrize(("start", "text", "expected"), FREED)
def test_a_graph_that_is_never_freed(
    tmp_path: Path, misreader: Misreader, start: str, text: str, expected: float
) -> None:
    program = written(tmp_path, f"{X.format(start)}{text}  #! RuntimeError: Trying to backward ...\n")
    answers = ask(misreader, program, "x.grad", "graph_never_freed", "mean_is_sum")
    assert [(error.announced, error.outside) for error in answers.raised] == [(True, False)]
    assert {name: plain(value) for name, value in answers.wrong["ask"].items()} == {"graph_never_freed": expected}
    assert answers.wrong_raised == {"graph_never_freed": []}


def test_each_misreading_of_the_machine_gives_a_number_in_two_programs() -> None:
    given = [name for case in CASES.values() for name, expected in case.believed.items() if expected is not None]
    given += ["graph_never_freed" for _ in FREED]
    assert {name: given.count(name) >= 2 for name in MACHINE} == dict.fromkeys(MACHINE, True)


TRAINING = """torch.manual_seed(3)
net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 1))
X, Y = torch.randn(5, 2), torch.randn(5, 1)
opt = torch.optim.{}(net.parameters(), lr=0.05)
for turn in range(4):
    opt.zero_grad()
    loss = nn.SmoothL1Loss(beta=0.5)(net(X), Y)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
weights = [weight.tolist() for weight in net.parameters()]
"""


@pytest.mark.parametrize("optimizer", ["Adam", "SGD", "AdamW", "RMSprop", "Adagrad", "NAdam"])
def test_torch_itself_is_untouched(tmp_path: Path, evaluator: Evaluator, optimizer: str) -> None:
    program = written(tmp_path, TRAINING.format(optimizer))
    untouched = (
        "no_grad_noop",
        "detach_identity",
        "detach_copies",
        "sum_is_mean",
        "inplace_is_copy",
        "nonleaf_keep_grad",
        "mse_elementwise",
        "momentum_ignored",
        "hooks_observe_only",
        "vjp_vector_ignored",
        "graph_never_freed",
        "eval_disables_grad",
        "zero_grad_zeros",
        "grad_overwrites",
        "step_also_zeroes",
    )
    request, stop = Request.of(program), Stop("weights", "weights", cell=1)
    found = [reading for name in untouched if (reading := reading_of(program, 1, name)) is not None]
    evaluator.send(Work(request, texts=code_cells(program, 1), stops=[stop]))
    right = taken(evaluator.receive())
    for name, run in zip(untouched, read(evaluator, request, program, [stop], found, right, 60), strict=True):
        assert run is not None, name
        assert (run.values, run.raised) == (right.values, []), name


PROGRAMS = sorted((Path(__file__).parents[1] / "programs").glob("*.py"))
UNWILLING = {("deep_copy", "detach_identity")}
"""Programs that hand on to Python's own library what the belief gives them, and fail in there."""


def test_no_program_fails_outside_itself(evaluator: Evaluator) -> None:
    """Each belief that could matter for a program, in turn from program to program."""
    failed = []
    for number, path in enumerate(PROGRAMS[::2]):
        program = read_program(path)
        found = [reading for reading in readings(program, 1) if reading.belief]
        if not found:
            continue
        reading = found[number % len(found)]
        request = Request.of(program)
        evaluator.send(Work(request, 10, texts=code_cells(program, 1)))
        right = taken(evaluator.receive())
        if right.reason or (path.stem, reading.name) in UNWILLING:
            continue
        (run,) = read(evaluator, request, program, [], [reading], right, 20)
        if run is None:
            failed.append((path.stem, reading.name))
    assert failed == []
