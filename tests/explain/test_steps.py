"""What each kind of step says."""

from __future__ import annotations

import re

import pytest

from tests.explain.programs import CUSTOM, GRAPH, OPTIMIZERS, SCALARS, SMALL
from tests.explain.told import told, told_of, told_of_leaf, told_of_node
from tests.recorder.record import Record
from tutor.recording.format import Kind
from tutor.recording.recording import Recording


@pytest.fixture(scope="module")
def scalars(record: Record) -> Recording:
    return record(SCALARS)


@pytest.fixture(scope="module")
def small(record: Record) -> Recording:
    return record(SMALL)


@pytest.fixture(scope="module")
def optimizers(record: Record) -> Recording:
    return record(OPTIMIZERS)


@pytest.fixture(scope="module")
def graph(record: Record) -> Recording:
    return record(GRAPH)


# Nodes


@pytest.mark.parametrize(
    ("name", "nth", "sentence"),
    [
        ("PowBackward0", 0, "The slope of x**2 is 2·x = 2·3.0 = 6.0. Incoming 1.0 times 6.0 = 6.0 goes to x."),
        ("PowBackward0", 0, "PowBackward0 goes back through x**2 in line 5. It is the first: backward starts here"),
        (
            "MulBackward0",
            0,
            "The slope of u * v with respect to u is v = -2.0. Incoming 1.0 times (-2.0) = -2.0 goes to u. "
            "The slope of u * v with respect to v is u = -8.0. Incoming 1.0 times (-8.0) = -8.0 goes to v.",
        ),
        ("AddBackward0", 0, "The slope of a + b for each part is 1, so incoming -8.0 goes on unchanged to a and b."),
        ("SubBackward0", 0, "The slope of a / b - 1 is 1, so incoming 1.0 goes on unchanged to a / b."),
        (
            "DivBackward0",
            0,
            "The slope of a / b with respect to a is 1/b = 1/(-4.0) = -0.25. Incoming 1.0 times (-0.25) = -0.25 goes "
            "to a. The slope of a / b with respect to b is -a/b**2 = -2.0/(-4.0)**2 = -0.125.",
        ),
        ("AbsBackward0", 0, "The slope of abs(b) is the sign of b (0 at 0); here -1.0."),
        ("ReluBackward0", 0, "The slope of torch.relu(b) is 1 where b > 0, else 0; here 0.0."),
        ("SqrtBackward0", 0, "The slope of torch.sqrt(a) is 1/(2·torch.sqrt(a)) = 1/(2·1.414) = 0.3536."),
        ("ExpBackward0", 0, "The slope of torch.exp(a) is exp(a) again, its own result; here 7.389."),
    ],
)
def test_the_derivative_of_a_scalar(scalars: Recording, name: str, nth: int, sentence: str) -> None:
    assert sentence in told_of_node(scalars, name, nth)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "MeanBackward0",
            "A mean of 6 numbers has the slope 1/6 for each of them: 1.0/6 = 0.1667 goes to all 6 elements.",
        ),
        (
            "AddBackward0",
            "b, a single number, was stretched to shape (2, 3), so the incoming gradient, a tensor of shape (2, 3), is "
            "added up along axes 0 and 1: ",
        ),
        ("MulBackward0", "w of shape (3,) was stretched to shape (2, 3), so these are added up along axis 0: "),
        ("SoftmaxBackward0", "s·(g - sum of g·s) goes back"),
        ("MaxBackward1", "Only the largest number decides the result"),
        ("SelectBackward0", "the gradient goes to their places, and 0 to all others."),
        ("MvBackward0", "m.T @ g goes back to "),
        ("MmBackward0", "A gets G @ B.T and B gets A.T @ G. Here "),
        (
            "MseLossBackward0",
            "The slope of the squared error is 2·(m - t)/4 for each element, since the loss is a mean",
        ),
        ("NllLossBackward0", "that place gets -1/2 times the incoming gradient, and every other place 0."),
        ("CopySlices", "A part of the tensor was written in place."),
        ("EmbeddingBackward0", "rows that nobody looked up get 0."),
        (
            "MedianBackward0",
            "torch computes, with grad for the incoming gradient, for self: evenly_distribute_backward(",
        ),
    ],
)
def test_the_derivative_of_a_tensor(small: Recording, name: str, sentence: str) -> None:
    assert sentence in told_of_node(small, name)


