"""Operations of the forward pass: which expression, what it bound, what it changed, which names there are."""

from __future__ import annotations

import pytest

from tests.recorder.record import (
    SEEN,
    Record,
    all_steps,
    binding,
    bound_by,
    brief,
    children,
    id_at,
    inside,
    line_of,
    marked,
    names_at,
    result_of,
    step_of,
    steps_of,
    storage_at,
    tensor_at,
    value_at,
)
from tutor.recording.format import Change, Kind
from tutor.recording.index import NameKey
from tutor.recording.model import Step
from tutor.recording.recording import Recording

EXPRESSIONS = '''
import functools
import torch

w = torch.tensor(2.0, requires_grad=True)
x = torch.tensor(3.0)
b = torch.tensor(1.0)
y = w * x + b  # on one line


def affine(w, x):
    """A docstring."""
    return w * x + b  # in a function


in_function = affine(w, x)
shift = lambda v: v * x + b  # in a lambda
in_lambda = shift(w)
in_list = [w * k + b for k in range(3)]  # in a comprehension
in_dict = {k: w - k for k in range(2)}
in_generator = sum(w * k for k in range(2))  # in a generator expression


def scaled(factor):
    def decorate(function):
        @functools.wraps(function)
        def inner(*args):
            return function(*args) * factor  # in the wrapper
        return inner
    return decorate


@scaled(w / 2 + b)  # in a decorator
def double(v, more=x - 1):  # in a default
    return v + v


doubled = double(w)
größe = w * x + b  # ä in a name
text, wide = "äöü→", w * x + b  # 漢字
in_lines = (
    w
    * x
    + affine(
        w,
        x,
    )
)
chained = (w * x).exp().clamp(max=3.0).sum()  # chained
both = again = -w  # two names
first, second = torch.stack([w, x]).unbind(0)  # several results
part = first; other = part + 1; more = other * 2  # semicolons
if (w * 2) > 3: taken = w * 4  # one line if
picked = (w * 5 if x > 5 else w * 6) if b else w * 7  # conditional
assert (w * x).item() == 6.0, "never shown"  # asserted
print("never" if w < 0 else w * 8)  # printed


class Line(torch.nn.Module):
    def forward(self, v):
        return v * w + b  # in forward


class Point:
    scale = torch.tensor(5.0) * 2  # in a class

    @property
    def size(self):
        return self.scale * w  # in a property

    @staticmethod
    def make(v):
        return v @ v  # in a static method

    def __add__(self, other):
        return self.scale + other  # in an operator


through = Line()(x)
size = Point().size
dot = Point.make(torch.ones(2))
summed = Point() + w
if (walrus := w * 9) > 0:  # walrus
    pass
'''


@pytest.fixture(scope="module")
def expressions(record: Record) -> Recording:
    return record(EXPRESSIONS)


def sources(recording: Recording, line: str) -> list[str]:
    """The expressions of the operations on a line, in order."""
    return [step.site.source for step in steps_of(recording, Kind.OPERATION, line=line)]


def test_the_program_of_expressions_runs_to_its_end(expressions: Recording) -> None:
    assert expressions.end is not None
    assert expressions.end.how == "finished", expressions.end
    assert not [step for step in all_steps(expressions) if step.opaque]


def test_each_operation_marks_exactly_its_expression(expressions: Recording) -> None:
    lines = EXPRESSIONS.lstrip("\n").split("\n")
    for step in all_steps(expressions):
        source, line, end_line, column, end_column = marked(step)
        if step.kind in (Kind.OPERATION, Kind.CALL, Kind.INNER, Kind.STATEMENT) and line == end_line:
            assert lines[line - 1][column:end_column] == source, brief(expressions)[step.number - 1]


def test_one_line_is_two_steps_with_columns_of_their_own(expressions: Recording) -> None:
    multiplied, added = steps_of(expressions, line="# on one line")
    line = line_of(expressions, "# on one line")
    assert marked(multiplied) == ("w * x", line, line, 4, 9)
    assert marked(added) == ("w * x + b", line, line, 4, 13)
    assert [multiplied.site.name, added.site.name] == ["mul", "add"]
    assert (multiplied.kind, added.kind) == (Kind.OPERATION, Kind.OPERATION)
    assert result_of(expressions, multiplied) == 6.0
    assert result_of(expressions, added) == 7.0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# in a function", ["w * x", "w * x + b"] * 2),
        ("# in a lambda", ["v * x", "v * x + b"]),
        ("# in a comprehension", ["w * k", "w * k + b"] * 3),
        ("in_dict =", ["w - k"] * 2),
        ("# in the wrapper", ["function(*args) * factor"]),
        ("# in a decorator", ["w / 2", "w / 2 + b"]),
        ("# in a default", ["x - 1"]),
        ("return v + v", ["v + v"]),
        ("# ä in a name", ["w * x", "w * x + b"]),
        ("# 漢字", ["w * x", "w * x + b"]),
        ("# chained", ["w * x", "(w * x).exp()", "(w * x).exp().clamp(max=3.0)", "(w * x).exp().clamp(max=3.0).sum()"]),
        ("# two names", ["-w"]),
        ("# several results", ["torch.stack([w, x])", "torch.stack([w, x]).unbind(0)"]),
        ("# semicolons", ["part + 1", "other * 2"]),
        ("# one line if", ["w * 2", "(w * 2) > 3", "w * 4"]),
        ("# conditional", ["x > 5", "w * 6"]),
        ("# asserted", ["w * x"]),
        ("# printed", ["w < 0", "w * 8"]),
        ("# in forward", ["v * w", "v * w + b"]),
        ("# in a class", ["torch.tensor(5.0)", "torch.tensor(5.0) * 2"]),
        ("# in a property", ["self.scale * w"]),
        ("# in a static method", ["v @ v"]),
        ("# in an operator", ["self.scale + other"]),
        ("# walrus", ["w * 9", "(walrus := w * 9) > 0"]),
    ],
)
def test_expressions_of_a_line(expressions: Recording, line: str, expected: list[str]) -> None:
    assert sources(expressions, line) == expected


