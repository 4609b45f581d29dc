"""Inside ``backward()``: nodes, what comes in and goes out of them, and what arrives in ``.grad``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recorder.gradients import backward_calls, check_accumulation, check_fan_in, fan_ins, roots_of
from tests.recorder.programs import NAMES, Programs, path_of, source_of
from tests.recorder.record import (
    Record,
    all_steps,
    binding,
    brief,
    children,
    gradient,
    gradients_of,
    id_at,
    inside,
    line_of,
    node_of,
    printed,
    saved_by,
    step_of,
    steps_of,
    tensor_at,
    value_at,
)
from tutor.recording.format import Kind
from tutor.recording.model import Step
from tutor.recording.recording import Recording

NODES = """
import torch

w = torch.tensor(2.0, requires_grad=True)
x = torch.tensor(3.0)
b = torch.tensor(1.0, requires_grad=True)
y = w * x + b
loss = y**2
loss.backward()  # first
(w * x + b).backward()  # second
w.grad = None
a = w * 2
c = a.exp() + a**2
c.backward()  # two paths
m = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
(m @ m).sum().backward()  # one tensor twice
top, bottom = m.unbind(0)
(top * 3).sum().backward()  # a result that is not used
v = torch.ones(2, requires_grad=True)
(v + v.detach()).backward(torch.tensor([1.0, 5.0]))  # a gradient given
big = torch.ones(2000, requires_grad=True)
(big * 2).sum().backward()  # a large one
"""


@pytest.fixture(scope="module")
def nodes(record: Record) -> Recording:
    return record(NODES)


def ran(recording: Recording, line: str) -> list[str]:
    """Names of the nodes and leaves of the backward calls on a line, in order."""
    return [step.site.name for step in steps_of(recording, Kind.NODE, Kind.ACCUMULATE, line=line)]


def named(recording: Recording, line: str, name: str, nth: int = 0) -> Step:
    """The nth NODE step of a name on a line."""
    return [step for step in steps_of(recording, Kind.NODE, line=line) if step.site.name == name][nth]


def accumulated(recording: Recording, line: str) -> dict[str, tuple[object, object, object, bool]]:
    """For each leaf that received a gradient on a line: before, contribution, after, taken over."""
    found = {}
    for step in steps_of(recording, Kind.ACCUMULATE, line=line):
        leaf, before, contribution, after, taken_over = step.detail
        names = recording.state(step.number).names_of(leaf)
        found[names[0] if names else f"tensor {leaf}"] = (
            gradient(recording, before),
            gradient(recording, contribution),
            gradient(recording, after),
            taken_over,
        )
    return found


def test_the_call_comes_first_and_holds_every_node(nodes: Recording) -> None:
    call = step_of(nodes, "loss.backward()", Kind.OPERATION)
    below = children(nodes, call)
    assert [step.site.name for step in below if step.kind is Kind.NODE] == [
        "PowBackward0",
        "AddBackward0",
        "MulBackward0",
    ]
    assert len([step for step in below if step.kind is Kind.ACCUMULATE]) == 2
    assert [step.number for step in below] == list(range(call.number + 1, call.number + 6))
    assert {step.site.source for step in below} == {"loss.backward()"}


def test_gradients_come_in_and_go_out(nodes: Recording) -> None:
    assert gradients_of(nodes, named(nodes, "# first", "PowBackward0")) == ([1.0], [14.0])
    assert gradients_of(nodes, named(nodes, "# first", "AddBackward0")) == ([14.0], [14.0, 14.0])
    assert gradients_of(nodes, named(nodes, "# first", "MulBackward0")) == ([14.0], [42.0, None])


def test_saved_tensors_have_the_value_that_the_node_used(nodes: Recording) -> None:
    power = saved_by(nodes, named(nodes, "# first", "PowBackward0"))
    assert (power["self"], power["exponent"]) == (7.0, 2)
    product = saved_by(nodes, named(nodes, "# first", "MulBackward0"))
    assert product["other"] == 3.0
    assert "self" not in product or product["self"] is None, "x needs no gradient, so w was not saved"


def test_a_saved_tensor_is_known_by_the_learners_name(nodes: Recording) -> None:
    step = named(nodes, "# first", "MulBackward0")
    state = nodes.state(step.number - 1)
    (other,) = [saved for saved in node_of(nodes, step).saved if saved.name == "other"]
    assert other.tensor is not None
    assert state.names_of(other.tensor) == ["x"]
    (base,) = [s for s in node_of(nodes, named(nodes, "# first", "PowBackward0")).saved if s.name == "self"]
    assert base.tensor is not None
    assert nodes.state(step.number).names_of(base.tensor) == ["y"]


def test_edges_lead_to_nodes_and_leaves(nodes: Recording) -> None:
    add = node_of(nodes, named(nodes, "# first", "AddBackward0"))
    product, leaf = add.edges
    assert product is not None
    assert leaf is not None
    assert product.node == named(nodes, "# first", "MulBackward0").detail[0]
    assert (product.leaf, leaf.node) == (None, None)
    assert leaf.leaf == id_at(nodes, "b")
    assert node_of(nodes, named(nodes, "# first", "MulBackward0")).edges[1] is None, "x needs no gradient"


def test_a_first_gradient_is_taken_over_and_the_next_is_added(nodes: Recording) -> None:
    assert accumulated(nodes, "# first") == {"b": (None, 14.0, 14.0, True), "w": (None, 42.0, 42.0, True)}
    assert accumulated(nodes, "# second") == {"b": (14.0, 1.0, 15.0, False), "w": (42.0, 3.0, 45.0, False)}
    assert accumulated(nodes, "# two paths")["w"][0] is None


def test_the_gradient_appears_with_the_accumulate_step(nodes: Recording) -> None:
    for step in steps_of(nodes, Kind.ACCUMULATE, line="# first"):
        name = nodes.state(step.number).names_of(step.detail[0])[0]
        assert tensor_at(nodes, name, step.number - 1)["grad"] is None
        assert tensor_at(nodes, name, step.number)["grad"]["value"] == gradient(nodes, step.detail[3])


def test_two_paths_add_where_they_meet(nodes: Recording) -> None:
    (exp_out,) = gradients_of(nodes, named(nodes, "# two paths", "ExpBackward0"))[1]
    (pow_out,) = gradients_of(nodes, named(nodes, "# two paths", "PowBackward0"))[1]
    incoming, _ = gradients_of(nodes, named(nodes, "# two paths", "MulBackward0"))
    assert incoming == [pytest.approx(exp_out + pow_out)]


def test_two_edges_from_one_node_to_one_leaf_are_one_accumulation(nodes: Recording) -> None:
    (step,) = steps_of(nodes, Kind.ACCUMULATE, line="# one tensor twice")
    left, right = gradients_of(nodes, named(nodes, "# one tensor twice", "MmBackward0"))[1]
    total = [[a + b for a, b in zip(one, other, strict=True)] for one, other in zip(left, right, strict=True)]
    assert gradient(nodes, step.detail[2]) == total


def test_a_result_that_was_not_used_brings_no_gradient_or_zeros(nodes: Recording) -> None:
    incoming, outgoing = gradients_of(nodes, named(nodes, "# a result that is not used", "UnbindBackward0"))
    assert incoming[0] == [3.0, 3.0]
    assert incoming[1] in (None, [0.0, 0.0])
    assert outgoing == [[[3.0, 3.0], [0.0, 0.0]]]


def test_a_gradient_given_to_backward_is_what_the_root_gets(nodes: Recording) -> None:
    incoming, _ = gradients_of(nodes, named(nodes, "# a gradient given", "AddBackward0"))
    assert incoming == [[1.0, 5.0]]
    assert accumulated(nodes, "# a gradient given")["v"] == (None, [1.0, 5.0], [1.0, 5.0], True)


def test_large_gradients_are_summaries(nodes: Recording) -> None:
    step = named(nodes, "# a large one", "MulBackward0")
    content = step.detail[2][0][1]
    assert isinstance(content, dict)
    assert content["mean"] == 2.0


def test_nodes_are_released_with_the_call(nodes: Recording) -> None:
    call = step_of(nodes, "loss.backward()", Kind.OPERATION)
    final = inside(nodes, call)[-1]
    root = tensor_at(nodes, "loss", final.number)
    assert root["grad_fn"] == "PowBackward0"
    state = nodes.state(final.number + 1)
    loss = state.tensors[id_at(nodes, "loss", final.number + 1)]
    assert loss.node is not None
    assert state.nodes[loss.node].released
    assert state.nodes[loss.node].ran


FEATURES = """
import torch