def test_dropout_is_a_product_with_a_mask(small: Recording) -> None:
    nodes = [
        n for n in range(1, small.count + 1) if small.kind(n) is Kind.NODE and small.site(n).name == "MulBackward0"
    ]
    told = [told_of_node(small, "MulBackward0", nth) for nth in range(len(nodes))]
    assert sum("mask of dropout" in text for text in told) == 1


def test_a_function_of_the_program_and_a_node_that_only_torch_knows(record: Record) -> None:
    recording = record(CUSTOM)
    assert "its backward() computed what goes on. Incoming 1.0; 6.0 goes to x." in told_of_node(
        recording, "SquareBackward"
    )
    assert "for self: weight.isComplex()" in told_of_node(recording, "LerpBackward0")
    assert "It used what it had saved: x = 3.0." in told_of_node(recording, "SquareBackward")


# Gradients that arrive


def test_the_first_gradient_is_taken_over_and_later_ones_are_added(scalars: Recording) -> None:
    assert told_of_leaf(scalars, 0) == (
        "x.grad was None, so the gradient 6.0 is taken over as it is: x.grad = 6.0.\n"
        "It came from PowBackward0 of x**2 in line 5."
    )
    assert "x.grad already held 6.0, and backward adds: 6.0 + 6.0 = 12.0." in told_of_leaf(scalars, 1)
    assert "What it held came from an earlier backward call in this line." in told_of_leaf(scalars, 1)
    assert "backward adds: 12.0 + 6.0 = 18.0." in told_of_leaf(scalars, 2)
    assert "Since it was None: 6.0 + 6.0 + 6.0 = 18.0." in told_of_leaf(scalars, 2)


def test_two_ways_to_a_leaf_are_told(scalars: Recording) -> None:
    assert (
        "It came by 2 ways: from AddBackward0 of a + b in line 10 and MulBackward0 of a * b in line 9. "
        "Both were added first: (-8.0) + 8.0 = 0.0."
    ) in told_of_leaf(scalars, 3) + told_of_leaf(scalars, 4)


def ways(terms: int) -> str:
    return (
        f"import torch\nx = torch.tensor(1.0, requires_grad=True)\n"
        f"y = {' + '.join(f'x*{factor}' for factor in range(1, terms + 1))}\ny.backward()\n"
    )


@pytest.mark.parametrize("terms", [6, 7])
def test_many_ways_to_a_leaf_are_told(record: Record, terms: int) -> None:
    text = told_of_leaf(record(ways(terms)))
    assert f"It came by {terms} ways" in text
    assert (", of which the first 6 are from " in text) == (terms > 6)
    assert text.count("MulBackward0 of x*") == 6
    parts = " + ".join(f"{factor}.0" for factor in range(terms, 0, -1))
    assert text.endswith(f"They were added first: {parts} = {terms * (terms + 1) // 2}.0.")


def test_ways_that_are_called_the_same_are_counted(record: Record) -> None:
    recording = record(
        "import torch\nx = torch.tensor(1.0, requires_grad=True)\nh = x * 1\n"
        "sum(h * turn for turn in range(300)).backward()\n"
    )
    assert "300 gradients met here, from MulBackward0 (300 times), and were added, which makes 44850.0." in (
        "\n".join(told(recording, number) for number in range(recording.count - 3, recording.count + 1))
    )


def test_a_tensor_that_is_used_twice_gets_both_gradients(record: Record) -> None:
    recording = record(
        "import torch\nh = torch.tensor(3.0, requires_grad=True)\n(h * h).backward()\n(h / h).backward()\n"
        "(h + h).backward()\ntorch.stack([h, h, h]).sum().backward()\n"
    )
    product = told_of_node(recording, "MulBackward0")
    assert product.count("h = 3.0. Incoming 1.0 times 3.0 = 3.0 goes to h.") == 1
    assert product.endswith(
        "with respect to each h is h = 3.0. Incoming 1.0 times 3.0 = 3.0 goes to h. h is used "
        "twice here, so it gets both gradients."
    )
    assert (
        "It came by 2 ways: from MulBackward0 of h * h in line 3 (twice). Both were added first: 3.0 + 3.0 = 6.0."
        in (told_of_leaf(recording, 0))
    )
    quotient = told_of_node(recording, "DivBackward0")
    assert "with respect to the first h is 1/h" in quotient
    assert "with respect to the second h is -h/h**2" in quotient
    assert "h is used twice here, so it gets both gradients." in quotient
    assert "goes on unchanged to h. h is used twice here" in told_of_node(recording, "AddBackward0")
    assert "h is used 3 times here, so it gets all 3 gradients." in told_of_node(recording, "StackBackward0")
    assert told_of(recording, "h * h").endswith("The node saved h = 3.0.")