def test_a_generator_expression_and_the_function_that_sums_it(expressions: Recording) -> None:
    found = sources(expressions, "# in a generator expression")
    assert [source for source in found if source == "w * k"] == ["w * k"] * 2
    assert set(found) <= {"w * k", "sum(w * k for k in range(2))"}


def test_columns_count_characters_not_bytes(expressions: Recording) -> None:
    line = line_of(expressions, "# 漢字")
    multiplied, added = steps_of(expressions, Kind.OPERATION, line="# 漢字")
    assert marked(multiplied) == ("w * x", line, line, 21, 26)
    assert marked(added) == ("w * x + b", line, line, 21, 30)
    assert bound_by(added) == ["text", "wide"]


def test_an_expression_over_several_lines(expressions: Recording) -> None:
    line = line_of(expressions, "in_lines = (")
    multiplied, added = steps_of(expressions, Kind.OPERATION, line=line + 1)
    assert marked(multiplied) == ("w * x", line + 1, line + 2, 4, 7)
    assert marked(added) == ("w * x + affine( w, x, )", line + 1, line + 6, 4, 5)
    assert bound_by(added) == ["in_lines"]


def test_functions_are_named_with_their_class(expressions: Recording) -> None:
    functions = {
        line: steps_of(expressions, Kind.OPERATION, line=line)[-1].site.function
        for line in ("# on one line", "# in a function", "# in a lambda", "# in the wrapper", "# in forward")
    }
    assert functions["# on one line"] is None
    assert functions["# in a function"] == "affine"
    assert functions["# in forward"] == "Line.forward"
    assert (functions["# in the wrapper"] or "").endswith("inner")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("w * x + b", ["y"]),
        ("(w * x).exp().clamp(max=3.0).sum()", ["chained"]),
        ("-w", ["both", "again"]),
        ("torch.stack([w, x]).unbind(0)", ["first", "second"]),
        ("part + 1", ["other"]),
        ("other * 2", ["more"]),
        ("w * 4", ["taken"]),
        ("w * 6", ["picked"]),
        ("torch.tensor(3.0)", ["x"]),
        ("w * x", []),
        ("w * 2", []),
        ("w * 8", []),
    ],
)
def test_a_name_belongs_to_the_operation_that_made_its_object(
    expressions: Recording, source: str, names: list[str]
) -> None:
    step = step_of(expressions, source, Kind.OPERATION)
    assert bound_by(step) == names
    if names:
        assert not steps_of(expressions, Kind.STATEMENT, line=step.site.line) or ";" in source_line(expressions, step)


def source_line(recording: Recording, step: Step) -> str:
    """The line on which a step begins."""
    assert recording.header is not None
    return recording.header.source.split("\n")[step.site.line - 1]


def test_a_name_that_an_operation_did_not_make_is_bound_by_a_statement(expressions: Recording) -> None:
    step = binding(expressions, "part")
    assert step.kind is Kind.STATEMENT
    assert step.site.source == "part = first"
    assert id_at(expressions, "part") == id_at(expressions, "first")


def test_what_a_function_returned_is_bound_by_the_callers_statement(expressions: Recording) -> None:
    step = binding(expressions, "in_function")
    assert step.site.source in ("in_function = affine(w, x)", "w * x + b")
    assert value_at(expressions, "in_function") == 7.0


CHANGES = """
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
(w * w).sum().backward()
g = w.grad
with torch.no_grad():
    w -= 0.5 * g  # in place
with torch.no_grad():
    w = w - 0.5 * g  # rebound
v = torch.zeros(4)
row = v[1:3]
flat = v.view(2, 2)
copy = v.clone()
v.add_(1)  # all of it
row[0] = 7.0  # through a view
flat[1, 1] -= 3  # through another
v.data[0] = 9.0  # behind its back
v.data.mul_(2)  # behind its back again
cut = v.detach()
cut += 1  # through detach
same = v
same *= 2  # by another name
v[v > 30] = 0.0  # by a mask
torch.add(v, 1, out=copy)  # into an argument
leaf = torch.zeros(2)
leaf.requires_grad_()  # a flag
leaf.data = torch.ones(2)  # other memory
leaf.requires_grad = False  # a flag again
leaf.grad = torch.full((2,), 5.0)  # a gradient
leaf.grad *= 2  # a gradient changed
leaf.grad = None  # no gradient


def update(tensor):
    tensor += 1  # in a function


update(v)
torch.nn.init.constant_(v, 4.0)  # by the library
swapped, v = v, copy
del row
"""


@pytest.fixture(scope="module")
def changes(record: Record) -> Recording:
    return record(CHANGES)


def changing(recording: Recording, line: str) -> Step:
    """The last step on a line that changed or bound a tensor."""
    return [step for step in steps_of(recording, line=line) if step.changes][-1]


def test_an_update_in_place_keeps_the_tensor(changes: Recording) -> None:
    step = changing(changes, "# in place")
    before, after = step.number - 1, step.number
    assert id_at(changes, "w", before) == id_at(changes, "w", after)
    assert storage_at(changes, "w", before) == storage_at(changes, "w", after)
    assert tensor_at(changes, "w", before)["value"] == [1.0, 2.0]
    assert tensor_at(changes, "w", after)["value"] == [0.0, 0.0]
    assert (tensor_at(changes, "w", before)["version"], tensor_at(changes, "w", after)["version"]) == (0, 1)
    assert tensor_at(changes, "w", after)["is_leaf"]
    assert tensor_at(changes, "w", after)["requires_grad"]


def test_rebinding_gives_the_name_another_tensor(changes: Recording) -> None:
    step = changing(changes, "# rebound")
    before, after = step.number - 1, step.number
    assert bound_by(step) == ["w"]
    assert id_at(changes, "w", before) != id_at(changes, "w", after)
    assert storage_at(changes, "w", before) != storage_at(changes, "w", after)
    assert not tensor_at(changes, "w", after)["requires_grad"]
    assert tensor_at(changes, "w", after)["value"] == [-1.0, -2.0]
    assert tensor_at(changes, "w", after)["version"] == 0


def test_gradients_are_seen_under_their_name_and_with_their_owner(changes: Recording) -> None:
    step = binding(changes, "g")
    assert tensor_at(changes, "w", step.number)["grad"]["value"] == [2.0, 4.0]
    state = changes.state(step.number)
    assert set(state.names_of(id_at(changes, "g", step.number))) == {"g", "w.grad"}