x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(x**3, x, create_graph=True)  # first derivative
g.backward()  # second derivative
x.grad = None
z = x**2 * 3
z.backward(retain_graph=True)  # kept
z.backward()  # again
p, q = x * 5, x.exp()
torch.autograd.backward([p, q], [torch.tensor(1.0), torch.tensor(2.0)])  # several roots
u = torch.tensor(1.0, requires_grad=True)
gx, gu = torch.autograd.grad(x * 7, [x, u], allow_unused=True)  # one not used
(x * u).backward(inputs=[u])  # only one
torch.autograd.backward(tensors=(x * 6,), inputs=[x])  # by keyword


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return v**3  # in forward

    @staticmethod
    def backward(ctx, grad):
        (v,) = ctx.saved_tensors
        return 3 * v**2 * grad  # in backward


cube = Cube.apply(x)  # applied
cube.backward()  # of a function of one's own
h = x * 2
h.register_hook(lambda grad: grad * 10)
(h * 3).backward()  # with a hook
handle = x.register_hook(lambda grad: grad * 100)
x.grad = None
(x * 4).backward()  # with a leaf's hook
handle.remove()
mid = x * 2
mid.retain_grad()
(mid * 3).backward()  # retained
mid2 = x * 2
mid2.retain_grad()
out2 = mid2 * 3
out2.backward(retain_graph=True)  # retained once
out2.backward()  # retained twice
s = torch.tensor(1.0, requires_grad=True)


