"""What is said of writes into a tensor: what it held, the rule with the step's own numbers, what it holds, or why
nothing changed."""

from __future__ import annotations

import re

import pytest

from tests.explain.told import told, told_of, told_of_leaf, told_of_node
from tests.recorder.programs import Programs
from tests.recorder.record import Record, printed, step_of, steps_of
from tutor.plain.format import number
from tutor.recording.format import Kind
from tutor.recording.recording import Recording

UPDATES = """
import torch

lr = 0.1
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w * torch.tensor([3.0, 0.0])).sum().backward()
with torch.no_grad():
    w -= lr * w.grad
    w.add_(w.grad, alpha=-lr)
    w.sub_(w.grad, alpha=-0.5)
    w.mul_(0.5)
    w.copy_(w - lr * w.grad)
w.data -= lr * w.grad
w.data = w.data - lr * w.grad
large = torch.ones(100)
large -= 0.25
"""


@pytest.fixture(scope="module")
def updates(record: Record) -> Recording:
    return record(UPDATES)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("w -= lr * w.grad", "w -= lr * w.grad changes w in place: [1.0, 2.0] - [0.3, 0.0] = [0.7, 2.0]."),
        ("w.add_(w.grad, alpha=-lr)", "add_ changes w in place: [0.7, 2.0] - 0.1·[3.0, 0.0] = [0.4, 2.0]."),
        ("w.sub_(w.grad, alpha=-0.5)", "sub_ changes w in place: [0.4, 2.0] + 0.5·[3.0, 0.0] = [1.9, 2.0]."),
        ("w.mul_(0.5)", "mul_ changes w in place: [1.9, 2.0]·0.5 = [0.95, 1.0]."),
        ("w.copy_(w - lr * w.grad)", "w - lr * w.grad = [0.65, 1.0]: [0.95, 1.0] → [0.65, 1.0]."),
        ("w.data -= lr * w.grad", "w.data in place: [0.65, 1.0] - [0.3, 0.0] = [0.35, 1.0]."),
        ("w.data = w.data - lr * w.grad", "w.data is set to w.data - lr * w.grad: [0.35, 1.0] → [0.05, 1.0]."),
        ("large -= 0.25", "large -= 0.25 changes large in place: (100,) 1.0, 1.0,"),
        ("large -= 0.25", "Its first element: 1.0 - 0.25 = 0.75."),
    ],
)
def test_what_was_there_the_rule_and_what_is_there_now(updates: Recording, source: str, sentence: str) -> None:
    assert sentence in told_of(updates, source)


def test_a_leaf_is_updated_unrecorded_whatever_the_operation(updates: Recording) -> None:
    for source in ("w -= lr * w.grad", "w.add_(w.grad, alpha=-lr)", "w.mul_(0.5)", "w.copy_(w - lr * w.grad)"):
        assert "It is still the same tensor. Grad is off, so the update itself is not recorded." in told_of(
            updates, source
        )


UNCHANGED = """
import torch

lr = 0.1
k = torch.tensor(1.0, requires_grad=True)
(k * 0).backward()
many = torch.ones(2000, requires_grad=True)
(many * 0).sum().backward()
with torch.no_grad():
    k -= lr * k.grad
    k.sub_(k.grad, alpha=lr)
    k.add_(k.grad, alpha=-lr)
    k.copy_(k - lr * k.grad)
    many -= lr * many.grad
    k.addcmul_(k.grad, k)
k.data -= lr * k.grad
k.data = k.data - lr * k.grad
rate = 0.0
g = torch.tensor(3.0)
d = k.detach()
d -= rate * g
d.mul_(1.0)
d /= 1
d.copy_(d)
d += 0
z = torch.zeros(2)
z.mul_(3)
z.zero_()
z[0] = 0
z.lerp_(z, 0.5)
n = torch.tensor(float("nan"))
n -= 1
same = d.float()
torch.optim.SGD([k], lr=lr).step()
"""