def test_views_share_storage_and_copies_do_not(changes: Recording) -> None:
    number = binding(changes, "copy").number
    assert storage_at(changes, "v", number) == storage_at(changes, "row", number)
    assert storage_at(changes, "v", number) == storage_at(changes, "flat", number)
    assert storage_at(changes, "v", number) != storage_at(changes, "copy", number)
    assert len({id_at(changes, name, number) for name in ("v", "row", "flat", "copy")}) == 4


@pytest.mark.parametrize(
    ("line", "v", "row", "version"),
    [
        ("# all of it", [1.0, 1.0, 1.0, 1.0], [1.0, 1.0], 1),
        ("# through a view", [1.0, 7.0, 1.0, 1.0], [7.0, 1.0], 2),
        ("# through another", [1.0, 7.0, 1.0, -2.0], [7.0, 1.0], None),
        ("# behind its back", [9.0, 7.0, 1.0, -2.0], [7.0, 1.0], None),
        ("# behind its back again", [18.0, 14.0, 2.0, -4.0], [14.0, 2.0], None),
        ("# through detach", [19.0, 15.0, 3.0, -3.0], [15.0, 3.0], None),
        ("# by another name", [38.0, 30.0, 6.0, -6.0], [30.0, 6.0], None),
        ("# by a mask", [0.0, 30.0, 6.0, -6.0], [30.0, 6.0], None),
    ],
)
def test_a_write_is_seen_by_all_who_share_the_memory(
    changes: Recording, line: str, v: list[float], row: list[float], version: int | None
) -> None:
    found = steps_of(changes, line=exactly(changes, line))[-1].number
    assert tensor_at(changes, "v", found)["value"] == v
    assert tensor_at(changes, "row", found)["value"] == row
    assert tensor_at(changes, "flat", found)["value"] == [v[:2], v[2:]]
    assert tensor_at(changes, "copy", found)["value"] == [0.0] * 4
    if version is not None:
        assert tensor_at(changes, "v", found)["version"] == version
        assert tensor_at(changes, "row", found)["version"] == version


def exactly(recording: Recording, ending: str) -> int:
    """The number of the line that ends with a text."""
    assert recording.header is not None
    (number,) = [n for n, line in enumerate(recording.header.source.split("\n"), 1) if line.endswith(ending)]
    return number


def test_data_writes_bump_no_version(changes: Recording) -> None:
    line = exactly(changes, "# behind its back")
    before = steps_of(changes, line=line)[0].number - 1
    after = steps_of(changes, line=exactly(changes, "# behind its back again"))[-1].number
    assert tensor_at(changes, "v", before)["version"] == tensor_at(changes, "v", after)["version"]


def test_a_write_through_detach_bumps_the_version(changes: Recording) -> None:
    step = steps_of(changes, line="# through detach")[-1]
    assert tensor_at(changes, "v", step.number)["version"] == tensor_at(changes, "v", step.number - 1)["version"] + 1


def test_an_out_argument_is_changed(changes: Recording) -> None:
    step = steps_of(changes, line="# into an argument")[-1]
    assert tensor_at(changes, "copy", step.number)["value"] == [1.0, 31.0, 7.0, -5.0]
    assert id_at(changes, "copy", step.number) == id_at(changes, "copy", step.number - 1)


def test_flags_and_memory_of_a_leaf(changes: Recording) -> None:
    flagged = steps_of(changes, line=exactly(changes, "# a flag"))[-1].number
    assert tensor_at(changes, "leaf", flagged)["requires_grad"]
    other = steps_of(changes, line=exactly(changes, "# other memory"))[-1].number
    assert tensor_at(changes, "leaf", other)["value"] == [1.0, 1.0]
    assert storage_at(changes, "leaf", other) != storage_at(changes, "leaf", other - 1) or other - 1 < flagged
    assert id_at(changes, "leaf", other) == id_at(changes, "leaf", flagged)
    again = steps_of(changes, line=exactly(changes, "# a flag again"))[-1].number
    assert not tensor_at(changes, "leaf", again)["requires_grad"]


def test_a_gradient_assigned_changed_and_taken_away(changes: Recording) -> None:
    def grad(line: str) -> object:
        number = steps_of(changes, line=exactly(changes, line))[-1].number
        found = tensor_at(changes, "leaf", number)["grad"]
        return None if found is None else found["value"]

    assert grad("# a flag again") is None
    assert grad("# a gradient") == [5.0, 5.0]
    assert grad("# a gradient changed") == [10.0, 10.0]
    assert grad("# no gradient") is None


def test_a_function_that_changes_its_argument_changes_the_callers_name(changes: Recording) -> None:
    step = steps_of(changes, Kind.OPERATION, line="# in a function")[-1]
    assert step.number in changes.changes_of(NameKey(None, "v"))
    assert step.number in changes.changes_of(NameKey("update", "tensor"))
    assert tensor_at(changes, "v", step.number)["value"] == [1.0, 31.0, 7.0, -5.0]


def test_a_library_function_that_changes_a_tensor(changes: Recording) -> None:
    step = steps_of(changes, line="# by the library")[-1]
    assert tensor_at(changes, "v", step.number)["value"] == [4.0] * 4


def test_names_swapped_and_deleted(changes: Recording) -> None:
    step = binding(changes, "swapped")
    assert id_at(changes, "swapped", step.number) == id_at(changes, "v", step.number - 1)
    assert id_at(changes, "v", step.number) == id_at(changes, "copy", step.number)
    assert "row" not in names_at(changes, changes.count)


NUMPY = """
import numpy as np
import torch

array = np.zeros(3, dtype=np.float32)
shared = torch.from_numpy(array)
also = torch.as_tensor(array)
copied = torch.tensor(array)
array[0] = 5.0  # an item
array += 1  # all
np.multiply(array, 2, out=array)  # out
tensor = torch.ones(2)
view = tensor.numpy()
view[1] = -1.0  # through a view
tensor.mul_(3)  # and back


def scribble(a):
    a[:] = 8.0  # in a function


scribble(view)
weights = [torch.zeros(2)]
weights[0].numpy()[0] = 6.0  # without a name
big = np.arange(2000.0)
number = np.float64(2.5)
"""


