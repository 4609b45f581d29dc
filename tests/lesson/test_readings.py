"""The wrong ways to read a program: what each makes of the source, and which of them could matter."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

import pytest

from tests.lesson.write import LESSON, notebook, program
from tutor.lesson.beliefs import BELIEFS, MACHINE, PROGRAM
from tutor.lesson.misreadings import misread
from tutor.lesson.pack import built_in
from tutor.lesson.program import Program
from tutor.lesson.reading import read_program
from tutor.lesson.readings import read_as_program, reading_of, readings

PROGRAMS = sorted((Path(__file__).parents[1] / "programs").glob("*.py")) + sorted(built_in().glob("*.py"))


def last_cell(read: Program) -> int:
    return max(cell.number for cell in read.cells if cell.kind == "code")


CHANGES = [
    ("zeroing_dropped", "optimizer.zero_grad()", "pass"),
    ("zeroing_dropped", "w.grad.zero_()  # gone", "pass  # gone"),
    ("zeroing_dropped", "w.grad.data.zero_(); x = 1", "pass; x = 1"),
    ("zeroing_dropped", "for w in weights:\n    w.grad = None", "for w in weights:\n    pass"),
    ("zeroing_dropped", "a.grad = b.grad = None", "pass"),
    ("zeroing_dropped", "model.zero_grad(\n    set_to_none=True,\n); y = 2", "(\n\n); y = 2"),
    ("zeroing_dropped", "w.zero_()\nw.grad = torch.ones(2)\nx = w.grad.zero_()", None),
    ("step_dropped", "if ready: optimizer.step()", "if ready: pass"),
    ("step_dropped", "rates = torch.optim.lr_scheduler.StepLR(o, 1)\nrates.step()", None),
    ("step_dropped", "scheduler.step()\nloss = o.step(closure)", None),
    ("retain_grad_dropped", "y.retain_grad()", "pass"),
    ("no_grad_unwrapped", "with torch.no_grad():\n    w -= 1", "if True:\n    w -= 1"),
    ("no_grad_unwrapped", "with no_grad(): w -= 1", "if True: w -= 1"),
    ("no_grad_unwrapped", "with (torch.no_grad()):\n    w -= 1", "if (True):\n    w -= 1"),
    ("no_grad_unwrapped", "@torch.no_grad()\ndef f(): pass", "@(lambda function: function)\ndef f(): pass"),
    ("no_grad_unwrapped", "with open('a') as f, torch.no_grad():\n    pass", None),
    ("no_grad_unwrapped", "with torch.enable_grad():\n    pass", None),
    ("requires_grad_false", "x = torch.ones(2, requires_grad=True)", "x = torch.ones(2, requires_grad=False)"),
    ("requires_grad_false", "x.requires_grad_()", "x.requires_grad_(False)"),
    ("requires_grad_false", "x.requires_grad = True", "x.requires_grad = False"),
    ("requires_grad_false", "x.requires_grad_(False); y.train = True", None),
    ("retain_graph_false", "y.backward(retain_graph=True)", "y.backward(retain_graph=False)"),
    ("create_graph_false", "g, = grad(y, x, create_graph=True)", "g, = grad(y, x, create_graph=False)"),
    ("in_place_as_rebinding", "w -= lr * w.grad", "w = w - (lr * w.grad)"),
    ("in_place_as_rebinding", "w **= 2  # é", "w = w ** (2)  # é"),
    ("in_place_as_rebinding", "é = 'ü'; é += 'ß'; x = é", "é = 'ü'; é = é + ('ß'); x = é"),
    ("in_place_as_rebinding", "w -= f(\n    1,\n)", "w = w - (f(\n    1,\n))"),
    ("in_place_as_rebinding", "w.data -= 1\nx[0] += 2", None),
    ("rebinding_as_in_place", "w = w - lr * w.grad", "w -= lr * w.grad"),
    ("rebinding_as_in_place", "w = w - (a + b)", "w -= (a + b)"),
    ("rebinding_as_in_place", "w = (w\n     ** 2)", "w **= (2\n)"),
    ("rebinding_as_in_place", "w = w - f(\n    1)", "w -= (f(\n    1))"),
    ("rebinding_as_in_place", "w = x - w\nw = w - x - y\nw = v = w - 1\nw.a = w.a - 1", None),
    (
        "zeroing_moved",
        "for i in range(3):\n    o.zero_grad()\n    loss = f()\n    loss.backward()\n    o.step()",
        "for i in range(3):\n    pass\n    loss = f()\n    loss.backward(); o.zero_grad()\n    o.step()",
    ),
    (
        "zeroing_moved",
        "f().backward()  # é\nwith torch.no_grad():\n    w -= w.grad\n    w.grad.zero_()\nb.grad = None",
        "f().backward(); w.grad.zero_(); b.grad = None  # é\nwith torch.no_grad():\n    w -= w.grad\n    pass\npass",
    ),
    ("zeroing_moved", "f().backward()\no.zero_grad()\no.step()", None),
    ("zeroing_moved", "o.zero_grad()\nf().backward()", None),
    ("zeroing_moved", "f().backward()\ng().backward()\no.step()\no.zero_grad()", None),
]


@pytest.mark.parametrize(("name", "text", "changed"), CHANGES)
def test_a_misreading_of_the_program_changes_its_text(name: str, text: str, changed: str | None) -> None:
    assert misread(name, text) == changed


def test_each_misreading_of_the_program_is_tried() -> None:
    assert {name for name, _, changed in CHANGES if changed is not None} == set(PROGRAM)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_every_statement_keeps_its_line(path: Path) -> None:
    read = read_program(path)
    for reading in readings(read, last_cell(read)):
        changed = read_as_program(read, reading)
        assert (changed.path, changed.cells) == (read.path, read.cells)
        assert (changed.source == read.source) == bool(reading.belief)
        before, after = ast.parse(read.source), ast.parse(changed.source)
        assert lines(before) <= lines(after)
        assert comments(read.source) == comments(changed.source)


def lines(tree: ast.Module) -> set[int]:
    """The lines on which statements begin."""
    return {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)}


def comments(source: str) -> list[tuple[int, str]]:
    """Line and text of each comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


