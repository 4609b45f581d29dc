"""Every derivative that is told, against finite differences of the operation itself in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from tutor.explain.arrays import Array
from tutor.explain.case import Case
from tutor.explain.nodes import RULES

STEP = 1e-6

Tensors = tuple[torch.Tensor, ...]
Operation = Callable[..., torch.Tensor]


def positive(*shape: int) -> torch.Tensor:
    """Numbers between 0.2 and 1.8, no two of them close: nothing is at the edge of a clamp, a relu or a tie."""
    count = max(torch.Size(shape).numel(), 1)
    values = torch.linspace(0.2, 1.8, count, dtype=torch.float64)[torch.randperm(count)]
    return (values + 0.01 * torch.rand(count, dtype=torch.float64)).reshape(shape).requires_grad_()


def signed(*shape: int) -> torch.Tensor:
    """Numbers of both signs, none of them close to 0 or to another."""
    values = positive(*shape).detach()
    flips = torch.arange(values.numel()).reshape(shape) % 2 * 2 - 1
    return (values * flips).requires_grad_()


def chance(*shape: int) -> torch.Tensor:
    """Numbers between 0 and 1."""
    return (positive(*shape).detach() / 2).requires_grad_()


def fixed(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach()


def integers(*values: int) -> torch.Tensor:
    return torch.tensor(values)


Row = tuple[str, Operation, Callable[[], Tensors]]

ROWS: list[Row] = [
    ("AddBackward0", torch.add, lambda: (signed(2, 3), signed(3))),
    ("AddBackward0", lambda a, b: torch.add(a, b, alpha=3), lambda: (signed(2, 1), signed(2, 3))),
    ("AddBackward0", lambda a: a + 2.0, lambda: (signed(3),)),
    ("SubBackward0", torch.sub, lambda: (signed(), signed(2, 3))),
    ("SubBackward0", lambda a, b: torch.sub(a, b, alpha=2), lambda: (signed(3), signed(3))),
    ("RsubBackward1", lambda a: 2 - a, lambda: (signed(3),)),
    ("RsubBackward0", torch.rsub, lambda: (signed(3), signed(2, 3))),
    ("MulBackward0", torch.mul, lambda: (signed(3), signed(2, 3))),
    ("MulBackward0", lambda a: a * 2.5, lambda: (signed(3),)),
    ("DivBackward0", torch.div, lambda: (signed(2, 3), signed(3))),
    ("DivBackward0", torch.div, lambda: (signed(), signed(2, 3))),
    ("NegBackward0", torch.neg, lambda: (signed(3),)),
    ("PowBackward0", lambda a: a**2, lambda: (signed(3),)),
    ("PowBackward0", lambda a: a**3, lambda: (signed(3),)),
    ("PowBackward0", lambda a: a**0, lambda: (signed(3),)),
    ("PowBackward0", lambda a: a**0.5, lambda: (positive(3),)),
    ("PowBackward0", lambda a: a**-2, lambda: (signed(3),)),
    ("PowBackward1", torch.pow, lambda: (positive(2, 3), signed(3))),
    ("PowBackward2", lambda a: 2.5**a, lambda: (signed(3),)),
    ("ExpBackward0", torch.exp, lambda: (signed(3),)),
    ("LogBackward0", torch.log, lambda: (positive(3),)),
    ("Log2Backward0", torch.log2, lambda: (positive(3),)),
    ("Log10Backward0", torch.log10, lambda: (positive(3),)),
    ("Log1PBackward0", torch.log1p, lambda: (positive(3),)),
    ("SqrtBackward0", torch.sqrt, lambda: (positive(3),)),
    ("RsqrtBackward0", torch.rsqrt, lambda: (positive(3),)),
    ("ReciprocalBackward0", torch.reciprocal, lambda: (signed(3),)),
    ("AbsBackward0", torch.abs, lambda: (signed(4),)),
    ("SinBackward0", torch.sin, lambda: (signed(3),)),
    ("CosBackward0", torch.cos, lambda: (signed(3),)),
    ("ReluBackward0", torch.relu, lambda: (signed(4),)),
    ("LeakyReluBackward0", lambda a: F.leaky_relu(a, 0.2), lambda: (signed(4),)),
    ("SigmoidBackward0", torch.sigmoid, lambda: (signed(4),)),
    ("TanhBackward0", torch.tanh, lambda: (signed(4),)),
    ("SoftplusBackward0", lambda a: F.softplus(a, beta=2), lambda: (signed(4),)),
    ("SoftplusBackward0", lambda a: F.softplus(a, beta=2, threshold=1), lambda: (signed(4),)),
    ("SiluBackward0", F.silu, lambda: (signed(4),)),
    ("EluBackward0", lambda a: F.elu(a, alpha=1.5), lambda: (signed(4),)),
    ("EluBackward0", F.selu, lambda: (signed(4),)),
    ("GeluBackward0", F.gelu, lambda: (signed(4),)),
    ("GeluBackward0", lambda a: F.gelu(a, approximate="tanh"), lambda: (signed(4),)),
    ("SoftmaxBackward0", lambda a: a.softmax(-1), lambda: (signed(2, 3),)),
    ("SoftmaxBackward0", lambda a: a.softmax(0), lambda: (signed(2, 3),)),
    ("SafeSoftmaxBackward0", lambda a: torch._safe_softmax(a, -1), lambda: (signed(2, 3),)),
    ("LogSoftmaxBackward0", lambda a: a.log_softmax(1), lambda: (signed(2, 3),)),
    ("ClampBackward1", lambda a: a.clamp(-0.5, 0.7), lambda: (signed(6),)),
    ("ClampBackward1", lambda a: a.clamp(min=0.1), lambda: (signed(6),)),
    ("ClampBackward0", torch.clamp, lambda: (signed(2, 3), fixed(signed(3)) * 0 - 0.5, positive(3))),
    ("ClampBackward0", torch.clamp, lambda: (signed(2, 3), (fixed(signed(3)) * 0.1).requires_grad_())),
    ("ClampMinBackward0", lambda a: torch.clamp_min(a, 0.1), lambda: (signed(6),)),
    ("ClampMaxBackward0", lambda a: torch.clamp_max(a, 0.1), lambda: (signed(6),)),
    ("WhereBackward0", lambda a, b: torch.where(fixed(a) > 0, a, b), lambda: (signed(2, 3), signed(3))),
    ("MaximumBackward0", torch.maximum, lambda: (signed(2, 3), signed(3))),
    ("MinimumBackward0", torch.minimum, lambda: (signed(2, 3), signed(3))),
    ("MaskedFillBackward0", lambda a: a.masked_fill(fixed(a) > 0, 3.0), lambda: (signed(2, 3),)),
    ("SumBackward0", torch.sum, lambda: (signed(2, 3),)),
    ("SumBackward1", lambda a: a.sum(1), lambda: (signed(2, 3),)),
    ("SumBackward1", lambda a: a.sum((0, -1), keepdim=True), lambda: (signed(2, 3, 2),)),
    ("MeanBackward0", torch.mean, lambda: (signed(2, 3),)),
    ("MeanBackward1", lambda a: a.mean(0), lambda: (signed(2, 3),)),
    ("MaxBackward1", torch.max, lambda: (signed(2, 3),)),
    ("MinBackward1", torch.min, lambda: (signed(2, 3),)),
    ("MaxBackward0", lambda a: a.max(1)[0], lambda: (signed(2, 3),)),
    ("MinBackward0", lambda a: a.min(-1, keepdim=True)[0], lambda: (signed(2, 3),)),
    ("AmaxBackward0", lambda a: a.amax(0), lambda: (signed(2, 3),)),
    ("AminBackward0", lambda a: a.amin((0, 1)), lambda: (signed(2, 3),)),
    ("ProdBackward0", torch.prod, lambda: (signed(2, 3),)),
    ("ProdBackward1", lambda a: a.prod(-1), lambda: (signed(2, 3),)),
    ("LinalgVectorNormBackward0", torch.linalg.vector_norm, lambda: (signed(2, 3),)),
    ("LinalgVectorNormBackward0", lambda a: a.norm(p=3, dim=1), lambda: (signed(2, 3),)),
    ("LinalgVectorNormBackward0", lambda a: a.norm(p=1), lambda: (signed(2, 3),)),
    ("NormBackward0", lambda a: torch.ops.aten.norm(a, 2), lambda: (signed(2, 3),)),
    ("VarBackward0", torch.var, lambda: (signed(2, 3),)),
    ("VarBackward0", lambda a: a.var(1, correction=0), lambda: (signed(2, 3),)),
    ("StdBackward0", torch.std, lambda: (signed(2, 3),)),
    ("StdBackward0", lambda a: a.std(0, keepdim=True), lambda: (signed(3, 2),)),
    ("CumsumBackward0", lambda a: a.cumsum(-1), lambda: (signed(2, 3),)),
    ("LogsumexpBackward0", lambda a: a.logsumexp(1), lambda: (signed(2, 3),)),
    ("MmBackward0", torch.mm, lambda: (signed(2, 3), signed(3, 4))),
    ("BmmBackward0", torch.bmm, lambda: (signed(2, 2, 3), signed(2, 3, 2))),
    ("MvBackward0", torch.mv, lambda: (signed(2, 3), signed(3))),
    ("DotBackward0", torch.dot, lambda: (signed(3), signed(3))),
    ("AddmmBackward0", torch.addmm, lambda: (signed(4), signed(2, 3), signed(3, 4))),
    (
        "AddmmBackward0",
        lambda a, b, c: torch.addmm(a, b, c, alpha=2, beta=3),
        lambda: (signed(2, 4), signed(2, 3), signed(3, 4)),
    ),
    ("BaddbmmBackward0", torch.baddbmm, lambda: (signed(2, 2, 2), signed(2, 2, 3), signed(2, 3, 2))),
    ("ConvolutionBackward0", F.conv1d, lambda: (signed(1, 2, 5), signed(3, 2, 2), signed(3))),
    (
        "ConvolutionBackward0",
        lambda a, b, c: F.conv2d(a, b, c, stride=2, padding=1),
        lambda: (signed(1, 2, 4, 4), signed(2, 2, 3, 3), signed(2)),
    ),
    (
        "ConvolutionBackward0",
        lambda a, b: F.conv2d(a, b, dilation=2),
        lambda: (signed(2, 1, 4, 4), signed(1, 1, 2, 2)),
    ),
    ("EmbeddingBackward0", lambda a: F.embedding(integers(0, 2, 0), a), lambda: (signed(4, 2),)),
    ("ViewBackward0", lambda a: a.view(3, 2), lambda: (signed(2, 3),)),
    ("UnsafeViewBackward0", lambda a: torch.ops.aten._unsafe_view(a, (6,)), lambda: (signed(2, 3),)),
    ("ReshapeAliasBackward0", lambda a: torch.ops.aten._reshape_alias(a, (6,), (1,)), lambda: (signed(2, 3),)),
    ("TransposeBackward0", lambda a: a.transpose(0, -1), lambda: (signed(2, 3, 2),)),
    ("TBackward0", torch.t, lambda: (signed(2, 3),)),
    ("PermuteBackward0", lambda a: a.permute(2, 0, 1), lambda: (signed(2, 3, 2),)),
    ("SqueezeBackward0", torch.squeeze, lambda: (signed(2, 1, 3),)),
    ("SqueezeBackward1", lambda a: a.squeeze(1), lambda: (signed(2, 1),)),
    ("SqueezeBackward2", lambda a: a.squeeze((0, 2)), lambda: (signed(1, 2, 1),)),
    ("UnsqueezeBackward0", lambda a: a.unsqueeze(-1), lambda: (signed(2),)),
    ("ExpandBackward0", lambda a: a.expand(2, 2, 3), lambda: (signed(2, 1),)),
    ("RepeatBackward0", lambda a: a.repeat(2, 2), lambda: (signed(3),)),
    ("CatBackward0", lambda a, b: torch.cat([a, b], -1), lambda: (signed(2, 3), signed(2, 1))),
    ("StackBackward0", lambda a, b: torch.stack([a, b], 1), lambda: (signed(2), signed(2))),
    ("SelectBackward0", lambda a: a.select(1, -1), lambda: (signed(2, 3),)),
    ("SelectBackward0", lambda a: a[1], lambda: (signed(3),)),
    ("SliceBackward0", lambda a: torch.narrow(a, 1, 1, 2), lambda: (signed(2, 3),)),
    ("SliceBackward0", lambda a: a[::2], lambda: (signed(5, 2),)),
    ("IndexBackward0", lambda a: a[integers(0, 2, 0)], lambda: (signed(3, 2),)),
    ("IndexBackward0", lambda a: a[fixed(a) > 0], lambda: (signed(2, 3),)),
    ("IndexSelectBackward0", lambda a: a.index_select(1, integers(2, 2)), lambda: (signed(2, 3),)),
    ("GatherBackward0", lambda a: a.gather(1, integers(0, 2)[:, None]), lambda: (signed(2, 3),)),
    ("UnbindBackward0", lambda a: torch.stack(a.unbind(1)), lambda: (signed(2, 3),)),
    ("SplitBackward0", lambda a: torch.stack(a.split(1)), lambda: (signed(2, 3),)),
    ("CloneBackward0", torch.clone, lambda: (signed(2, 3),)),
    ("AliasBackward0", torch.ops.aten.alias, lambda: (signed(2, 3),)),
    ("ToCopyBackward0", lambda a: a.to(torch.float64, copy=True), lambda: (signed(3),)),
    ("CopyBackwards", lambda a, b: a.clone().copy_(b), lambda: (signed(2, 3), signed(3))),
    ("MseLossBackward0", F.mse_loss, lambda: (signed(2, 3), signed(2, 3))),
    ("MseLossBackward0", lambda a, b: F.mse_loss(a, b, reduction="none"), lambda: (signed(3), signed(3))),
    ("MseLossBackward0", lambda a, b: F.mse_loss(a, b, reduction="sum"), lambda: (signed(3), fixed(signed(3)))),
    ("SmoothL1LossBackward0", lambda a, b: F.smooth_l1_loss(a, b, beta=0.5), lambda: (signed(6), positive(6))),
    ("HuberLossBackward0", lambda a, b: F.huber_loss(a, b, delta=0.7), lambda: (signed(6), positive(6))),
    ("BinaryCrossEntropyBackward0", F.binary_cross_entropy, lambda: (chance(4), chance(4))),
    (
        "BinaryCrossEntropyBackward0",
        lambda a, b: F.binary_cross_entropy(a, b, weight=torch.full((4,), 2.0, dtype=torch.float64)),
        lambda: (chance(4), fixed(chance(4))),
    ),
    (
        "BinaryCrossEntropyWithLogitsBackward0",
        lambda a, b: F.binary_cross_entropy_with_logits(a, b, pos_weight=torch.tensor(3.0, dtype=torch.float64)),
        lambda: (signed(4), chance(4)),
    ),
    ("NllLossBackward0", lambda a: F.nll_loss(a, integers(2, 0)), lambda: (signed(2, 3),)),
    ("NllLossBackward0", lambda a: F.nll_loss(a, integers(2, -100), reduction="sum"), lambda: (signed(2, 3),)),
    ("NllLossBackward0", lambda a: F.nll_loss(a, integers(2, 1), reduction="none"), lambda: (signed(2, 3),)),
    (
        "NllLossBackward0",
        lambda a: F.nll_loss(a, integers(2, 1), weight=torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)),
        lambda: (signed(2, 3),),
    ),
    (
        "NativeBatchNormBackward0",
        lambda a, w, b: F.batch_norm(a, None, None, w, b, training=True),
        lambda: (signed(4, 2), signed(2), signed(2)),
    ),
    (
        "NativeBatchNormBackward0",
        lambda a: F.batch_norm(a, fixed(signed(2)) * 0, fixed(positive(2)) * 0 + 2),
        lambda: (signed(3, 2, 2),),
    ),
    (
        "NativeLayerNormBackward0",
        lambda a, w, b: F.layer_norm(a, (3,), w, b),
        lambda: (signed(2, 3), signed(3), signed(3)),
    ),
    ("NativeDropoutBackward0", lambda a: seeded(lambda: torch.native_dropout(a, 0.4, True)[0]), lambda: (signed(6),)),
    ("MulBackward0", lambda a: seeded(lambda: F.dropout(a, 0.4)), lambda: (signed(6),)),
]


def seeded(run: Callable[[], torch.Tensor]) -> torch.Tensor:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return run()


def array(value: torch.Tensor | None) -> Array | None:
    return None if value is None else Array(tuple(value.shape), value.double().reshape(-1).tolist())


def saved_by(node: Any) -> dict[str, Any]:
    """What a node saved, as a recording tells it, but with the options that a recording leaves out."""
    found: dict[str, Any] = {}
    for attribute in dir(node):
        if not attribute.startswith("_saved_"):
            continue
        name, value = attribute.removeprefix("_saved_"), getattr(node, attribute)
        if isinstance(value, torch.Tensor):
            found[name] = array(value)
        elif isinstance(value, tuple) and any(isinstance(item, torch.Tensor) for item in value):
            found |= {f"{name}[{number}]": array(item) for number, item in enumerate(value)}
        elif isinstance(value, int) and value >= 1 << 63:
            found[name] = value - (1 << 64)
        elif isinstance(value, tuple) and name == "dim":
            found[name] = tuple(item - (1 << 64) if item >= 1 << 63 else item for item in value)
        elif value is not None and "_sym_" not in name:
            found[name] = value
    return found


def find(node: Any, name: str) -> Any:
    """The node of a name at or just below another one."""
    if node.name().rpartition("::")[2] == name:
        return node
    return next(found for found, _ in node.next_functions if found is not None and name in found.name())


def case_of(node: Any, incoming: list[torch.Tensor | None], inputs: Tensors) -> Case:
    """A run of a node, as the rules see it."""
    leaves = [
        edge.variable if edge is not None and hasattr(edge, "variable") else edge for edge, _ in node.next_functions
    ]
    shapes: list[tuple[int, ...] | None] = []
    for leaf in leaves:
        if isinstance(leaf, torch.Tensor):
            shapes.append(tuple(leaf.shape))
        else:
            shapes.append(None if leaf is None else tuple(inputs[len(shapes)].shape))
    return Case(
        incoming=[array(item) for item in incoming],
        shapes=shapes,
        saved=saved_by(node),
        incoming_shapes=[None if item is None else tuple(item.shape) for item in incoming],
    )


def finite_differences(operation: Operation, inputs: Tensors, weights: torch.Tensor) -> list[torch.Tensor | None]:
    """The slopes of the weighted sum of the result, by central differences."""
    slopes: list[torch.Tensor | None] = []
    for number, tensor in enumerate(inputs):
        if not tensor.requires_grad:
            slopes.append(None)
            continue
        flat = torch.zeros(tensor.numel(), dtype=torch.float64)
        for place in range(tensor.numel()):
            values = []
            for sign in (1, -1):
                nudged = tensor.detach().clone().reshape(-1)
                nudged[place] += sign * STEP
                others = [*inputs[:number], nudged.reshape(tensor.shape), *inputs[number + 1 :]]
                values.append(float((operation(*others) * weights).sum().detach()))
            flat[place] = (values[0] - values[1]) / (2 * STEP)
        slopes.append(flat.reshape(tensor.shape))
    return slopes


@pytest.mark.parametrize(("name", "operation", "make"), ROWS, ids=[f"{n}-{row[0]}" for n, row in enumerate(ROWS)])
def test_what_is_told_is_the_derivative(name: str, operation: Operation, make: Callable[[], Tensors]) -> None:
    torch.manual_seed(1)
    inputs = make()
    result = operation(*inputs)
    node = find(result.grad_fn, name)
    weights = torch.linspace(0.5, 1.5, result.numel(), dtype=torch.float64).reshape(result.shape)
    # A node with several outputs gets the gradient of each; here these are the layers of a stack.
    incoming: list[torch.Tensor | None] = [weights]
    if node is not result.grad_fn and name in ("UnbindBackward0", "SplitBackward0"):
        incoming = [*weights.unbind(0)]
    case = case_of(node, incoming, inputs)

    shares = RULES[name].shares(case)

    wanted = [slope for slope in finite_differences(operation, inputs, weights) if slope is not None]
    # A copy leaves nothing of the tensor that it overwrites.
    got = [share for share in shares if share is not None]
    assert len(got) == len(wanted)
    for share, slope in zip(got, wanted, strict=True):
        assert share.shape == tuple(slope.shape)
        torch.testing.assert_close(
            torch.tensor(share.flat, dtype=torch.float64), slope.reshape(-1), rtol=1e-5, atol=1e-6
        )


def test_every_rule_is_checked() -> None:
    checked = {name for name, _, _ in ROWS}
    # torch makes these from operations on numbers that its Python side turns into tensors first.
    unreachable = {"AddBackward1", "SubBackward1", "MulBackward1", "DivBackward1", "NormBackward1"}
    assert set(RULES) - checked == unreachable