@pytest.fixture(scope="module")
def arrays(record: Record) -> Recording:
    return record(NUMPY)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# an item", [5.0, 0.0, 0.0]),
        ("# all", [6.0, 1.0, 1.0]),
        ("# out", [12.0, 2.0, 2.0]),
    ],
)
def test_numpy_writes_are_seen_in_the_tensors_that_share_the_memory(
    arrays: Recording, line: str, expected: list[float]
) -> None:
    number = steps_of(arrays, line=line)[-1].number
    assert value_at(arrays, "array", number) == expected
    assert value_at(arrays, "shared", number) == expected
    assert value_at(arrays, "also", number) == expected
    assert value_at(arrays, "copied", number) == [0.0, 0.0, 0.0]
    assert tensor_at(arrays, "shared", number)["version"] == 0


def test_numpy_views_of_tensors(arrays: Recording) -> None:
    number = steps_of(arrays, line="# through a view")[-1].number
    assert value_at(arrays, "tensor", number) == [1.0, -1.0]
    assert value_at(arrays, "view", number) == [1.0, -1.0]
    number = steps_of(arrays, line="# and back")[-1].number
    assert value_at(arrays, "tensor", number) == [3.0, -3.0]


def test_a_numpy_array_follows_its_tensor(arrays: Recording) -> None:
    number = steps_of(arrays, line="# and back")[-1].number
    assert value_at(arrays, "view", number) == [3.0, -3.0]


def test_numpy_writes_in_functions_and_without_a_name(arrays: Recording) -> None:
    number = steps_of(arrays, line="scribble(view)")[-1].number
    assert value_at(arrays, "tensor", number) == [8.0, 8.0]
    assert value_at(arrays, "weights[0]") == [6.0, 0.0]


def test_arrays_and_numbers_of_numpy(arrays: Recording) -> None:
    names = names_at(arrays, arrays.count)
    assert names["array"]["type"] == "ndarray"
    assert names["array"]["dtype"] == "float32"
    assert names["big"]["value"] is None
    assert names["big"]["summary"]["max"] == 1999.0
    assert names["number"] == {"type": "float64", "value": 2.5}


CALLS = """
import torch
from torch import nn

X = torch.tensor([[1.0], [2.0]])
t = torch.tensor([[2.0], [4.0]])
model = nn.Linear(1, 1)  # made
net = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1))  # a stack
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
criterion = nn.MSELoss()
for epoch in range(2):
    loss = criterion(model(X), t)  # nested
    optimizer.zero_grad()  # reset
    loss.backward()
    optimizer.step()  # update
out = net(X)  # through a stack


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(1, 1)

    def forward(self, v):
        v = self.inner(v)  # within forward
        return v + 1


block = Block()
result = block(X)  # a module of one's own
functional = torch.nn.functional.mse_loss(out, t)  # functional
torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)  # clipped
"""


@pytest.fixture(scope="module")
def calls(record: Record) -> Recording:
    return record(CALLS)


def test_operations_of_a_module_are_inner_steps_of_its_call(calls: Recording) -> None:
    call = step_of(calls, "model(X)", Kind.CALL)
    (linear,) = children(calls, call)
    assert (linear.kind, linear.site.name) == (Kind.INNER, "linear")
    assert marked(linear)[0] == "model(X)"
    assert call.number == linear.number - 1
    assert call.detail is None


def test_nested_calls_on_one_line_are_two_calls(calls: Recording) -> None:
    found = [(s.kind, s.site.source, s.site.name) for s in steps_of(calls, *SEEN, line="# nested")]
    assert found[:4] == [
        (Kind.CALL, "model(X)", "model"),
        (Kind.INNER, "model(X)", "linear"),
        (Kind.CALL, "criterion(model(X), t)", "criterion"),
        (Kind.INNER, "criterion(model(X), t)", "mse_loss"),
    ]
    assert found[4:] == found[:4]


def test_each_turn_has_a_call_of_its_own(calls: Recording) -> None:
    found = [s.number for s in steps_of(calls, Kind.CALL) if s.site.source == "model(X)"]
    assert len(found) == 2
    parents = [s.parent for s in steps_of(calls, Kind.INNER, line="# nested") if s.site.name == "linear"]
    assert parents == found


def test_the_result_of_a_call_is_bound_by_the_inner_step_that_made_it(calls: Recording) -> None:
    step = binding(calls, "out")
    assert (step.kind, step.site.name) == (Kind.INNER, "linear")
    assert binding(calls, "loss").site.name == "mse_loss"


def test_a_stack_of_modules_is_one_call_with_all_its_operations(calls: Recording) -> None:
    call = step_of(calls, "net(X)", Kind.CALL)
    assert [step.site.name for step in children(calls, call)] == ["linear", "relu", "linear"]


def test_updates_of_step_are_shown_by_the_learners_names(calls: Recording) -> None:
    call = step_of(calls, "optimizer.step()", Kind.CALL)
    below = range(call.number, max(step.number for step in inside(calls, call)) + 1)
    for name in ("model.weight", "model.bias"):
        changed = [n for n in calls.changes_of(NameKey(None, name)) if n in below]
        assert changed, f"{name} did not change in {brief(calls)}"
        before, after = tensor_at(calls, name, changed[0] - 1), tensor_at(calls, name, changed[-1])
        assert after["version"] == before["version"] + 1
        assert after["value"] != before["value"]
    first = [step.site.name for step in children(calls, call)]
    assert first[-1] == "add_", first


def test_an_inner_step_says_which_parameter_it_updated(calls: Recording) -> None:
    call = step_of(calls, "optimizer.step()", Kind.CALL)
    updated = []
    for step in children(calls, call):
        if step.site.name == "add_" and isinstance(step.detail[1], int):
            updated += calls.state(step.number).names_of(step.detail[1])
    assert updated == ["model.weight", "model.bias"]


