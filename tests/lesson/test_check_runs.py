"""What the check says of a lesson that it runs: each rule is broken by a small lesson."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lesson.checked import QUESTION, TOP, check, check_text, refusals, warnings
from tutor.lesson.check.problem import Problem
from tutor.recorder.evaluate_lesson import LessonRunner

SLOPE = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x**2\ny.backward()\n"
"""Four lines; ``x.grad`` is 6 after them, ``y`` is 9."""


@pytest.fixture(scope="module")
def runner() -> Iterator[LessonRunner]:
    with LessonRunner(timeout=5, max_steps=2000) as runner:
        yield runner


def checked(folder: Path, code: str, runner: LessonRunner) -> list[Problem]:
    return check_text(folder, TOP + code, runner.look)


def refused(folder: Path, code: str, runner: LessonRunner) -> list[tuple[int, str]]:
    return refusals(checked(folder, code, runner))


def asking(*wrongs: str, ask: str = "x.grad", kind: str = "number") -> str:
    """A question; its ``ask`` is on line 15 after ``SLOPE``, its first wrong answer on line 19."""
    question = QUESTION.replace('"x.grad"', json.dumps(ask)).replace('"number"', f'"{kind}"')
    return question + "".join(f'#\n# [[wrong]]\n# {wrong}\n# why = "W"\n' for wrong in wrongs)


# The run


def test_a_lesson_that_says_what_is_true_is_accepted(tmp_path: Path, runner: LessonRunner) -> None:
    code = SLOPE.replace("y.backward()", "y.backward()  #? x.grad") + "print(x.grad)  #> tensor(6.)\n"
    wrongs = ('value = "y"', 'change = ["x**2", "x**3"]', 'read_as = "grad_overwrites"', 'value = "RuntimeError"')
    assert refused(tmp_path, code + "(x * 5).backward()\n" + asking(*wrongs), runner) == []


def test_a_lesson_that_does_not_end_is_refused(tmp_path: Path) -> None:
    with LessonRunner(timeout=0.5) as runner:
        (found,) = (each for each in checked(tmp_path, "x = 1\nimport time\ntime.sleep(60)\n", runner) if each.refused)
    assert (found.line, found.rule) == (8, "run")
    assert "did not end in its time" in found.text


def test_a_lesson_that_does_not_end_is_waited_for_once(tmp_path: Path) -> None:
    wrongs = ('change = ["x = 1", "x = 2"]', 'change = ["x = 1", "x = 3"]', 'change = ["x = 1", "x = 4"]')
    with LessonRunner(timeout=2) as runner:
        refused(tmp_path, "x = 1\n", runner)
        begun = time.monotonic()
        assert refused(tmp_path, "x = 1\nimport time\ntime.sleep(60)\n" + asking(*wrongs), runner) == [(8, "run")]
    assert time.monotonic() - begun < 6


def test_a_lesson_with_too_many_steps_is_refused(tmp_path: Path, runner: LessonRunner) -> None:
    assert refused(tmp_path, "n = 0\nwhile True:\n    n += 1\n", runner) in ([(8, "run")], [(9, "run")])


def test_a_lesson_whose_process_ends_is_refused_and_the_next_is_checked(tmp_path: Path, runner: LessonRunner) -> None:
    assert refused(tmp_path, "import os\nos.kill(os.getpid(), 9)\n", runner) == [(7, "run")]
    assert refused(tmp_path, "x = 1\n", runner) == []


def test_what_a_lesson_leaves_running_is_ended(tmp_path: Path, runner: LessonRunner) -> None:
    code = "import subprocess\nx = subprocess.Popen(['sleep', '1000'])\nopen('pid', 'w').write(str(x.pid))\n"
    code = code.replace("'pid'", repr(str(tmp_path / "pid"))).replace("x = ", "x = None or ")
    checked(tmp_path, code, runner)
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_a_lesson_prints_and_closes_harms_no_other(tmp_path: Path, runner: LessonRunner) -> None:
    code = "import os\nfor number in range(3, 100):\n    try:\n        os.write(number, b'\\1\\0\\0\\0x' * 9)\n"
    checked(tmp_path, code + "        os.close(number)\n    except OSError:\n        pass\n", runner)
    assert refused(tmp_path, "x = 1  #? x + 2\n", runner) == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import time\nx = time.time()\n", 8),
        ("x = {'a', 'b', 'c', 'd', 'e'}\n", 7),
        ("import os\nx = 1\ny = os.getpid()\n", 9),
        ("import torch\nx = 2\nx = torch.Generator().seed()\n", 9),
    ],
)
def test_another_recording_the_second_time_is_refused(
    tmp_path: Path, runner: LessonRunner, code: str, line: int
) -> None:
    assert refused(tmp_path, code, runner) == [(line, "repeat")]


def test_random_numbers_and_layers_are_the_same_twice(tmp_path: Path, runner: LessonRunner) -> None:
    code = "import random, torch\nm = torch.nn.Linear(2, 3)\nx = torch.rand(2)\nr = random.random()\ny = m(x)\n"
    assert refused(tmp_path, code, runner) == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("x = 1\nprint(x)  #> 2\n", 8),
        ("x = 1\nx += 1  #> 2\n", 8),
        ("for x in range(2):\n    print(x)\n    #> 0\n", 9),
        ("print(1)\nprint(2)\n#> 1\n#> 2\n", 9),
        ("def f():\n    print(1)\n\nf()  #> 1\n", 10),
    ],
)
def test_an_output_that_is_not_all_is_refused(tmp_path: Path, runner: LessonRunner, code: str, line: int) -> None:
    assert refused(tmp_path, code, runner) == [(line, "printed")]


def test_outputs_are_taken_by_statement(tmp_path: Path, runner: LessonRunner) -> None:
    code = "for x in range(2):\n    print(\n        x,\n    )\n    #> 0\n    #> 1\n"
    code += "print(8, end='')  #> 8\nprint(9)  #> 9\ny = [\n    2,\n    print(7),\n]  #> 7\n"
    code += (
        "def f():\n    print(1)  #> 1\n\nf()\nimport sys\nprint('e', file=sys.stderr)\nsys.stdout.write('w')  #> w\n"
    )
    assert refused(tmp_path, code, runner) == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("x = 1\nx / 0\n", 8),
        ("x = 1\nx / 0  #! ValueError\n", 8),
        ("x = 1\nx / 1  #! ZeroDivisionError\n", 8),
        ("x = 1\nx / 0\nx = 2  #! ZeroDivisionError\n", 9),
        ("x = 1\nx / 0  #! ZeroDivisionError: wrong text\n", 8),
    ],
)
def test_an_error_that_is_not_announced_so_is_refused(
    tmp_path: Path, runner: LessonRunner, code: str, line: int
) -> None:
    assert refused(tmp_path, code, runner) == [(line, "raised")]


def test_an_announced_error_ends_its_cell_only(tmp_path: Path, runner: LessonRunner) -> None:
    code = "x = 1\nx / 0  #! ZeroDivisionError: division ...\n# %%\nx = 5\nx + 1  #? x\n"
    assert refused(tmp_path, code, runner) == []


# What is asked


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("x = 1  #? y\n", 7),
        ("x = 1\nif x == 2:\n    x = 3  #? x\n", 9),
        ("for x in range(2):\n    y = x  #? y @ turn 3\n", 8),
        ("x = 1  #? x.grad\n", 7),
    ],
)
def test_a_prediction_that_has_no_value_there_is_refused(
    tmp_path: Path, runner: LessonRunner, code: str, line: int
) -> None:
    assert refused(tmp_path, code, runner) == [(line, "ask")]


@pytest.mark.parametrize(
    "code",
    [
        "for x in range(3):\n    y = x  #? [9][y - 2]\n",
        "for x in range(3):\n    y = x  #? [9][y - 1 or 5 * (y != 1)] @ turn 2\n",
        "for a in range(2):\n    for x in range(3):\n        y = x  #? [9][y - 1 or 5 * (y != 1)] @ turn 2\n",
        "def f(x):\n    z = x\n    return z  #? z + 3\n\nf(4)\n",
        "def f(x):\n    for y in range(x):  #? [9][y - 1]\n        pass\n\nf(2)\n",
        "x = 1\nwith open('/dev/null') as f:  #? f.closed or 7\n    x = 2\n",
        "x = 1; y = 2  #? y + 3\n",
        "x = 1\nif x: y = 2  #? y + 3\n",
        "x = 1\nx / 0  #? x + 4\n#! ZeroDivisionError\n",
        "@staticmethod\ndef f():  #? f.__name__\n    pass\n",
    ],
)
def test_a_prediction_is_evaluated_after_its_line_at_its_turn(tmp_path: Path, runner: LessonRunner, code: str) -> None:
    assert refused(tmp_path, code, runner) == []


@pytest.mark.parametrize("ask", ["x.gradd", "unknown", "1 / 0"])
def test_a_question_whose_ask_has_no_value_is_refused(tmp_path: Path, runner: LessonRunner, ask: str) -> None:
    assert refused(tmp_path, SLOPE + asking('value = "7"', ask=ask), runner) == [(15, "ask")]


def test_a_question_is_asked_after_the_cell_above_it(tmp_path: Path, runner: LessonRunner) -> None:
    code = SLOPE + asking('value = "6.5"', 'value = "4.0"') + "# %%\nx.grad.fill_(4.0)\n"
    assert refused(tmp_path, code, runner) == []


def test_what_an_answer_does_to_the_program_is_undone(tmp_path: Path, runner: LessonRunner) -> None:
    code = SLOPE + asking('value = "x.grad.fill_(3.0)"') + "# %%\nx = x.grad.item()  #? [5, 7][x != 6]\n"
    assert refused(tmp_path, code, runner) == []


# Answers


@pytest.mark.parametrize(
    ("wrongs", "line"),
    [
        (['value = "x.grad"'], 19),
        (['value = "2 * x"'], 19),
        (['value = "6"'], 19),
        (['value = "6.001"'], 19),
        (['value = "torch.tensor(6.0, dtype=torch.float64)"'], 19),
        (['change = ["x**2", "x * x"]'], 19),
        (['value = "y"', 'value = "9.0"'], 23),
        (['value = "[1, 2]"', 'value = "torch.tensor([1.0, 2.0])"'], 23),
        (['value = "None"', 'value = "y.backward"', 'value = "None"'], 27),
        (['value = "RuntimeError"', 'value = "RuntimeError(3)"'], 23),
        (['change = ["3.0", "4.0"]', 'value = "8.0"'], 23),
    ],
)
def test_two_answers_that_are_one_are_refused(
    tmp_path: Path, runner: LessonRunner, wrongs: list[str], line: int
) -> None:
    assert refused(tmp_path, SLOPE + asking(*wrongs), runner) == [(line, "same")]


TWICE = SLOPE + "(x * x.detach() * 2).backward()\n"
"""Five lines; ``x.grad`` is 12 after them. The first wrong answer of a question below is on line 20."""


@pytest.mark.parametrize(
    ("wrongs", "line"),
    [
        (['read_as = "no_grad_noop"'], 20),
        (['read_as = "grad_overwrites"', 'read_as = "grad_overwrites"'], 24),
        (['read_as = "grad_overwrites"', 'value = "6.0"'], 24),
        (['change = ["x**2", "x**2 * 0"]', 'read_as = "grad_overwrites"'], 24),
        (['read_as = "grad_overwrites"', 'read_as = "last_path_only"', 'read_as = "upstream_ignored"'], 24),
    ],
)
def test_a_misreading_with_the_answer_of_another_is_refused(
    tmp_path: Path, runner: LessonRunner, wrongs: list[str], line: int
) -> None:
    found = refused(tmp_path, TWICE + asking(*wrongs), runner)
    assert found[0] == (line, "same")


def test_two_misreadings_with_one_answer_are_refused_only_as_answers_to_one_question(
    tmp_path: Path, runner: LessonRunner
) -> None:
    code = "import torch\nw = torch.tensor(3.0, requires_grad=True)\no = torch.optim.SGD([w])\n"
    code += "(w**2).backward()\no.zero_grad()\n"
    one, other = 'read_as = "zero_grad_noop"', 'read_as = "zeroing_dropped"'
    assert refused(tmp_path, code + asking(one, other, ask="w.grad", kind="choice"), runner) == [(24, "same")]
    apart = asking(one, ask="w.grad", kind="choice") + asking(other, ask="w.grad", kind="choice").replace('"q"', '"r"')
    assert refused(tmp_path, code + apart, runner) == []


NOTHING = "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x * 2\nwith torch.no_grad():\n    x -= 5 * y\n"
"""Five lines; ``x`` is -27 after them, and under ``no_grad_noop`` an error is raised in the last."""


def test_a_misreading_that_raises_before_the_question_is_refused(tmp_path: Path, runner: LessonRunner) -> None:
    problems = checked(tmp_path, NOTHING + asking('read_as = "no_grad_noop"', ask="x"), runner)
    (found,) = (each for each in problems if each.refused)
    assert (found.line, found.rule) == (20, "reading")
    assert found.text.startswith("under no_grad_noop RuntimeError: a leaf Variable that requires grad is being")
    assert "in line 11." in found.text


def test_a_misreading_under_which_the_question_has_no_value_is_refused(tmp_path: Path, runner: LessonRunner) -> None:
    code = NOTHING.replace("x -= 5 * y", "z = y * 5")
    assert refused(tmp_path, code + asking('read_as = "no_grad_noop"', ask="z.numpy()"), runner) == [(20, "reading")]


def test_a_misreading_goes_on_in_the_cell_after_an_error(tmp_path: Path, runner: LessonRunner) -> None:
    code = NOTHING + "# %%\nw = torch.tensor(4.0, requires_grad=True)\nwith torch.no_grad():\n    v = w * 2\n"
    question = asking('read_as = "no_grad_noop"', ask="v.requires_grad", kind="choice")
    assert refused(tmp_path, code + question, runner) == []


def test_a_misreading_that_does_not_end_is_refused(tmp_path: Path) -> None:
    code = "import torch\nx = torch.tensor([3.0, 5.0])\nwhile x.sum() < 8:\n    pass\n"
    with LessonRunner(timeout=2) as runner:
        assert refused(tmp_path, code + asking('read_as = "sum_is_mean"', ask="x"), runner) == [(19, "reading")]


def test_a_misreading_of_what_is_not_there_is_refused(tmp_path: Path, runner: LessonRunner) -> None:
    problems = checked(tmp_path, SLOPE + asking('read_as = "zeroing_dropped"') + "# %%\nx.grad = None\n", runner)
    (found,) = (each for each in problems if each.refused)
    assert (found.line, found.rule) == (19, "belief")
    assert found.text.startswith("nothing in the code above can be read as zeroing_dropped. Name another misreading")


def test_a_misreading_answers_which_error_comes(tmp_path: Path, runner: LessonRunner) -> None:
    freed = SLOPE + "y.backward()  #! RuntimeError: Trying to backward ...\n"
    assert refused(tmp_path, freed + asking('read_as = "graph_never_freed"', kind="error"), runner) == []
    moved = SLOPE + "x * x.numpy()  #! RuntimeError: Can't call numpy() ...\n"
    assert refused(tmp_path, moved + asking('read_as = "requires_grad_false"', kind="error"), runner) == []
    assert refused(tmp_path, moved + asking('read_as = "grad_overwrites"', kind="error"), runner) == [(20, "same")]


@pytest.mark.parametrize("value", ["True", "[6.0]", "6.02", "None", "'6.0'", "float('nan')", "ValueError", "x.shape"])
def test_answers_that_differ_are_accepted(tmp_path: Path, runner: LessonRunner, value: str) -> None:
    assert refused(tmp_path, SLOPE + asking(f'value = "{value}"'), runner) == []


@pytest.mark.parametrize("value", ["unknown", "x.grad[3]", "1 / 0"])
def test_a_wrong_answer_that_has_no_value_is_refused(tmp_path: Path, runner: LessonRunner, value: str) -> None:
    assert refused(tmp_path, SLOPE + asking(f'value = "{value}"'), runner) == [(19, "value")]


@pytest.mark.parametrize(
    "change",
    [
        '["x**2", "x**"]',
        '["y.backward()", "z.backward()"]',
        '["requires_grad=True", "requires_grad=False"]',
        '["y = x**2", "import os; os._exit(0)"]',
        '["x = ", "w = "]',
    ],
)
def test_a_changed_program_that_does_not_run_is_refused(tmp_path: Path, runner: LessonRunner, change: str) -> None:
    assert refused(tmp_path, SLOPE + asking(f"change = {change}"), runner) == [(19, "change")]


def test_the_error_of_a_changed_program_is_said(tmp_path: Path, runner: LessonRunner) -> None:
    (found,) = (each for each in checked(tmp_path, SLOPE + asking('change = ["y = ", "z = "]'), runner) if each.refused)
    assert found.text.startswith("the changed program raises NameError: name 'y' is not defined in line 10.")


def test_a_changed_program_that_does_not_end_is_refused(tmp_path: Path) -> None:
    wrong = 'change = ["y = x**2", "import time; time.sleep(60)"]'
    with LessonRunner(timeout=2) as runner:
        assert refused(tmp_path, SLOPE + asking(wrong), runner) == [(19, "change")]


RAISING = SLOPE + "y.backward()  #! RuntimeError: Trying to backward ...\n"
"""Five lines."""


@pytest.mark.parametrize(("code", "ask"), [(RAISING, "x.grad"), (SLOPE + "\n", "y.backward()")])
def test_a_question_about_an_error_has_the_error_for_an_answer(
    tmp_path: Path, runner: LessonRunner, code: str, ask: str
) -> None:
    wrongs = ('value = "7.0"', 'value = "4.0"', 'value = "ValueError"', 'change = ["y = x**2", "y = x + 2"]')
    assert refused(tmp_path, code + asking(*wrongs, ask=ask, kind="error"), runner) == []
    assert refused(tmp_path, code + asking('value = "RuntimeError"', ask=ask, kind="error"), runner) == [(20, "same")]


def test_a_question_about_an_error_that_does_not_come_is_refused(tmp_path: Path, runner: LessonRunner) -> None:
    assert refused(tmp_path, SLOPE + asking('value = "7"', kind="error"), runner) == [(15, "error")]


# Warnings


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (SLOPE.replace("3.0", "0.0") + asking('value = "7"'), [15]),
        (SLOPE.replace("3.0", "0.5") + asking('value = "7"'), [15]),
        (SLOPE.replace("3.0", "1.0") + asking('value = "7"'), [15]),
        (SLOPE.replace("x**2", "x**3 / 9").replace("y.backward()", "y.backward()  #? x.grad"), [10]),
        (SLOPE.replace("y.backward()", "y.backward()  #? x.grad"), []),
        (SLOPE + asking('value = "7"'), []),
        (SLOPE + asking('value = "7"', ask="1", kind="choice"), []),
    ],
)
def test_numbers_that_many_beliefs_give_are_warned_of(
    tmp_path: Path, runner: LessonRunner, code: str, lines: list[int]
) -> None:
    found = [line for line, rule in warnings(checked(tmp_path, code, runner)) if rule == "numbers"]
    assert found == lines


def test_the_minutes_are_estimated_from_the_run(tmp_path: Path, runner: LessonRunner) -> None:
    loop = "for turn in range(50):\n" + "".join(f"    x{number} = {number}\n" for number in range(15))
    (found,) = (each for each in checked(tmp_path, loop, runner) if each.rule == "minutes")
    assert (found.line, found.text[:38]) == (3, "it says 1, but about 2.1 are likely. C")


def test_a_notebook_is_checked_by_cell_and_line(tmp_path: Path, runner: LessonRunner) -> None:
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
        for source in ("x = 1", "y = 2\nprint(y)  #> 3")
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (found,) = check(path, runner.look)
    assert (found.rule, found.place) == ("printed", "cell 2, line 2")