def descend(leaf):
    with torch.no_grad():
        leaf -= 0.5 * leaf.grad  # in the hook
    leaf.grad = None


s.register_post_accumulate_grad_hook(descend)
(s * 4).backward()  # with a hook after
k = x * 2
k.grad_fn.register_prehook(lambda grads: (grads[0] * 2,))
k.grad_fn.register_hook(lambda out, inc: (out[0] + 1, None))
x.grad = None
(k * 3).backward()  # with hooks of a node
r = torch.tensor([1.0, 2.0], requires_grad=True)
i = r[0] * r[1]
i.backward()  # indexed
cc = torch.tensor(2.0, requires_grad=True)
(cc**3).backward(create_graph=True)  # a graph of gradients
cc.grad.backward()  # and through it
f = (r * r).sum()
f.backward()
try:
    f.backward()  # second time
except RuntimeError:
    after = 1
with torch.no_grad():
    fresh = r * 2
e = torch.tensor(1.0, requires_grad=True)
t = (e * 2 for _ in range(1))
sum(t).backward()  # over a generator
"""


@pytest.fixture(scope="module")
def features(record: Record) -> Recording:
    return record(FEATURES)


def test_the_program_of_features_runs_to_its_end(features: Recording) -> None:
    assert features.end is not None
    assert features.end.how == "finished", features.end
    assert not [step for step in all_steps(features) if step.opaque]


def test_autograd_grad_has_nodes_and_a_result_but_no_accumulation(features: Recording) -> None:
    call = step_of(features, "torch.autograd.grad(x**3, x, create_graph=True)", Kind.OPERATION)
    assert "PowBackward0" in ran(features, "# first derivative")
    assert not steps_of(features, Kind.ACCUMULATE, line="# first derivative")
    number = binding(features, "g").number
    assert value_at(features, "g", number) == 12.0
    assert tensor_at(features, "g", number)["requires_grad"]
    assert tensor_at(features, "x", number)["grad"] is None
    assert children(features, call, Kind.NODE)


def test_what_autograd_grad_gave_is_bound(features: Recording) -> None:
    number = binding(features, "gx").number
    assert value_at(features, "gx", number) == 7.0
    assert value_at(features, "gu", number) is None


def test_backward_through_a_gradient(features: Recording) -> None:
    assert accumulated(features, "# second derivative") == {"x": (None, 12.0, 12.0, True)}


def test_a_graph_that_is_kept_is_released_later(features: Recording) -> None:
    first = named(features, "# kept", "MulBackward0")
    second = named(features, "# again", "MulBackward0")
    assert first.detail[0] == second.detail[0]
    node = first.detail[0]
    after_first = [step.number for step in steps_of(features, Kind.NODE, Kind.ACCUMULATE, line="# kept")][-1]
    assert not features.state(after_first + 1).nodes[node].released
    after_second = [step.number for step in steps_of(features, Kind.NODE, Kind.ACCUMULATE, line="# again")][-1]
    assert features.state(after_second + 1).nodes[node].released
    assert accumulated(features, "# kept")["x"] == (None, 12.0, 12.0, True)
    assert accumulated(features, "# again")["x"] == (12.0, 12.0, 24.0, False)


def test_several_roots(features: Recording) -> None:
    assert gradients_of(features, named(features, "# several roots", "MulBackward0"))[0] == [1.0]
    assert gradients_of(features, named(features, "# several roots", "ExpBackward0"))[0] == [2.0]
    assert "x" in accumulated(features, "# several roots")


def test_backward_to_chosen_inputs_accumulates_only_there(features: Recording) -> None:
    assert list(accumulated(features, "# only one")) == ["u"]
    assert list(accumulated(features, "# by keyword")) == ["x"]


def test_the_forward_of_a_function_of_ones_own_is_seen(features: Recording) -> None:
    (step,) = steps_of(features, Kind.OPERATION, line="# in forward")
    assert step.site.function == "Cube.forward"
    assert tensor_at(features, "cube", binding(features, "cube").number)["grad_fn"] == "CubeBackward"


def test_the_backward_of_a_function_of_ones_own_is_seen(features: Recording) -> None:
    found = steps_of(features, Kind.OPERATION, line="# in backward")
    assert [step.site.source for step in found] == ["v**2", "3 * v**2", "3 * v**2 * grad"]
    call = step_of(features, "cube.backward()", Kind.OPERATION)
    assert {step.parent for step in found} == {call.number}
    node = named(features, "# of a function", "CubeBackward")
    assert gradients_of(features, node) == ([1.0], [12.0])
    assert list(saved_by(features, node).values()) == [2.0]
    assert found[-1].number < node.number


def test_tensor_hooks_change_what_comes_in(features: Recording) -> None:
    line = exact(features, "# with a hook")
    steps = [step for step in steps_of(features, Kind.NODE, line=line) if step.site.name == "MulBackward0"]
    assert gradients_of(features, steps[0]) == ([1.0], [3.0, None])
    assert gradients_of(features, steps[1]) == ([30.0], [60.0, None])


def exact(recording: Recording, ending: str) -> int:
    """The number of the line that ends with a text."""
    assert recording.header is not None
    (number,) = [n for n, line in enumerate(recording.header.source.split("\n"), 1) if line.endswith(ending)]
    return number


def test_a_leafs_hook_changes_the_contribution(features: Recording) -> None:
    assert accumulated(features, "# with a leaf's hook") == {"x": (None, 400.0, 400.0, True)}


def test_a_tensor_that_retains_its_gradient_has_an_accumulate_step(features: Recording) -> None:
    found = accumulated(features, exact_text(features, "# retained"))
    assert found["mid"] == (None, 3.0, 3.0, True)
    assert tensor_at(features, "mid")["grad"]["value"] == 3.0


def exact_text(recording: Recording, ending: str) -> str:
    """The text of the line that ends with a text."""
    assert recording.header is not None
    return recording.header.source.split("\n")[exact(recording, ending) - 1]


def test_a_retained_gradient_adds_up(features: Recording) -> None:
    assert accumulated(features, "# retained once")["mid2"] == (None, 3.0, 3.0, True)
    assert accumulated(features, "# retained twice")["mid2"] == (3.0, 3.0, 6.0, False)


def test_a_hook_after_accumulation_runs_after_the_accumulate_step(features: Recording) -> None:
    (step,) = steps_of(features, Kind.ACCUMULATE, line="# with a hook after")
    assert [gradient(features, item) for item in step.detail[1:4]] == [None, 4.0, 4.0]
    update = steps_of(features, Kind.OPERATION, line="# in the hook")[-1]
    assert step.number < update.number
    assert value_at(features, "s", step.number) == 1.0
    assert value_at(features, "s", update.number) == -1.0
    assert tensor_at(features, "s")["grad"] is None


def test_hooks_of_a_node_change_what_it_gets_and_gives(features: Recording) -> None:
    steps = steps_of(features, Kind.NODE, line="# with hooks of a node")
    assert gradients_of(features, steps[0])[1][0] == 3.0
    incoming, outgoing = gradients_of(features, steps[1])
    assert incoming in ([6.0], [3.0])
    assert outgoing[0] in (12.0, 13.0)
    assert accumulated(features, "# with hooks of a node")["x"] == (None, 13.0, 13.0, True)


def test_a_graph_of_gradients(features: Recording) -> None:
    assert accumulated(features, "# a graph of gradients") == {"cc": (None, 12.0, 12.0, True)}
    leaf = accumulated(features, "# and through it")["cc"]
    assert leaf == (12.0, 12.0, 24.0, False)


def test_an_error_in_backward_is_a_step_and_the_call_stays(features: Recording) -> None:
    error = steps_of(features, Kind.ERROR)[-1]
    assert "second time" in error.detail[0]
    assert error.site.line == line_of(features, "# second time")
    call = steps_of(features, Kind.OPERATION, line="# second time")[-1]
    assert call.number < error.number
    assert binding(features, "after").parent == 0


def test_no_step_outside_has_a_backward_call_for_parent(features: Recording) -> None:
    assert step_of(features, "r * 2", Kind.OPERATION).parent == 0


OPTIMIZERS = """
import torch