def test_resets_of_zero_grad_are_shown_by_the_learners_names(calls: Recording) -> None:
    call = step_of(calls, "optimizer.zero_grad()", Kind.CALL, nth=-1)
    resets = [step for step in children(calls, call) if step.site.name == "set grad"]
    assert len(resets) == 2
    names = []
    for step in resets:
        assert step.detail[0][1] == ["NoneType", None]
        names += calls.state(step.number).names_of(step.detail[0][0])
    assert names == ["model.weight", "model.bias"]
    number = resets[-1].number
    assert tensor_at(calls, "model.weight", number)["grad"] is None
    assert tensor_at(calls, "model.weight", call.number)["grad"] is not None


def test_momentum_buffers_are_found_in_the_optimizer(calls: Recording) -> None:
    names = names_at(calls, calls.count)
    assert "optimizer.state[model.weight]['momentum_buffer']" in names
    assert "optimizer.state[model.bias]['momentum_buffer']" in names
    assert names["optimizer.param_groups[0]['lr']"] == {"type": "float", "value": 0.1}


def test_making_a_module_is_a_call_too(calls: Recording) -> None:
    assert step_of(calls, "nn.Linear(1, 1)", Kind.CALL).site.line == line_of(calls, "# made")
    number = steps_of(calls, line="# made")[-1].number
    assert tensor_at(calls, "model.weight", number)["shape"] == [1, 1]
    assert tensor_at(calls, "model.weight", number)["requires_grad"]


def test_modules_within_a_module_of_ones_own(calls: Recording) -> None:
    step = steps_of(calls, Kind.INNER, line="# within forward")[-1]
    assert step.site.function == "Block.forward"
    parent = calls.step(step.parent)
    assert (parent.kind, parent.site.source) == (Kind.CALL, "self.inner(v)")
    assert step_of(calls, "v + 1", Kind.OPERATION).site.function == "Block.forward"


def test_a_functional_is_an_operation_of_the_program(calls: Recording) -> None:
    (step,) = steps_of(calls, *SEEN, line="# functional")
    assert (step.kind, step.site.name) == (Kind.OPERATION, "mse_loss")
    assert bound_by(step) == ["functional"]


def test_clipping_changes_gradients_by_the_learners_names(calls: Recording) -> None:
    call = step_of(calls, "torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)", Kind.CALL)
    end = max(step.number for step in inside(calls, call))
    before, after = tensor_at(calls, "model.weight", call.number - 1), tensor_at(calls, "model.weight", end)
    assert before["grad"]["value"] != after["grad"]["value"]


PATHS = """
import collections
from dataclasses import dataclass

import torch
from torch import nn

w = torch.tensor(1.0, requires_grad=True)
params = [torch.tensor(2.0), (torch.tensor(3.0), "text")]
params[0] += 1  # an item
config = {"w": torch.tensor(4.0), "rate": 0.5, 7: torch.tensor(5.0)}
config["w"] = config["w"] * 2  # a key
deep = {"a": [{"b": torch.tensor(6.0)}]}
deep["a"][0]["b"].mul_(2)  # deep


@dataclass
class Point:
    x: torch.Tensor
    name: str = "p"


class Slots:
    __slots__ = ("w",)


class Learner:
    def __init__(self):
        self.weight = torch.tensor(8.0)
        self.rate = 0.1
        self.history = []

    def learn(self):
        self.weight = self.weight - self.rate  # an attribute
        self.history.append(self.weight)  # a list of an object


point = Point(torch.tensor(7.0))
point.x = point.x + 1  # a field
slots = Slots()
slots.w = w * 9
learner = Learner()
learner.learn()  # learned
net = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1))
tree = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ModuleList([nn.BatchNorm1d(1)])})
model = nn.Module()
model.head = nn.Parameter(torch.tensor(10.0))
model.register_buffer("seen", torch.tensor(0))
model.seen += 1  # a buffer
optimizer = torch.optim.Adam([model.head], lr=0.5)
(model.head * 2).backward()
optimizer.step()
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.1)
scheduler.step()  # scheduled
ordered = collections.OrderedDict(x=torch.tensor(11.0))
pair = collections.namedtuple("Pair", "left right")(torch.tensor(12.0), 13)
counter = collections.Counter("aab")
numbers, flag, nothing, word, real, pairs = 3, True, None, "word", 2.5, [(1, 2), (3, 4)]
many = list(range(5))
text = "x" * 1000
whole = 2**80
params.pop()  # shorter
del config["rate"]  # a key gone
seven = config.pop(7)  # popped
"""


@pytest.fixture(scope="module")
def paths(record: Record) -> Recording:
    return record(PATHS)


@pytest.mark.parametrize(
    ("line", "path", "expected"),
    [
        ("params = [", "params[0]", 2.0),
        ("params = [", "params[1][0]", 3.0),
        ("# an item", "params[0]", 3.0),
        ("config = {", "config['w']", 4.0),
        ("config = {", "config['rate']", 0.5),
        ("config = {", "config[7]", 5.0),
        ("# a key\n", "config['w']", 8.0),
        ("deep = {", "deep['a'][0]['b']", 6.0),
        ("# deep", "deep['a'][0]['b']", 12.0),
        ("# a field", "point.x", 8.0),
        ("# a field", "point.name", "p"),
        ("slots.w =", "slots.w", 9.0),
        ("learner = Learner()", "learner.weight", 8.0),
        ("learner = Learner()", "learner.rate", 0.1),
        ("# learned", "learner.weight", pytest.approx(7.9)),
        ("# learned", "learner.history[0]", pytest.approx(7.9)),
        ("# a buffer", "model.seen", 1),
        ("ordered =", "ordered['x']", 11.0),
        ("pair =", "pair.left", 12.0),
        ("pair =", "pair.right", 13),
        ("numbers, flag", "numbers", 3),
        ("numbers, flag", "flag", True),
        ("numbers, flag", "nothing", None),
        ("numbers, flag", "word", "word"),
        ("numbers, flag", "real", 2.5),
        ("numbers, flag", "pairs", [[1, 2], [3, 4]]),
        ("many =", "many", [0, 1, 2, 3, 4]),
        ("# popped", "seven", 5.0),
    ],
)
def test_names_by_path(paths: Recording, line: str, path: str, expected: object) -> None:
    number = exactly(paths, line[:-1]) if line.endswith("\n") else line_of(paths, line)
    step = steps_of(paths, line=number)[-1]
    assert value_at(paths, path, step.number) == expected