def test_what_it_held_came_from_another_line(scalars: Recording) -> None:
    assert "What it held came from the backward call in line 12." in told_of_leaf(scalars, 5) + told_of_leaf(scalars, 6)


def test_a_hook_and_a_tensor_that_retains_its_gradient(graph: Recording) -> None:
    assert "A hook replaced the gradient [1.0, 1.0] by [10.0, 10.0]" in told_of_node(graph, "MulBackward0")
    retained = told_of_leaf(graph, 0)
    assert retained.startswith("k is not a leaf. It keeps its gradient because retain_grad() was called.")
    assert "A hook replaced the gradient [1.0, 1.0] by [10.0, 10.0]." in retained


# Operations


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("torch.tensor([1.0, 2.0], requires_grad=True)", "It is a leaf that requires grad"),
        ("w.detach()", "the graph ends here, and no gradient goes back through it.\nIt shares its memory with w"),
        ("k.retain_grad()", "k is not a leaf, so its .grad would stay None."),
        ("w * 3", "Its grad_fn is MulBackward0, recorded because w requires grad. The node saved other = 3."),
        ("w > 1.5", "It is bool, and only floating numbers have slopes, so it has no grad_fn."),
        ("w[0]", "It is a view: it shares its memory with w; writing into one changes both."),
        ("d[0] = 7.0", "d[0] = 7.0 changes d in place: [1.0, 2.0] → [7.0, 2.0]. It is still the same tensor."),
        ("d[0] = 7.0", "w share its memory, so they changed too."),
        ("c.mul_(3)", "Its grad_fn is now MulBackward0, so backward goes through the change too."),
        ("k.sum().backward()", "It begins with 1.0, the slope of the result with respect to itself."),
        ("c.sum().backward(retain_graph=True)", "retain_graph=True keeps what the nodes saved"),
        ("torch.autograd.grad((w * 4).sum(), w)", "It gives the gradients back and leaves every .grad as it is."),
        ("w.requires_grad_(False)", "w no longer requires grad. Backward leaves its .grad as it is."),
        ("w.grad = None", "w.grad is set to None. It held "),
        ("w.grad = None", "None is not 0: an optimizer skips a parameter whose .grad is None."),
    ],
)
def test_what_an_operation_did(graph: Recording, source: str, sentence: str) -> None:
    assert sentence in told_of(graph, source)


def test_why_no_node_was_recorded(graph: Recording) -> None:
    assert "Grad is off here, so it has no grad_fn although w requires grad." in told_of(graph, "w * 2", nth=1)
    assert "inference_mode is on, so it has no grad_fn although w requires grad." in told_of(graph, "w * 2", nth=2)
    assert "No input requires grad, so it has no grad_fn." in told_of(graph, "w * 2", nth=3)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("with torch.no_grad()", "with torch.no_grad(): grad is off inside. No node is recorded"),
        ("with torch.inference_mode()", "can never be part of a graph."),
        ("n = d.numpy()", "numpy() gives an array on the same memory, outside the graph."),
        ("f = row.item()", "item() gives a plain Python number. It is outside the graph"),
        ("handle = k.register_hook(lambda gradient: gradient * 10)", "what it returns takes its place."),
    ],
)
def test_what_a_statement_did(graph: Recording, source: str, sentence: str) -> None:
    assert sentence in told_of(graph, source, Kind.STATEMENT)


def test_leaving_no_grad(graph: Recording) -> None:
    assert "The block is over: grad is on again." in told_of(graph, "w * 3")
    assert "The block is over" not in told_of(graph, "w.detach()")


def test_broadcasting_says_which_axis_was_stretched(small: Recording) -> None:
    assert "Broadcasting: w of shape (3,) is stretched along axis 0 to shape (2, 3)." in told_of(small, "x * w")
    text = told_of(small, "x * w + b")
    assert "Broadcasting: b, a single number, is stretched along axes 0 and 1 to shape (2, 3)." in text


