"""Wrong answers: what a program gives at its stops, as it is and under wrong readings."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import msgspec
import pytest

from tests.lesson.write import LESSON, program
from tests.recorder.reach import stops_of
from tutor.lesson.check.seen import Stop
from tutor.lesson.pack import built_in
from tutor.lesson.reading import read_program
from tutor.lesson.readings import Reading, reading_of, readings
from tutor.lesson.value import Value
from tutor.recorder.evaluate import EvaluatorError
from tutor.recorder.misread import Answers, Misreader, shares

TRAINING = """import torch
w = torch.tensor(1.0, requires_grad=True)
o = torch.optim.SGD([w], lr=0.1)
for i in range(3):
    o.zero_grad()
    loss = (w - 3) ** 2
    loss.backward()
    o.step()
"""


def named(folder: Path, text: str, *names: str) -> list[Reading]:
    """Some readings of a program."""
    read = program(folder, text)
    last = max(cell.number for cell in read.cells if cell.kind == "code")
    found = [reading_of(read, last, name) for name in names]
    assert None not in found
    return [reading for reading in found if reading is not None]


def numbers(values: dict[str, Value]) -> dict[str, object]:
    return {name: value.text for name, value in values.items()}


def test_stops_after_lines_turns_and_cells_have_answers(tmp_path: Path, misreader: Misreader) -> None:
    stops = [
        Stop("last", "w.grad", line=7),
        Stop("first", "w.grad", line=7, turn=1),
        Stop("second", "w.item()", line=8, turn=2),
        Stop("loss", "loss", line=7),
        Stop("end", "w", cell=1),
        Stop("both", "[w, w.grad]", cell=1),
    ]
    texts = ("grad_overwrites", "zero_grad_noop", "zeroing_dropped", "step_dropped", "zeroing_moved")
    answers = misreader.answers(program(tmp_path, TRAINING), stops, named(tmp_path, TRAINING, *texts))
    assert numbers(answers.right) == {
        "last": "-2.56", "first": "-4", "second": "1.72", "loss": "1.638", "end": "1.976", "both": "list(1.976, -2.56)",
    }  # fmt: skip
    piled = {"last": "-8.96", "second": "2.12", "loss": "0.7744", "end": "3.016", "both": "list(3.016, -8.96)"}
    dropped = {"last": "-4", "second": "1", "loss": "4", "end": "1", "both": "list(1, -4)"}
    assert {key: numbers(wrong) for key, wrong in answers.wrong.items()} == {
        "last": {"zero_grad_noop": piled["last"], "zeroing_dropped": piled["last"], "step_dropped": "-4"}
        | {"zeroing_moved": "None"},
        "first": {"zeroing_moved": "None"},
        **{
            key: {"zero_grad_noop": piled[key], "zeroing_dropped": piled[key], "step_dropped": dropped[key]}
            | {"zeroing_moved": dropped[key].replace("-4", "None")}
            for key in ("second", "loss", "end", "both")
        },
    }
    assert (answers.raised, answers.wrong_raised) == ([], {})


def test_what_an_expression_does_to_the_program_is_undone(tmp_path: Path, misreader: Misreader) -> None:
    text = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x**2\ny.backward(retain_graph=True)\n"
    stops = [Stop("a", "y.backward(retain_graph=True)", cell=1, group="a"), Stop("b", "x.grad", cell=1, group="a")]
    stops.append(Stop("c", "x.grad", cell=1, group="c"))
    answers = misreader.answers(program(tmp_path, text), stops, named(tmp_path, text, "grad_overwrites"))
    assert numbers(answers.right) == {"a": "None", "b": "12", "c": "6"}
    assert {key: numbers(wrong) for key, wrong in answers.wrong.items()} == {"b": {"grad_overwrites": "6"}}


CELLS = f"""{LESSON}import torch
x = torch.tensor(3.0, requires_grad=True)
(x**2).backward()
# %%
with torch.no_grad():
    y = x * 5
    x -= 1
z = x * 7
# %%
with torch.no_grad():
    v = x * 2
# %%
v.backward()  #! RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn
# %%
for i in range(3):
    y = y + x
    y.sum().backward()  #! RuntimeError