TRAINING = """
import torch
w = torch.tensor(1.0, requires_grad=True)
o = torch.optim.SGD([w], lr=0.1)
for i in range(3):
    o.zero_grad()
    loss = (w - 3) ** 2
    loss.backward()
    o.step()
"""


def names(folder: Path, text: str, last: int | None = None) -> set[str]:
    """The readings of a program."""
    read = program(folder, text)
    return {reading.name for reading in readings(read, last or last_cell(read))}


def test_the_readings_are_those_that_could_matter(tmp_path: Path) -> None:
    assert names(tmp_path, TRAINING) == {
        "grad_overwrites", "zero_grad_noop", "zero_grad_zeros", "step_also_zeroes", "backward_also_steps",
        "nonleaf_keep_grad", "upstream_ignored", "last_path_only", "mse_elementwise", "graph_never_freed",
        "zeroing_dropped", "step_dropped", "requires_grad_false", "zeroing_moved",
    }  # fmt: skip
    assert names(tmp_path, "x = 1\nprint('detach zero_grad backward mean')  # x.detach()\n") == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("with torch.no_grad():\n    pass", "no_grad_noop"),
        ("y = x.detach()", "detach_identity"),
        ("y = torch.detach(x)", "detach_copies"),
        ("x.mean()", "mean_is_sum"),
        ("loss = nn.CrossEntropyLoss()", "mean_is_sum"),
        ("x.sum()", "sum_is_mean"),
        ("F.mse_loss(a, b, reduction='sum')", "sum_is_mean"),
        ("F.mse_loss(a, b)", "mse_elementwise"),
        ("model.eval()", "eval_disables_grad"),
        ("x += 1", "inplace_is_copy"),
        ("x.add_(1)", "inplace_is_copy"),
        ("o = SGD(w, lr=1, momentum=0.9)", "momentum_ignored"),
        ("o = torch.optim.AdamW(w)", "adam_is_sgd"),
        ("y.backward(v)", "vjp_vector_ignored"),
        ("grad(y, x, grad_outputs=v)", "vjp_vector_ignored"),
        ("x.register_hook(print)", "hooks_observe_only"),
    ],
)
def test_what_a_reading_is_about(tmp_path: Path, text: str, name: str) -> None:
    assert name in names(tmp_path, text)
    assert name not in names(tmp_path, "y.backward(retain_graph=True)\no.step(); o.zero_grad(); x.requires_grad_()\n")


def test_only_the_cells_up_to_the_last_one_are_read(tmp_path: Path) -> None:
    text = f"{LESSON}x = 1\n# %%\ny = x.detach()\n# %%\nz = y.mean()\n"
    assert names(tmp_path, text, 2) == set()
    assert names(tmp_path, text, 3) == {"detach_identity", "detach_copies"}
    read = program(tmp_path, text)
    assert [cell[0] for cell in readings(read, 3)[0].cells] == [2, 3]


def test_a_reading_is_found_by_its_name(tmp_path: Path) -> None:
    read = program(tmp_path, TRAINING)
    for name in MACHINE:
        reading = reading_of(read, 1, name)
        assert reading is not None
        assert (reading.name, reading.belief, reading.cells[0][2]) == (name, name, read.source.rstrip())
    dropped = reading_of(read, 1, "zeroing_dropped")
    assert dropped is not None
    assert (dropped.name, dropped.belief) == ("zeroing_dropped", "")
    assert read_as_program(read, dropped).source == TRAINING.replace("o.zero_grad()", "pass")
    assert reading_of(read, 1, "no_grad_unwrapped") is None
    assert reading_of(read, 1, "of no such name") is None


def test_a_notebook_is_changed_in_its_own_lines(tmp_path: Path) -> None:
    read = program(tmp_path, notebook("%time x = 1\ny.retain_grad()", "o.step()\n"), "a.ipynb")
    reading = reading_of(read, 2, "step_dropped")
    assert reading is not None
    before, after = (one.source.split("\n") for one in (read, read_as_program(read, reading)))
    assert [line for line in after if line not in before] == ["pass"]
    assert len(before) == len(after)


def test_every_belief_says_what_torch_does_and_where_to_look() -> None:
    assert list(BELIEFS) == [*MACHINE, *PROGRAM]
    assert (len(MACHINE), len(PROGRAM)) == (21, 10)
    for name, belief in BELIEFS.items():
        assert belief.name == name
        assert belief.believes
        assert not belief.believes.endswith(".")
        assert belief.torch_does.endswith(".")
        assert belief.look.startswith("Look at ")
        assert belief.look.endswith(".")