def test_large_tensors_are_told_by_their_shape(record: Record) -> None:
    recording = record("import torch\nx = torch.ones(20, 5, requires_grad=True)\n(x**2).sum().backward()\n")
    assert "ones makes a tensor of shape (20, 5), now called x." in told_of(
        recording, "torch.ones(20, 5, requires_grad=True)"
    )
    assert "pow of x of shape (20, 5) and 2 gives a tensor of shape (20, 5)." in told_of(recording, "x**2")
    assert "The node saved x of shape (20, 5), exponent = 2." in told_of(recording, "x**2")
    assert (
        "The incoming gradient, a tensor of shape (20, 5), times that, element by element, goes to x."
    ) in told_of_node(recording, "PowBackward0")
    assert told_of_leaf(recording).startswith(
        "x.grad was None, so the gradient, a tensor of shape (20, 5), is taken over as it is.\n"
    )


def test_a_shape_is_never_told_as_a_value(record: Record) -> None:
    recording = record(
        "import torch\nw = torch.ones(4, 5, requires_grad=True)\nb = torch.ones(4, 1, requires_grad=True)\n"
        "x = torch.ones(4, 4)\nfor turn in range(2):\n    ((x @ w + b).relu() * w).mean().backward()\n"
        "sgd = torch.optim.Adam([w, b], lr=0.1)\nsgd.step()\nsgd.zero_grad()\n"
    )
    for number in range(1, recording.count + 1):
        for sentence in told(recording, number).split(". "):
            if "@" not in sentence and "→" not in sentence and "is now" not in sentence:
                assert not re.search(r"(?<!shape )\(\d+, *\d*\)", sentence), sentence


def test_the_tensors_of_a_list_are_called_by_their_names(record: Record) -> None:
    recording = record(
        "import torch\na = torch.tensor([1.0, 2.0, 3.0, 4.0])\ns = torch.stack([a, a.flip(0)])\n"
        "c = torch.cat([s, s], 1)\nmany = torch.cat([a, a, a, a, a])\n"
    )
    assert told_of(recording, "torch.stack([a, a.flip(0)])").startswith(
        "stack of a and a.flip(0) gives a tensor of shape (2, 4), now called s."
    )
    assert told_of(recording, "torch.cat([s, s], 1)").startswith("cat of [s, s] and 1 gives a tensor of shape (2, 8)")
    assert told_of(recording, "torch.cat([a, a, a, a, a])").startswith("cat of a, a, a, a and … gives a tensor")


# Updates


def inner(recording: Recording, source: str, name: str, nth: int = 0) -> str:
    found = [
        number
        for number in range(1, recording.count + 1)
        if recording.kind(number) is Kind.INNER
        and recording.site(number).source == source
        and recording.site(number).name == name
    ]
    return told(recording, found[nth])


@pytest.mark.parametrize(
    ("source", "name", "nth", "sentence"),
    [
        ("plain.step()", "add_", 0, "[2.0, 3.0] - 0.1·[10.0, 14.0] = [1.0, 1.6]"),
        ("plain.step()", "add_", 0, "The update: w minus the learning rate times the gradient."),
        ("sgd.step()", "add", 0, "[10.0, 14.0] + 0.01·[1.0, 1.6] = "),
        ("sgd.step()", "add", 0, "Weight decay: 0.01 times w is added to the gradient."),
        ("sgd.step()", "clone", 0, "The momentum buffer starts as a copy of the first gradient."),
        ("sgd.step()", "mul_", 0, "Momentum: the buffer keeps 0.9 of what it was."),
        ("sgd.step()", "add", 1, "Nesterov looks ahead: gradient plus 0.9 times the buffer is the direction."),
        ("adam.step()", "lerp_", 0, "The running mean m of the gradient moves towards it by 1 - beta1."),
        ("adam.step()", "add_", 0, "The count of steps goes up by 1."),
        ("adam.step()", "add_", 1, "eps is added, so that nothing is divided by 0."),
        ("adam.step()", "addcdiv_", 0, "The update: w minus the learning rate times m/d, where d is the square "),
        ("adamw.step()", "mul_", 0, "Decoupled weight decay: w keeps 0.999 of itself, which is 1 - lr·weight_decay."),
        ("rms.step()", "addcmul_", 0, "1 - alpha times the squared gradient is added to the running mean of it."),
        ("rms.step()", "add_", 2, "The update: w minus the learning rate times the buffer."),
    ],
)
def test_the_rule_of_an_optimizer(optimizers: Recording, source: str, name: str, nth: int, sentence: str) -> None:
    assert sentence in inner(optimizers, source, name, nth)


def test_a_new_running_mean_that_stays_0_says_with_which_number(optimizers: Recording) -> None:
    text = inner(optimizers, "adam.step()", "mul_", 0)
    assert text.startswith("Inside adam.step(): mul_ changes nothing here: 0 times 0.999 is 0. The running mean v ")