@pytest.fixture(scope="module")
def unchanged(record: Record) -> Recording:
    return record(UNCHANGED)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("k -= lr * k.grad", "1.0 - 0.0 = 1.0. What is subtracted is 0, because k.grad is 0."),
        ("k.sub_(k.grad, alpha=lr)", "1.0 - 0.1·0.0 = 1.0. What is subtracted is 0, because k.grad is 0."),
        ("k.add_(k.grad, alpha=-lr)", "1.0 - 0.1·0.0 = 1.0. What is subtracted is 0, because k.grad is 0."),
        ("k.copy_(k - lr * k.grad)", "It held these numbers already. 1.0 - 0.0 = 1.0. What is subtracted is 0,"),
        ("many -= lr * many.grad", "What is subtracted is 0, because many.grad is 0 everywhere."),
        ("k.addcmul_(k.grad, k)", "1.0 + 0.0·1.0 = 1.0. What is added is 0, because k.grad is 0."),
        ("k.data -= lr * k.grad", "What is subtracted is 0, because k.grad is 0."),
        ("k.data = k.data - lr * k.grad", "1.0 - 0.0 = 1.0. What is subtracted is 0, because k.grad is 0."),
        ("d -= rate * g", "1.0 - 0.0 = 1.0. What is subtracted is 0, because it is g times 0."),
        ("d.mul_(1.0)", "Times 1, a number stays as it is."),
        ("d /= 1", "Divided by 1, a number stays as it is."),
        ("d.copy_(d)", "It held these numbers already."),
        ("d += 0", "1.0 + 0.0 = 1.0. What is added is 0."),
        ("z.mul_(3)", "0 times 3.0 is 0."),
        ("z.zero_()", "It held these numbers already."),
        ("z[0] = 0", "z[0] = 0 leaves the value of z as it is. It held these numbers already."),
        ("z.lerp_(z, 0.5)", "What is added is 0."),
        ("n -= 1", "nan stays nan, whatever is added."),
    ],
)
def test_an_update_that_changes_nothing_says_why(unchanged: Recording, source: str, reason: str) -> None:
    assert reason in told_of(unchanged, source)


def test_an_optimizer_that_changes_nothing_says_why(unchanged: Recording) -> None:
    (inner,) = steps_of(unchanged, Kind.INNER, line="torch.optim.SGD([k], lr=lr).step()")
    assert "1.0 - 0.1·0.0 = 1.0. What is subtracted is 0, because k.grad is 0." in told(unchanged, inner.number)


def test_what_wrote_nothing_gives_no_reason(unchanged: Recording) -> None:
    assert told_of(unchanged, "d.float()") == "float leaves the value of d as it is."


ROUNDED = """
import torch

for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
    for value in (1.0, -1.0, 0.1, 3.0, 1000.0, -0.75):
        for amount in (value * 1e-20, -value * 1e-20):
            x = torch.tensor(value, dtype=dtype)
            towards = torch.tensor(float("inf") if amount > 0 else -float("inf"), dtype=dtype)
            print((torch.nextafter(x, towards) - x).abs().item())
            x += amount  # swallowed
"""


def test_what_rounding_swallows_is_told_with_the_distance_to_the_next_number(record: Record) -> None:
    recording = record(ROUNDED)
    gaps = [number(float(line)) for line in printed(recording).split()]
    steps = steps_of(recording, Kind.OPERATION, line="# swallowed")
    assert len(steps) == len(gaps) == 48
    for step, gap in zip(steps, gaps, strict=True):
        text = told(recording, step.number)
        assert "leaves the value of x as it is" in text
        assert f"the next number is {gap} away, so the result is rounded back." in text
    assert "1e-20 is too small for float32 beside 1.0" in told(recording, steps[12].number)


# Other memory


OTHER_MEMORY = """
import torch

w = torch.tensor([1.0, 2.0])
kept = w.view(2)
other = torch.tensor([[7.0, 8.0, 9.0]])
w.set_(other)
w.set_(torch.zeros(3))
w.set_(source=other)
"""


def test_a_tensor_that_looks_at_other_memory_says_whose(record: Record) -> None:
    recording = record(OTHER_MEMORY)
    assert told_of(recording, "w.set_(other)") == (
        "set_ lets w look at the memory of other: [1.0, 2.0] → [[7.0, 8.0, 9.0]]. Its shape was (2,) and is (1, 3) "
        "now. It is still the same tensor. It shares its memory with other now; writing into one changes both. It no "
        "longer shares memory with kept."
    )
    text = told_of(recording, "w.set_(torch.zeros(3))")
    assert "It no longer shares memory with other." in text
    assert "It shares" not in text
    assert "the memory of other" in told_of(recording, "w.set_(source=other)")