w = torch.tensor([-1.0, 1.5], requires_grad=True)
optimizer = torch.optim.LBFGS([w], lr=1.0, max_iter=3)


def closure():
    optimizer.zero_grad()
    loss = (w**2).sum()
    loss.backward()  # in the closure
    return loss


optimizer.step(closure)  # LBFGS
after = w * 2
for turn in range(300):
    (w * 1.0).sum().backward()  # many times
"""


def test_backward_inside_a_function_that_the_optimizer_calls(record: Record) -> None:
    recording = record(OPTIMIZERS)
    calls = steps_of(recording, Kind.OPERATION, line="# in the closure")
    assert len(calls) >= 2
    for backward in calls:
        assert backward.site.function == "closure"
        assert [step.site.name for step in children(recording, backward)] == [
            "SumBackward0",
            "PowBackward0",
            "AccumulateGrad",
        ]
    call = step_of(recording, "optimizer.step(closure)", Kind.CALL)
    updates = [step for step in children(recording, call) if step.site.name == "add_"]
    assert updates
    assert recording.state(updates[-1].number).names_of(updates[-1].detail[0][0]) == ["w"]
    assert step_of(recording, "w * 2", Kind.OPERATION).parent == 0
    turns = {step.number for step in steps_of(recording, Kind.OPERATION, line="# many times")}
    below = [step.parent for step in steps_of(recording, Kind.NODE, Kind.ACCUMULATE, line="# many times")]
    assert len(below) == 3 * 300, "hooks of earlier calls are still there"
    assert set(below) <= turns


# What holds of all programs

CORRECT = [name for name in NAMES if "backward" in source_of(name) or "grad(" in source_of(name)]

CHANGES_GRADIENTS = re.compile(r"register_(\w+_)?(hook|prehook)|checkpoint|saved_tensors_hooks|parametriz|Function\)")
"""Programs in which the gradients between nodes need not be what the nodes gave: hooks, other threads' graphs."""