def test_none_is_skipped_and_zero_is_not(optimizers: Recording) -> None:
    assert "b.grad is None. A parameter whose .grad is None is skipped." in told_of(optimizers, "sgd.step()", nth=2)
    assert "b.grad is None" not in told_of(optimizers, "sgd.step()", nth=1)
    assert "It is 0, not None: the next backward adds to it" in told_of(optimizers, "w.grad.zero_()")


def test_an_update_by_hand(optimizers: Recording) -> None:
    text = told_of(optimizers, "w -= 0.1 * w.grad")
    assert text.startswith("w -= 0.1 * w.grad changes w in place: ")
    assert "Grad is off, so the update itself is not recorded." in text


def test_zero_grad(optimizers: Recording) -> None:
    assert "finds no .grad to clear: they are all None." in told_of(optimizers, "sgd.zero_grad()", Kind.STATEMENT)
    assert "It clears every .grad" in told_of(optimizers, "sgd.zero_grad()", Kind.CALL)


# What a learner sees in the lessons


FUNCTION = """
import torch

w = 0.5
t = torch.tensor(1.0)
def double(w, t):
    return w * 2
y = double(7, t)
"""


def test_a_name_that_a_function_hid_is_not_told_as_new_when_it_is_seen_again(record: Record) -> None:
    recording = record(FUNCTION)
    assert "w is now 7" in told_of(recording, "return w * 2", Kind.STATEMENT)
    assert told_of(recording, "y = double(7, t)", Kind.STATEMENT) == "y is now 14."


def test_a_parameter_that_was_frozen_after_its_gradient_came_is_updated_as_one(record: Record) -> None:
    recording = record(
        "import torch\nw = torch.tensor(1.0, requires_grad=True)\nsgd = torch.optim.SGD([w], lr=0.1)\n"
        "(w * 2).backward()\nw.requires_grad_(False)\nsgd.step()\n"
    )
    text = inner(recording, "sgd.step()", "add_", 0)
    assert "The update: w minus the learning rate times the gradient." in text


def test_step_without_a_gradient_says_why_nothing_happens(record: Record) -> None:
    recording = record(
        "import torch\nw = torch.tensor(1.0, requires_grad=True)\nsgd = torch.optim.SGD([w], lr=0.1)\nsgd.step()\n"
        "class Other:\n    def step(self): pass\nother = Other()\nother.step()\n"
    )
    text = "sgd.step() changes nothing: it skips a parameter whose .grad is None, and they are all None."
    assert told_of(recording, "sgd.step()", Kind.STATEMENT) == text
    assert "skips" not in told_of(recording, "other.step()", Kind.STATEMENT)


def test_backward_on_several_numbers_says_what_it_misses(record: Record) -> None:
    recording = record(
        "import torch\nx = torch.ones(3, requires_grad=True)\ny = x * 2\ny.backward(torch.ones(3), retain_graph=True)\n"
        "torch.autograd.backward(y, grad_tensors=torch.ones(3), retain_graph=True)\ny.backward()\n"
    )
    missing = "It has 3 elements, and no gradient to begin with was given. Only a single number begins with 1.0"
    assert missing in told_of(recording, "y.backward()")
    assert missing not in told_of(recording, "y.backward(torch.ones(3), retain_graph=True)")
    assert missing not in told_of(
        recording, "torch.autograd.backward(y, grad_tensors=torch.ones(3), retain_graph=True)"
    )


def test_a_value_ends_with_dots_only_where_some_of_it_is_left_out(record: Record) -> None:
    column = "[[-40.0], [-10.0], [15.0], [30.0], [50.0]]"
    recording = record(f"import torch\ndef f(x):\n    return x\nc = torch.tensor({column})\nd = f(c)\n")
    assert "x is now (5, 1) -40.0, -10.0, 15.0, 30.0, 50.0." in told_of(recording, "return x", Kind.STATEMENT)


def test_an_update_that_changes_nothing_says_with_which_numbers(record: Record) -> None:
    program = """
        import torch

        w = torch.tensor(1.5)
        gradient = torch.tensor(0.0)
        w -= 0.1 * gradient
    """
    text = told_of(record(program), "w -= 0.1 * gradient")
    assert text.startswith("w -= 0.1 * gradient leaves the value of w as it is: 1.5 - 0.0 = 1.5.")