def test_parameters_by_the_path_that_python_would_use(paths: Recording) -> None:
    names = names_at(paths, paths.count)
    expected = {"net[0].weight", "net[0].bias", "net[2].weight", "net[2].bias", "model.head", "model.seen"}
    assert expected <= set(names)
    inside_tree = {name for name in names if name.startswith("tree")}
    assert any(name.endswith("running_mean") for name in inside_tree), inside_tree
    assert any(name.startswith("tree") and "a" in name and name.endswith(".weight") for name in inside_tree)


def test_the_state_of_an_optimizer_is_named_after_the_parameter(paths: Recording) -> None:
    names = names_at(paths, paths.count)
    assert names["optimizer.state[model.head]['exp_avg']"]["value"] == pytest.approx(0.2)
    assert names["optimizer.state[model.head]['step']"]["value"] == 1.0


def test_a_scheduler_changes_the_rate_of_the_optimizer(paths: Recording) -> None:
    step = steps_of(paths, line="# scheduled")[-1]
    assert value_at(paths, "optimizer.param_groups[0]['lr']", step.number - 1) == 0.5
    assert value_at(paths, "optimizer.param_groups[0]['lr']", step.number) == pytest.approx(0.05)


def test_members_that_are_gone_have_no_name(paths: Recording) -> None:
    names = names_at(paths, paths.count)
    assert not {"params[1]", "params[1][0]", "config['rate']", "config[7]"} & set(names)
    assert "config['w']" in names


def test_plain_values_keep_their_type_and_long_ones_are_clipped(paths: Recording) -> None:
    names = names_at(paths, paths.count)
    assert names["flag"]["type"] == "bool"
    assert names["real"]["type"] == "float"
    assert names["nothing"] == {"type": "NoneType", "value": None}
    assert len(names["text"]["value"]) < 300
    assert names["whole"]["text"] == str(2**80)


LIFE = """
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
y = (w * 3 + 1).sum()  # nothing saved
z = (w * 4).exp() + 1  # saved
torch.ones(3) * 2  # no name at all
kept = [w * 5]
kept.clear()
z = None
u = w * 6
del u
after = 1
v = w * 7
v = v + 1  # the old one is freed
end = 2
"""


@pytest.fixture(scope="module")
def life(record: Record) -> Recording:
    return record(LIFE)


def alive(recording: Recording, id: int, number: int) -> bool:
    """Whether the Python object of a tensor exists after a step."""
    record = recording.state(number).tensors.get(id)
    return record is not None and not record.freed


@pytest.mark.parametrize("source", ["w * 3", "w * 3 + 1", "torch.ones(3) * 2", "torch.ones(3)", "w * 5", "w * 6"])
def test_a_result_without_a_name_is_there_until_it_is_freed(life: Recording, source: str) -> None:
    step = step_of(life, source, Kind.OPERATION)
    made = step.detail[1]
    assert alive(life, made, step.number)
    assert not alive(life, made, life.count)


def test_a_result_dies_with_the_statement_that_used_it(life: Recording) -> None:
    made = step_of(life, "w * 3", Kind.OPERATION).detail[1]
    following = binding(life, "z").number
    assert not alive(life, made, following)


def test_a_result_that_the_graph_saved_keeps_its_value(life: Recording) -> None:
    made = step_of(life, "(w * 4).exp()", Kind.OPERATION).detail[1]
    number = binding(life, "z").number + 1
    record = life.state(number).tensors[made]
    assert record.freed
    assert record.content is not None
    assert made not in life.state(binding(life, "after").number).tensors


def test_deleting_a_name_frees_its_tensor(life: Recording) -> None:
    made = step_of(life, "w * 6", Kind.OPERATION).detail[1]
    assert alive(life, made, binding(life, "u").number)
    assert "u" in names_at(life, binding(life, "u").number)
    assert not alive(life, made, binding(life, "after").number)
    assert "u" not in names_at(life, binding(life, "after").number)


def test_rebinding_frees_the_old_tensor_and_its_node_stays_for_the_new_one(life: Recording) -> None:
    made = step_of(life, "w * 7", Kind.OPERATION).detail[1]
    end = binding(life, "end").number
    assert not alive(life, made, end)
    state = life.state(end)
    new = state.tensors[id_at(life, "v", end)]
    assert new.node is not None
    assert [state.nodes[edge.node].name for edge in state.nodes[new.node].edges if edge and edge.node] == [
        "MulBackward0"
    ]


SCOPES = """
import contextlib
import torch

w = torch.tensor(2.0)


def power(base, n):
    if n == 0:
        return torch.ones(())
    rest = power(base, n - 1)  # deeper
    return base * rest  # on the way back


cube = power(w, 3)


def batches(data, size):
    for start in range(0, len(data), size):
        batch = data[start : start + size]
        yield batch * w  # yielded


def consume():
    total = 0
    for batch in batches(torch.arange(6.0), 2):
        total = total + batch.sum()  # consumed
    return total


total = consume()
source = batches(torch.ones(2), 1)
one = next(source)
two = next(source)
source.close()


def counter():
    count = torch.zeros(())

    def bump():
        nonlocal count
        count = count + 1  # in a closure
        return count

    return bump


bump = counter()
bump()
bumped = bump()
hidden = torch.tensor(5.0)


def shadow(hidden):
    local = hidden + 1  # shadowed
    return local


shadow(w)


def fails(v):
    inner = v * 2
    raise ValueError("no")


try:
    fails(w)
except ValueError:
    caught = w * 3  # after the error


def uses_global():
    global made
    made = w * 4  # global


uses_global()


@contextlib.contextmanager
def region(v):
    entered = v + 1
    yield entered * 2  # entered
    left = v - 1  # left


with region(w) as inner:
    within = inner * 3  # within
done = True
"""


@pytest.fixture(scope="module")
def scopes(record: Record) -> Recording:
    return record(SCOPES)


def functions_at(recording: Recording, step: Step) -> list[str | None]:
    """The functions of the open frames after a step, outermost first."""
    return [scope.function for scope in recording.state(step.number).scopes.values()]