# Initial values


INITIAL = """
import torch
from torch import nn

w = torch.tensor([1.0, 2.0])
nn.init.constant_(w, 3.0)
layer = nn.Linear(1, 1)
nn.init.normal_(layer.weight, std=0.1)
nn.init.zeros_(tensor=layer.bias)
torch.add(w, 1.0, out=w)
"""


@pytest.fixture(scope="module")
def initial(record: Record) -> Recording:
    return record(INITIAL)


def test_a_function_of_init_writes_into_the_tensor_that_is_there(initial: Recording) -> None:
    call = step_of(initial, "nn.init.constant_(w, 3.0)").number
    assert "It writes new numbers into w, in place: w stays the same tensor. Grad is off inside" in told(initial, call)
    assert told(initial, call + 1) == (
        "Inside nn.init.constant_(w, 3.0): constant_ changes w in place with val = 3.0: [1.0, 2.0] → [3.0, 3.0]. It is "
        "still the same tensor."
    )


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("nn.init.normal_(layer.weight, std=0.1)", "layer.weight"),
        ("nn.init.zeros_(tensor=layer.bias)", "layer.bias"),
    ],
)
def test_that_grad_is_off_inside_is_said_of_leaves(initial: Recording, source: str, name: str) -> None:
    call = step_of(initial, source).number
    text = told(initial, call + 1)
    assert re.search(rf"_ changes {re.escape(name)} in place.*: \[.*\] → \[.*\]\. It is still the same tensor\.", text)
    assert text.endswith("Grad is off inside, so this is not recorded.")


def test_a_layer_fills_parameters_that_are_there_already(initial: Recording) -> None:
    call = step_of(initial, "nn.Linear(1, 1)").number
    inside = [told(initial, step.number) for step in initial.steps(call + 1, call + 4) if step.parent == call]
    filled = [text for text in inside if "uniform_ fills a new tensor in place with a = " in text]
    assert len(filled) == 2
    for text in filled:
        assert "Grad is off inside, so this is not recorded.\nIt is a leaf that requires grad" in text


def test_what_is_given_by_out_is_written_into(initial: Recording) -> None:
    text = told_of(initial, "torch.add(w, 1.0, out=w)")
    assert text.startswith("add changes w in place: [3.0, 3.0] + 1.0 = [4.0, 4.0]. It is still the same tensor.")


# Gradients of what is no leaf


def test_a_tensor_that_inputs_names_says_why_it_gets_a_gradient(programs: Programs) -> None:
    recording = programs.recording("backward_inputs_inner")
    call = told_of(recording, "loss.backward(inputs=h, retain_graph=True)")
    assert "inputs= names h: only its gradient is asked for, and it goes into h.grad." in call
    assert "The .grad of every leaf stays as it is. h is not a leaf, but being named in inputs= is enough." in call
    both = told_of(recording, "loss.backward(inputs=[h, w], retain_graph=True)")
    assert "inputs= names h and w: only their gradients are asked for" in both
    assert "The .grad of every other leaf stays as it is." in both
    first = told_of_leaf(recording, 0)
    assert first.startswith("h is not a leaf. It gets its gradient because this call names it in inputs=.")
    assert "h.grad was None, so the gradient 17.0 is taken over as it is: h.grad = 17.0." in first
    later = told_of_leaf(recording, 3)
    assert later.startswith("h is not a leaf. It keeps its gradient because the backward call in line ")
    assert "named it in inputs=: torch remembers that, as if retain_grad() had been called." in later
    assert "It sends nothing on: no gradient further back was asked for." in told_of_node(recording, "MulBackward0", 1)


def test_the_second_result_of_an_operation_is_told_its_own_way(programs: Programs) -> None:
    recording = programs.recording("backward_inputs_inner")
    (step,) = steps_of(recording, Kind.ACCUMULATE, line="inputs=(second,)")
    text = told(recording, step.number)
    assert "It came from MulBackward0 of second * 7 in line " in text
    assert "hook" not in text