"""
"""Five cells, whose code begins on the lines 5, 9, 14, 17 and 19."""


def test_what_comes_before_an_error_counts_and_the_next_cell_is_read_anew(tmp_path: Path, misreader: Misreader) -> None:
    stops = [
        Stop("first", "x.grad", cell=2),
        Stop("line", "y.requires_grad", line=10),
        Stop("raising", "x", line=11),
        Stop("broken", "z", cell=3),
        Stop("after", "v.requires_grad", cell=4),
        Stop("error", "v.grad_fn is None", cell=5),
        Stop("state", "x", cell=5),
    ]
    read = program(tmp_path, CELLS)
    answers = misreader.answers(read, stops, named(tmp_path, CELLS, "no_grad_noop", "no_grad_unwrapped"))
    wrong = {"line": "True", "after": "True", "error": "False"}
    assert {key: numbers(found) for key, found in answers.wrong.items()} == {
        key: dict.fromkeys(("no_grad_noop", "no_grad_unwrapped"), text) for key, text in wrong.items()
    }
    assert answers.right["state"].text == "2"
    assert [(error.cell, error.line, error.announced) for error in answers.raised] == [(5, 17, True)]
    for name in ("no_grad_noop", "no_grad_unwrapped"):
        (error,) = answers.wrong_raised[name]
        assert (error.cell, error.line, error.announced, error.outside) == (3, 11, False, False)
        assert error.text.startswith("RuntimeError: a leaf Variable that requires grad")


def test_a_loop_that_an_error_leaves_early_has_no_last_turn(tmp_path: Path, misreader: Misreader) -> None:
    text = "import torch\nx = torch.tensor(4.0, requires_grad=True)\nfor i in range(3):\n    a = x * i\n"
    text += "    if i == 1:\n        x.retain = (x * 2).detach().numpy()\n"
    stops = [Stop("last", "a * 1", line=4), Stop("turn", "(x * 3).detach().requires_grad", line=4, turn=1)]
    answers = misreader.answers(program(tmp_path, text), stops, named(tmp_path, text, "detach_identity"))
    assert {key: numbers(wrong) for key, wrong in answers.wrong.items()} == {"turn": {"detach_identity": "True"}}
    assert [error.line for error in answers.wrong_raised["detach_identity"]] == [6]


def test_the_error_that_every_program_has_without_requires_grad_is_no_answer(
    tmp_path: Path, misreader: Misreader
) -> None:
    text = "import torch\nx = torch.ones(2, requires_grad=True)\ny = x.sum()\ny.backward()\n"
    answers = misreader.answers(
        program(tmp_path, text),
        [Stop("flag", "y.requires_grad", line=3), Stop("grad", "x.grad", cell=1)],
        named(tmp_path, text, "requires_grad_false"),
    )
    assert {key: numbers(wrong) for key, wrong in answers.wrong.items()} == {"flag": {"requires_grad_false": "False"}}
    assert answers.wrong_raised == {}


@pytest.mark.parametrize(
    "text",
    [
        "while x.sum() < 8:\n    pass\n",
        "import os\nif x.sum() < 8:\n    os._exit(0 if x.sum() > 8 else 3)\n",
        "import json\nif x.sum() < 8:\n    json.loads('no')\n",
    ],
)
def test_a_reading_that_cannot_be_carried_out_says_nothing(tmp_path: Path, misreader: Misreader, text: str) -> None:
    text = f"import torch\nx = torch.tensor([3.0, 5.0])\na = x.sum()\n{text}"
    stops = [Stop("a", "a", line=3), Stop("x", "x.sum()", cell=1)]
    answers = misreader.answers(program(tmp_path, text), stops, named(tmp_path, text, "sum_is_mean"), timeout=2)
    assert numbers(answers.right) == {"a": "8", "x": "8"}
    assert (answers.wrong, answers.wrong_raised) == ({}, {})


def test_a_reading_that_cannot_be_carried_out_takes_no_other_with_it(tmp_path: Path, misreader: Misreader) -> None:
    text = "import torch\nx = torch.tensor([3.0, 5.0])\nwhile x.sum() < 8:\n    pass\na = x.mean() + x.sum()\n"
    names = ("mean_is_sum", "sum_is_mean", "detach_identity", "grad_overwrites", "mean_is_sum")
    found = [reading._replace(name=f"{number}") for number, reading in enumerate(named(tmp_path, text, *names))]
    answers = misreader.answers(program(tmp_path, text), [Stop("a", "a", cell=1)], found, timeout=2)
    assert {key: numbers(wrong) for key, wrong in answers.wrong.items()} == {"a": {"0": "16", "4": "16"}}


@pytest.mark.parametrize("name", ["09_zero_grad", "14_manual_update", "18_adam", "26_hooks", "28_dead_gradients"])
def test_readings_in_one_process_give_what_they_give_alone(
    misreader: Misreader, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    read = read_program(built_in() / f"{name}.py")
    last = max(cell.number for cell in read.cells if cell.kind == "code")
    found, stops = readings(read, last), stops_of(read)
    together = misreader.answers(read, stops, found)
    assert together.wrong
    monkeypatch.setattr("tutor.recorder.misread.shares", lambda cells: False)
    alone = misreader.answers(read, stops, list(reversed(found)))
    assert encode(together) == encode(alone)


def encode(answers: Answers) -> bytes:
    """Answers as text, in an order of their own, since a number that is not a number is not equal to itself."""
    return msgspec.json.encode(answers, order="sorted")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import torch\nimport numpy as np\nfrom torch import nn\nx = torch.ones(2)\nw.grad = None", True),
        ("import helper", False),
        ("from . import helper", False),
        ("import os", False),
        ("import torch\ntorch.set_default_dtype(torch.float64)", False),
        ("import torch\ntorch.add = 3", False),
        ("exec('x = 1')", False),
        ("import torch\ntorch.compile(f)", False),
    ],
)
def test_a_program_that_could_leave_something_behind_has_a_process_for_each_reading(text: str, expected: bool) -> None:
    assert shares([(1, 1, text)]) is expected


def test_a_program_that_does_not_end_has_no_answers(tmp_path: Path, misreader: Misreader) -> None:
    text = "import torch\nx = torch.ones(2).sum()\nwhile True:\n    pass\n"
    begun = time.monotonic()
    read = program(tmp_path, text)
    answers = misreader.answers(read, [Stop("x", "x", cell=1)], readings(read, 1), timeout=0.5)
    assert (answers.right, answers.wrong) == ({}, {})
    assert time.monotonic() - begun < 5
    assert numbers(misreader.values(program(tmp_path, "x = 5\n"), [Stop("x", "x", cell=1)])) == {"x": "5"}


def test_the_expression_is_read_under_the_belief_too(tmp_path: Path, misreader: Misreader) -> None:
    text = "import torch\nx = torch.tensor([3.0, 5.0])\ny = x.mean()\n"
    stops = [Stop("cell", "x.mean()", cell=1), Stop("line", "x.mean()", line=2)]
    answers = misreader.answers(program(tmp_path, text), stops, named(tmp_path, text, "mean_is_sum"))
    assert {key: numbers(wrong) for key, wrong in answers.wrong.items()} == {
        "cell": {"mean_is_sum": "8"},
        "line": {"mean_is_sum": "8"},
    }


def test_only_the_cells_up_to_the_last_stop_run(tmp_path: Path, misreader: Misreader) -> None:
    text = f"{LESSON}x = 1\n# %%\nimport time\ntime.sleep(60)\n"
    assert numbers(misreader.values(program(tmp_path, text), [Stop("x", "x", cell=2)], timeout=5)) == {"x": "1"}


def test_a_misreader_that_is_closed_ends_who_waits_for_it(tmp_path: Path) -> None:
    misreader = Misreader()
    read = program(tmp_path, f"import time\nopen({str(tmp_path / 'begun')!r}, 'w')\ntime.sleep(60)\n")
    caught: list[BaseException] = []

    def wait() -> None:
        with pytest.raises(EvaluatorError) as error:
            misreader.answers(read, [Stop("x", "1", cell=1)], [], timeout=60)
        caught.append(error.value)

    thread = threading.Thread(target=wait)
    thread.start()
    while not (tmp_path / "begun").exists():
        assert thread.is_alive()
    begun = time.monotonic()
    misreader.close()
    thread.join(20)
    assert not thread.is_alive()
    assert len(caught) == 1
    assert time.monotonic() - begun < 10
    with pytest.raises(EvaluatorError):
        misreader.answers(read, [], [])


def test_a_process_that_died_is_replaced(tmp_path: Path) -> None:
    with Misreader() as misreader:
        misreader.warm()
        assert misreader._evaluator is not None
        misreader._evaluator.stop()
        read = program(tmp_path, "x = 5\n")
        with pytest.raises(EvaluatorError):
            misreader.values(read, [Stop("x", "x", cell=1)])
        assert numbers(misreader.values(read, [Stop("x", "x", cell=1)])) == {"x": "5"}