def test_recursion_opens_a_scope_for_each_call(scopes: Recording) -> None:
    ones = step_of(scopes, "torch.ones(())", Kind.OPERATION)
    assert functions_at(scopes, ones) == [None, "power", "power", "power", "power"]
    state = scopes.state(ones.number)
    assert [scope.names["n"][1] for scope in state.scopes.values() if scope.function] == [3, 2, 1, 0]
    assert value_at(scopes, "n", ones.number) == 0


def test_scopes_close_on_the_way_back(scopes: Recording) -> None:
    products = [s for s in steps_of(scopes, Kind.OPERATION) if s.site.source == "base * rest"]
    assert [functions_at(scopes, step).count("power") for step in products] == [3, 2, 1]
    assert [result_of(scopes, step) for step in products] == [2.0, 4.0, 8.0]
    assert functions_at(scopes, binding(scopes, "cube")) == [None]


def test_a_scope_knows_the_line_of_its_call(scopes: Recording) -> None:
    ones = step_of(scopes, "torch.ones(())", Kind.OPERATION)
    lines = [scope.call_line for scope in scopes.state(ones.number).scopes.values() if scope.function]
    assert lines == [line_of(scopes, "cube = power(w, 3)"), *[line_of(scopes, "# deeper")] * 3]


def test_names_of_a_generator_are_visible_while_it_runs(scopes: Recording) -> None:
    yielded = [s for s in steps_of(scopes, Kind.OPERATION) if s.site.source == "batch * w"]
    assert len(yielded) == 5
    for turn, step in enumerate(yielded[:3]):
        assert functions_at(scopes, step) == [None, "consume", "batches"]
        assert value_at(scopes, "start", step.number) == 2 * turn
        assert value_at(scopes, "batch", step.number) == [2.0 * turn, 2.0 * turn + 1]


def test_names_of_a_generator_are_hidden_while_it_waits(scopes: Recording) -> None:
    for step in steps_of(scopes, Kind.OPERATION, line="# consumed"):
        assert functions_at(scopes, step) == [None, "consume"]
        names = names_at(scopes, step.number)
        assert "start" not in names
        assert {"total", "batch"} <= set(names)
    assert value_at(scopes, "total") == 30.0


def test_turns_of_a_generators_loop_go_on_where_they_were(scopes: Recording) -> None:
    line = line_of(scopes, "for start in range")
    yielded = [s for s in steps_of(scopes, Kind.OPERATION) if s.site.source == "batch * w"]
    turns = [dict(scopes.state(step.number).turns())[line] for step in yielded]
    assert turns == [1, 2, 3, 1, 2]


def test_a_generator_run_by_hand(scopes: Recording) -> None:
    number = binding(scopes, "two").number
    assert value_at(scopes, "two", number) == [2.0]
    assert functions_at(scopes, scopes.step(number + 1))[:1] == [None]
    assert "batches" not in functions_at(scopes, binding(scopes, "bumped"))


def test_a_closure_changes_the_name_of_the_function_around_it(scopes: Recording) -> None:
    found = steps_of(scopes, Kind.OPERATION, line="# in a closure")
    assert [result_of(scopes, step) for step in found] == [1.0, 2.0]
    assert value_at(scopes, "bumped") == 2.0


def test_a_parameter_hides_the_name_outside(scopes: Recording) -> None:
    step = step_of(scopes, "hidden + 1", Kind.OPERATION)
    assert value_at(scopes, "hidden", step.number) == 2.0
    assert value_at(scopes, "hidden") == 5.0
    assert "local" not in names_at(scopes, scopes.count)


def test_an_exception_closes_the_scopes_that_it_leaves(scopes: Recording) -> None:
    error = steps_of(scopes, Kind.ERROR)[-1]
    assert error.detail[:2] == ["ValueError: no", "ValueError"]
    assert error.site.line == line_of(scopes, 'raise ValueError("no")')
    step = step_of(scopes, "w * 3", Kind.OPERATION)
    assert functions_at(scopes, step) == [None]
    assert "inner" not in names_at(scopes, step.number)
    assert bound_by(step) == ["caught"]


def test_a_global_is_bound_at_the_top_level(scopes: Recording) -> None:
    step = step_of(scopes, "w * 4", Kind.OPERATION)
    assert bound_by(step) == ["made"]
    scope = scopes.state(step.number).scopes[0]
    assert "made" in scope.names


def test_a_context_manager_written_as_a_generator(scopes: Recording) -> None:
    within = step_of(scopes, "inner * 3", Kind.OPERATION)
    assert functions_at(scopes, within) == [None]
    left = step_of(scopes, "v - 1", Kind.OPERATION)
    assert functions_at(scopes, left) == [None, "region"]
    assert value_at(scopes, "entered", left.number) == 3.0


TURNS = """
import torch

w = torch.tensor(1.0)
for epoch in range(2):  # outer
    for batch in range(3):  # inner
        if batch == 2:
            break
        w = w + 1  # both
    w = w * 2  # outer only
total = w * 3  # outside
count = 0
while count < 3:  # while
    count += 1
    if count == 2:
        continue
    w = w - 1  # skipping
else:
    w = w / 2  # in else


def train(turns):
    for turn in range(turns):  # in a function
        weights = [w * k for k in range(2)]  # comprehension
        if turn == 1:
            return w + 5  # left by return


for run in range(2):  # around a function
    try:
        result = train(3)
        raise ValueError
    except ValueError:
        w = w + 7  # after an error
end = w + 8
for last in range(3):  # at the end
    w = w + 9  # last of all
"""


@pytest.fixture(scope="module")
def turns(record: Record) -> Recording:
    return record(TURNS)


def turns_on(recording: Recording, line: str) -> list[list[tuple[str, int]]]:
    """For each operation on a line: comment of each running loop's line, and its turn."""
    assert recording.header is not None
    text = recording.header.source.split("\n")
    found = []
    for step in steps_of(recording, Kind.OPERATION, line=line):
        state = recording.state(step.number)
        found.append([(text[loop - 1].partition("# ")[2], turn) for loop, turn in state.turns()])
    return found