@pytest.mark.parametrize("name", CORRECT)
def test_before_and_contribution_make_after(name: str, programs: Programs) -> None:
    recording = programs.recording(name)
    for step, before, after, _ in recording.walk():
        if step.kind is Kind.ACCUMULATE:
            check_accumulation(recording, step, before, after)


@pytest.mark.parametrize("name", CORRECT)
def test_gradients_add_up_where_paths_meet(name: str, programs: Programs) -> None:
    if CHANGES_GRADIENTS.search(source_of(name)):
        pytest.skip("hooks of the program change gradients between nodes")
    recording = programs.recording(name)
    for call, steps in backward_calls(recording):
        for step, position, carried, incoming in fan_ins(recording, roots_of(recording, call), steps):
            check_fan_in(recording, step, position, carried, incoming)


def test_there_are_gradients_enough(programs: Programs) -> None:
    assert len(CORRECT) >= 60
    kinds = [step.kind for step in all_steps(programs.recording("train_linear"))]
    assert kinds.count(Kind.ACCUMULATE) >= 10


# Other people's word for it

BY_DEBUG_MODE = (
    "adam",
    "attention",
    "autograd_grad",
    "custom_function",
    "fan_out",
    "lstm",
    "module_tree",
    "sequential",
    "sgd_momentum",
    "train_linear",
    "views_in_place",
)

