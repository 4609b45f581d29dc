"""``tutor run --ledger`` and ``--why``: what is printed, and what bad names get."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import tutor

SOURCE = """\
import torch

w = torch.tensor(3.0, requires_grad=True)
weights = torch.ones(4, 5, requires_grad=True)
optimizer = torch.optim.SGD([w, weights], lr=0.1)
for turn in range(2):
    y = w**2 * weights.sum()
    y.backward()
optimizer.zero_grad()
print("never shown")
"""


def program(folder: Path, source: str = SOURCE) -> None:
    (folder / "program.py").write_text(source, encoding="utf-8")


def test_the_ledger_is_a_table_of_80_columns(tmp_path: Path) -> None:
    program(tmp_path)
    result = tutor("run", "program.py", "--ledger", "w", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.split("\n") == [
        "w.grad",
        "  step line  turn  what                               before     share     total",
        "    14    8     1  call 1: y ← w                        None     120.0     120.0",
        "    24    8     2  call 2: y ← w                       120.0     120.0     240.0",
        "    26    9        optimizer.zero_grad(): to None      240.0                None",
        "3 entries; w.grad is now None",
        "",
    ]


def test_large_tensors_are_told_by_their_shape_in_lines_that_fit(tmp_path: Path) -> None:
    program(tmp_path)
    result = tutor("run", "program.py", "--ledger", "weights.grad", cwd=tmp_path)
    lines = result.stdout.split("\n")
    assert max(map(len, lines)) <= 80
    assert any("+ float32[4, 5] 9.0, 9.0, 9.0, 9.0, …" in line for line in lines)


def test_the_ledger_for_machines_is_one_object_a_line(tmp_path: Path) -> None:
    program(tmp_path)
    result = tutor("run", "program.py", "--ledger", "w", "--json", cwd=tmp_path)
    entries = [json.loads(line) for line in result.stdout.splitlines()]
    assert [entry["change"] for entry in entries] == ["taken over", "added", "set to None"]
    assert [entry["call"] for entry in entries] == [1, 2, None]
    assert entries[1]["turns"] == [{"line": 6, "turn": 2}]
    assert (entries[1]["before"]["value"], entries[1]["contribution"]["value"]) == (120.0, 120.0)
    assert entries[2] | {"step": 0} == {
        "step": 0, "line": 9, "turns": [], "change": "set to None", "by": "optimizer.zero_grad()", "call": None,
        "call_step": None, "ways": [], "before": entries[1]["after"], "contribution": None, "after": None,
    }  # fmt: skip


def test_an_unknown_name_is_one_line_with_names_that_are_near(tmp_path: Path) -> None:
    program(tmp_path)
    result = tutor("run", "program.py", "--ledger", "weigths", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "tutor: weigths: no tensor has this name in the program. Did you mean weights?\n"
    program(tmp_path, "x = 1\n")
    result = tutor("run", "program.py", "--ledger", "w", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr == "tutor: w: no tensor has this name in the program. Nothing in it has a .grad.\n"


def test_a_name_whose_grad_nothing_touched_says_so(tmp_path: Path) -> None:
    program(tmp_path)
    result = tutor("run", "program.py", "--ledger", "y", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stdout.endswith("Nothing ever came into y.grad.\n")


def test_why_is_told_in_text_and_to_machines_when_asked(tmp_path: Path) -> None:
    program(tmp_path)
    text = tutor("run", "program.py", "--why", cwd=tmp_path).stdout
    assert "w.grad already held 120.0, and backward adds: 120.0 + 120.0 = 240.0." in " ".join(text.split())
    assert "│ never shown" in text
    lines = tutor("run", "program.py", "--json", "--why", cwd=tmp_path).stdout.splitlines()
    first, *steps, last = map(json.loads, lines)
    assert (first["format"], last["end"]) == ("tutor-recording", "finished")
    assert all(step["why"] and all(isinstance(part, str) for part in step["why"]) for step in steps)
    plain = tutor("run", "program.py", "--json", cwd=tmp_path).stdout.splitlines()
    assert [{key: step[key] for key in step if key != "why"} for step in steps] == list(map(json.loads, plain[1:-1]))


def test_a_program_that_raises_is_explained_and_exits_with_1(tmp_path: Path) -> None:
    program(tmp_path, "import torch\nx = torch.ones(2, requires_grad=True)\ny = x.exp()\ny += 1\ny.sum().backward()\n")
    result = tutor("run", "program.py", "--json", "--why", cwd=tmp_path)
    assert result.returncode == 1
    error = json.loads(result.stdout.splitlines()[-2])
    assert error["kind"] == "error"
    assert any("y += 1 in line 4" in paragraph for paragraph in error["why"])