def test_turns_of_nested_loops(turns: Recording) -> None:
    assert turns_on(turns, "# both") == [[("outer", epoch), ("inner", batch)] for epoch in (1, 2) for batch in (1, 2)]


def test_a_loop_that_was_left_by_break_has_no_turn(turns: Recording) -> None:
    assert turns_on(turns, "# outer only") == [[("outer", 1)], [("outer", 2)]]
    assert turns_on(turns, "# outside") == [[]]


def test_turns_of_while_and_continue(turns: Recording) -> None:
    assert turns_on(turns, "# skipping") == [[("while", 1)], [("while", 3)]]
    assert turns_on(turns, "# in else") == [[]]


def test_loops_of_a_function_and_around_it(turns: Recording) -> None:
    expected = [
        [("around a function", run), ("in a function", turn)] for run in (1, 2) for turn in (1, 2) for _ in range(2)
    ]
    assert turns_on(turns, "# comprehension") == expected
    assert turns_on(turns, "# left by return") == [[("around a function", run), ("in a function", 2)] for run in (1, 2)]


def test_a_loop_left_by_return_or_error_has_no_turn(turns: Recording) -> None:
    assert turns_on(turns, "# after an error") == [[("around a function", 1)], [("around a function", 2)]]
    assert turns_on(turns, "end =") == [[]]


def test_the_last_step_inside_a_loop_knows_its_turn(turns: Recording) -> None:
    assert turns_on(turns, "# last of all") == [[("at the end", turn)] for turn in (1, 2, 3)]


MODES = """
import torch

w = torch.tensor(1.0, requires_grad=True)
a = w * 2  # on
with torch.no_grad():
    b = w * 2  # off
    with torch.enable_grad():
        c = w * 2  # on again
    d = w * 2  # off again


@torch.no_grad()
def frozen(v):
    return v * 2  # decorated


e = frozen(w)
with torch.inference_mode():
    f = w * 2  # inference
torch.set_grad_enabled(False)
g = w * 2  # switched
torch.set_grad_enabled(True)
with torch.set_grad_enabled(False):
    h = w * 2  # block
i = w * 2  # end
"""


def test_grad_mode_is_known_at_each_operation(record: Record) -> None:
    recording = record(MODES)
    assert recording.header is not None
    lines = recording.header.source.split("\n")
    found = {}
    for step in steps_of(recording, Kind.OPERATION):
        if step.site.name == "mul":
            made = recording.state(step.number).tensors[step.detail[1]]
            mode = lines[step.site.line - 1].partition("# ")[2] or "decorated"
            found[mode] = (step.grad_enabled, made.meta.requires_grad)
    on, off = (True, True), (False, False)
    assert found == {
        "on": on,
        "off": off,
        "on again": on,
        "off again": off,
        "decorated": off,
        "inference": off,
        "switched": off,
        "block": off,
        "end": on,
    }


def test_a_large_tensor_is_a_summary(record: Record) -> None:
    recording = record(
        """
        import torch
        small = torch.arange(1000.0)
        big = torch.arange(1001.0)
        odd = torch.full((40, 50), 2.0)
        odd[3, 4] = float("nan")
        odd[5, 6] = float("inf")
        """
    )
    assert value_at(recording, "small")[-1] == 999.0
    big = tensor_at(recording, "big")
    assert big["value"] is None
    assert (big["summary"]["min"], big["summary"]["max"], big["summary"]["mean"]) == (0.0, 1000.0, 500.0)
    # Ten ranges from 0 to 1000 that hold the numbers 0, 1, … 1000; the last of them its upper end, too.
    assert big["summary"]["histogram"] == [100] * 9 + [101]
    odd = tensor_at(recording, "odd")["summary"]
    assert (odd["nan"], odd["inf"]) == (1, 1)
    assert (odd["min"], odd["max"]) == (2.0, 2.0)


def test_every_change_of_an_unnamed_tensor_has_a_step(changes: Recording) -> None:
    known: set[int] = set()
    for step in all_steps(changes):
        for change in step.changes:
            if change[0] == Change.TENSOR:
                known.add(change[1])
            elif change[0] == Change.BIND and isinstance(change[3], int):
                assert change[3] in known, "a name was bound to a tensor that no step has told of"


OTHER_MEMORY = """
import torch

w = torch.nn.Parameter(torch.ones(2))
kept = w.detach()
other = torch.tensor([[7.0, 8.0, 9.0]])
with torch.no_grad():
    w.set_(other * 1)  # a value of its own
    w.set_(other)  # shared
other += 1
kept += 1
part = torch.zeros(1)
part.set_(other.untyped_storage(), 1, (2,), (1,))  # a part
whole = torch.zeros(3)
row = whole[1:]
row.set_(source=part)  # no view any more
part.set_()  # nothing
"""


def test_a_tensor_that_looks_at_other_memory_has_its_value_shape_and_storage(record: Record) -> None:
    recording = record(OTHER_MEMORY)
    first = step_of(recording, "w.set_(other * 1)")
    assert (first.kind, first.site.name) == (Kind.OPERATION, "set_")
    assert tensor_at(recording, "w", first.number - 1)["value"] == [1.0, 1.0]
    assert tensor_at(recording, "w", first.number)["value"] == [[7.0, 8.0, 9.0]]
    assert tensor_at(recording, "w", first.number)["shape"] == [1, 3]
    assert storage_at(recording, "w", first.number) != storage_at(recording, "kept", first.number)
    shared = step_of(recording, "w.set_(other)").number
    assert id_at(recording, "w", shared) == id_at(recording, "w", first.number)
    assert storage_at(recording, "w", shared) == storage_at(recording, "other", shared)
    assert storage_at(recording, "w", first.number) != storage_at(recording, "other", first.number)
    assert value_at(recording, "w") == [[8.0, 9.0, 10.0]]
    assert value_at(recording, "kept") == [2.0, 2.0]
    part = binding(recording, "part").number + 1
    assert value_at(recording, "part", part) == [9.0, 10.0]
    assert storage_at(recording, "part", part) == storage_at(recording, "w", part)
    assert value_at(recording, "part") == []
    assert storage_at(recording, "row") == storage_at(recording, "other") != storage_at(recording, "whole")
    assert recording.end is not None
    assert recording.end.how == "finished"