NOT_OF_INTEREST = re.compile(
    r"""get\ (?!T$|mT$|H$|mH$|real$|imag$|data$).*   # reading an attribute that is no new tensor
    |dim|size|numel|nelement|stride|item|tolist|numpy|data_ptr|element_size|storage_offset|untyped_storage
    |is_\w+|__repr__|__str__|__format__|__len__|__bool__|__float__|__int__|__index__|__contains__|__hash__|__array__
    |register_\w*hook|_set_grad_enabled|promote_types|can_cast|_record_function\w*|profiler\..*|ndimension|has_names|result_type|__reduce_ex__
    |allclose|equal|_is_view|get_device|__iter__""",
    re.VERBOSE,
)
"""Calls that neither make nor change a tensor: the recorder leaves them out, DebugMode does not."""


@pytest.fixture(scope="module")
def debug_mode() -> dict[str, list[list[str]]]:
    """What torch's own DebugMode saw of some programs."""
    script = Path(__file__).with_name("debug_mode.py")
    done = subprocess.run(
        [sys.executable, str(script), *(str(path_of(name)) for name in BY_DEBUG_MODE)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[list[str]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def logged(calls: list[list[str]]) -> list[str]:
    """The calls that make or change tensors, as the recorder names them: ``T``, not ``get T``."""
    names = [name for level, name in calls if level == "function" and not NOT_OF_INTEREST.fullmatch(name)]
    return [name.removeprefix("get ") for name in names]


def outside_backward(recording: Recording) -> list[str]:
    """The names of the operations, but for those of a backward call: DebugMode is switched off in there."""
    held: set[int] = set()
    found = []
    for step in all_steps(recording):
        if step.parent in held:
            held.add(step.number)
        elif step.kind in (Kind.OPERATION, Kind.INNER):
            found.append(step.site.name)
            if step.site.name in ("backward", "grad"):
                held.add(step.number)
    return found


@pytest.mark.parametrize("name", BY_DEBUG_MODE)
def test_operations_come_in_the_order_that_torch_itself_logs(
    name: str, programs: Programs, debug_mode: dict[str, list[list[str]]]
) -> None:
    expected = logged(debug_mode[str(path_of(name))])
    seen = outside_backward(programs.recording(name))[: len(expected)]
    for number, (one, other) in enumerate(zip(seen, expected, strict=False)):
        assert one == other, f"call {number}: recorded {seen[number:][:6]}, torch {expected[number:][:6]}"
    assert len(seen) == len(expected)


def test_torch_adds_in_place_exactly_where_a_gradient_is_added(
    programs: Programs, debug_mode: dict[str, list[list[str]]]
) -> None:
    for name in ("train_linear", "sgd_momentum", "fan_out"):
        recording = programs.recording(name)
        added = sum(not step.detail[4] for step in steps_of(recording, Kind.ACCUMULATE))
        count, in_backward = 0, False
        for level, call in debug_mode[str(path_of(name))]:
            if level == "function":
                in_backward = call == "backward"
            elif in_backward and call == "aten.add_.Tensor":
                count += 1
        assert added == count, name


FINITE_DIFFERENCES = """
import torch

torch.set_default_dtype(torch.float64)
x = torch.tensor([[0.3, -1.2], [0.7, 2.0], [-0.4, 0.1]])
t = torch.tensor([1.0, -1.0, 0.5])
w = torch.tensor([0.2, -0.5], requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)


def loss_of(w, b):
    return ((torch.tanh(x @ w + b) * torch.exp(-w.sum()) - t) ** 2).mean()


loss_of(w, b).backward()  # the gradient
step = 1e-6
numeric = []
with torch.no_grad():
    for k in range(2):
        shift = torch.zeros(2)
        shift[k] = step
        numeric.append(((loss_of(w + shift, b) - loss_of(w - shift, b)) / (2 * step)).item())
    numeric.append(((loss_of(w, b + step) - loss_of(w, b - step)) / (2 * step)).item())
print(*numeric)
"""


def test_recorded_gradients_agree_with_finite_differences(record: Record) -> None:
    recording = record(FINITE_DIFFERENCES)
    found = accumulated(recording, "# the gradient")
    numeric = [float(word) for word in printed(recording).split()]
    assert found["w"][1] == pytest.approx(numeric[:2], rel=1e-6)
    assert found["b"][1] == pytest.approx(numeric[2], rel=1e-6)
    assert brief(recording)


def test_a_tensor_that_is_no_leaf_gets_a_gradient_where_inputs_names_it(programs: Programs) -> None:
    recording = programs.recording("backward_inputs_inner")
    assert accumulated(recording, "loss.backward(inputs=h, retain_graph=True)") == {"h": (None, 17.0, 17.0, True)}
    assert accumulated(recording, "loss.backward(inputs=[h, w], retain_graph=True)") == {
        "h": (17.0, 17.0, 34.0, False),
        "w": (None, 34.0, 34.0, True),
    }
    assert accumulated(recording, "loss.backward(retain_graph=True)") == {
        "h": (34.0, 17.0, 51.0, False),
        "w": (34.0, 34.0, 68.0, False),
    }
    by_position = accumulated(recording, "loss.backward(None, True, False, (k, w))")
    assert by_position["k"] == (None, 1.0, 1.0, True)
    assert accumulated(recording, "inputs=[loss]")["loss"] == (None, 1.0, 1.0, True)
    assert accumulated(recording, "inputs=(second,)") == {"second": (None, 7.0, 7.0, True)}
    assert accumulated(recording, "inputs=far)") == {}
    assert accumulated(recording, "inputs=twice)") == {"twice": (None, 20.0, 20.0, True)}


def test_being_named_in_inputs_is_as_retain_grad_from_then_on(programs: Programs) -> None:
    recording = programs.recording("backward_inputs_inner")
    for name, expected in (("h", True), ("k", True), ("first", False), ("far", True)):
        assert recording.state(recording.count).tensors[id_at(recording, name)].meta.retains_grad is expected
    h, line = id_at(recording, "h"), "loss.backward(inputs=h, retain_graph=True)"
    arrived = steps_of(recording, Kind.ACCUMULATE, line=line)[0].number
    before, after = (recording.state(number).tensors[h] for number in (arrived - 1, arrived))
    assert (before.meta.retains_grad, after.meta.retains_grad) == (False, True)
    assert before.grad is None
    assert tensor_at(recording, "h", arrived)["grad"]["value"] == 17.0
