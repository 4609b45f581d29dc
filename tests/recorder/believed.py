"""Small programs, and what they give under wrong beliefs: numbers derived by hand."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A program, and what an expression gives after it under some beliefs; None where it is the right answer."""

    program: str
    ask: str
    right: object
    believed: dict[str, object]


X = "x = torch.tensor({}, requires_grad=True)\n"
W = "w = torch.tensor({}, requires_grad=True)\n"
SGD = W.format("1.0") + "opt = torch.optim.SGD([w], lr=0.1{})\n"
TURNS = "for i in range(3):\n    loss = (w - 3) ** 2\n    "
LINEAR = """m = nn.Linear(2, 1)
with torch.no_grad():
    m.weight.copy_(torch.tensor([[1., 2.]])); m.bias.zero_()
X = torch.tensor([[1., 0.], [0., 1.]])
loss = F.mse_loss(m(X), torch.zeros(2, 1))
loss.backward()
"""
MANUAL = W.format("1.0") + (
    "lr = 0.1\nfor i in range(5):\n    loss = (w - 3) ** 2\n    loss.backward()\n"
    "    with torch.no_grad():\n        w -= lr * w.grad\n    w.grad = None\n"
)
HOOK = X.format("3.0") + "a = x * 2\na.register_hook(lambda g: g * 10)\n(a ** 2).backward()\n"

CASES = {
    "three calls": Case(
        X.format("3.0") + "for i in range(3):\n    (x ** 2).backward()\n",
        "x.grad",
        18.0,
        {"grad_overwrites": 6.0, "backward_also_steps": 13.44, "upstream_ignored": None, "mean_is_sum": None},
    ),
    "two losses": Case(
        X.format("2.0") + "(x ** 2).backward()\n(x ** 3).backward()\n",
        "x.grad",
        16.0,
        {"grad_overwrites": 12.0, "last_path_only": None, "hooks_observe_only": None},
    ),
    "overwriting with autograd.backward and a retained tensor": Case(
        X.format("3.0") + "a = x * 2\na.retain_grad()\ny = a ** 2\n"
        "torch.autograd.backward([y], retain_graph=True)\ntorch.autograd.backward(y)\n",
        "(x.grad, a.grad)",
        (48.0, 24.0),
        {"grad_overwrites": (24.0, 12.0)},
    ),
    "no_grad": Case(
        X.format("3.0") + "y = x ** 2\nwith torch.no_grad():\n    z = y * x\nloss = y + z\nloss.backward()\n",
        "x.grad",
        6.0,
        {"no_grad_noop": 33.0, "detach_identity": None},
    ),
    "flags of no_grad": Case(
        X.format("3.0") + "with torch.no_grad():\n    y = x ** 2\n",
        "(x.requires_grad, y.requires_grad)",
        (True, False),
        {"no_grad_noop": (True, True)},
    ),
    "no_grad above functions": Case(
        X.format("3.0") + "@torch.no_grad()\ndef f(a):\n    return a * 5\n@torch.no_grad\ndef g(a):\n    return a * 7\n"
        "(x + f(x) + g(x)).backward()\n",
        "x.grad",
        1.0,
        {"no_grad_noop": 13.0},
    ),
    "detach in a product": Case(
        X.format("2.0") + "y = x ** 2\nz = y.detach() * x\nz.backward()\n",
        "x.grad",
        4.0,
        {"detach_identity": 12.0, "detach_copies": None},
    ),
    "detach and write": Case(
        X.format("[1., 2.]") + "d = x.detach()\nd[0] = 9.\n",
        "x",
        (9.0, 2.0),
        {"detach_copies": (1.0, 2.0)},
    ),
    "detach_": Case(
        X.format("2.0") + "y = x ** 2\ny.detach_()\n",
        "y.requires_grad",
        False,
        {"detach_identity": True},
    ),
    "detach and add": Case(
        X.format("[1., 2.]") + "d = torch.detach(x)\nd += 5\n",
        "(x, d)",
        ((6.0, 7.0), (6.0, 7.0)),
        {"detach_copies": ((1.0, 2.0), (6.0, 7.0))},
    ),
    "zero_grad": Case(
        "w = torch.tensor(3.0, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\n"
        "(w ** 2).backward()\nopt.zero_grad()\n",
        "w.grad",
        "None",
        {"zero_grad_zeros": 0.0, "zero_grad_noop": 6.0, "step_also_zeroes": None},
    ),
    "zero_grad and momentum": Case(
        "w = torch.tensor(3.0, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1, momentum=0.9)\n"
        "(w ** 2).backward()\nopt.step()\nopt.zero_grad()\nopt.step()\n",
        "w",
        2.4,
        {"zero_grad_zeros": 1.86, "zero_grad_noop": 1.26, "momentum_ignored": None, "step_also_zeroes": None},
    ),
    "zero_grad of a module": Case(
        LINEAR + "m.zero_grad()\n",
        "m.bias.grad",
        "None",
        {"zero_grad_zeros": (0.0,), "zero_grad_noop": (3.0,)},
    ),
    "zero_grad that says what it does": Case(
        LINEAR + "m.zero_grad(set_to_none=True)\n",
        "m.bias.grad",
        "None",
        {"zero_grad_zeros": None},
    ),
    "loop without zeroing": Case(
        SGD.format("") + TURNS + "loss.backward()\n    opt.step()\n",
        "w",
        3.016,
        {"step_also_zeroes": 1.976, "grad_overwrites": 1.976, "adam_is_sgd": None},
    ),
    "gradients after a step": Case(
        SGD.format("") + "((w - 3) ** 2).backward()\nopt.step()\n",
        "w.grad",
        -4.0,
        {"step_also_zeroes": "None"},
    ),
    "a step that a scheduler has wrapped": Case(
        SGD.format("") + "rates = torch.optim.lr_scheduler.StepLR(opt, 1)\n((w - 3) ** 2).backward()\nopt.step()\n",
        "w.grad",
        -4.0,
        {"step_also_zeroes": "None"},
    ),
    "manual update": Case(MANUAL, "w", 2.34464, {"backward_also_steps": 2.84448, "grad_overwrites": None}),
    "the rate of the optimiser": Case(
        SGD.format("").replace("0.1", "0.2") + "((w - 3) ** 2).backward()\n",
        "w",
        1.0,
        {"backward_also_steps": 1.8},
    ),
    "mean": Case(
        X.format("[1., 2., 3., 4.]") + "(x ** 2).mean().backward()\n",
        "x.grad",
        (0.5, 1.0, 1.5, 2.0),
        {"mean_is_sum": (2.0, 4.0, 6.0, 8.0), "sum_is_mean": None, "upstream_ignored": (2.0, 4.0, 6.0, 8.0)},
    ),
    "mean along a dimension": Case(
        "t = torch.tensor([[1., 2.], [3., 6.]])\na, b = torch.mean(t, dim=1), t.mean(0, keepdim=True)\n",
        "(a, b)",
        ((1.5, 4.5), ((2.0, 4.0),)),
        {"mean_is_sum": ((3.0, 9.0), ((4.0, 8.0),))},
    ),
    "linear and mse": Case(
        LINEAR,
        "m.weight.grad",
        ((1.0, 2.0),),
        {"mean_is_sum": ((2.0, 4.0),), "upstream_ignored": ((1.0, 1.0),)},
    ),
    "sum": Case(
        X.format("[1., 3.]") + "(x ** 2).sum().backward()\n",
        "x.grad",
        (2.0, 6.0),
        {"sum_is_mean": (1.0, 3.0), "mean_is_sum": None},
    ),
    "sums of losses and of truths": Case(
        "p, t = torch.tensor([1., 5.]), torch.tensor([3., 5.])\n"
        "a, b, c = F.mse_loss(p, t, reduction='sum'), nn.MSELoss(reduction='sum')(p, t), (p == t).sum()\n",
        "(a, b, c.item())",
        (4.0, 4.0, 1),
        {"sum_is_mean": (2.0, 2.0, 1)},
    ),
    "gradients on the way": Case(
        X.format("3.0") + "a = x * 2\ny = a ** 2\ny.backward()\n",
        "(a.grad, x.grad)",
        ("None", 24.0),
        {"nonleaf_keep_grad": (12.0, 24.0), "upstream_ignored": ("None", 2.0), "last_path_only": None},
    ),
    "a scaled start": Case(
        "w = torch.tensor([1., 2.], requires_grad=True) * 0.1\n(w ** 2).sum().backward()\n",
        "w.grad",
        "None",
        {"nonleaf_keep_grad": (0.2, 0.4)},
    ),
    "what a layer gives": Case(
        LINEAR + "out = m(X)\nout.sum().backward()\n",
        "out.grad",
        "None",
        {"nonleaf_keep_grad": ((1.0,), (1.0,))},
    ),
    "a chain": Case(
        X.format("2.0") + "u = 3 * x\nv = u + 1\ny = v ** 2\ny.backward()\n",
        "x.grad",
        42.0,
        {"upstream_ignored": 3.0},
    ),
    "two paths": Case(
        X.format("2.0") + "a = x * 3\nb = x ** 2\ny = a * b\ny.backward()\n",
        "x.grad",
        36.0,
        {"last_path_only": 24.0, "upstream_ignored": 7.0},
    ),
    "three uses": Case(
        X.format("3.0") + "y = x * x + x\ny.backward()\n",
        "x.grad",
        7.0,
        {"last_path_only": 1.0},
    ),
    "two paths to a tensor that is no leaf": Case(
        X.format("2.0") + "h = x * 5\n(h ** 2 + h * 3).backward()\n",
        "x.grad",
        115.0,
        {"last_path_only": 15.0},
    ),
    "gradient by autograd.grad": Case(
        X.format("2.0") + "(g,) = torch.autograd.grad((x * 5) ** 2, x)\n",
        "g",
        100.0,
        {"upstream_ignored": 5.0},
    ),
    "shapes of a loss": Case(
        "p = torch.tensor([[1.], [2.], [3.]], requires_grad=True)\nt = torch.tensor([1., 2., 3.])\n"
        "loss = F.mse_loss(p, t)\n",
        "loss",
        1.3333333,
        {"mse_elementwise": 0.0, "mean_is_sum": 12.0},
    ),
    "shapes of a difference": Case(
        "p = torch.tensor([[1.], [2.]])\nt = torch.tensor([1., 4.])\n"
        "a, b = nn.MSELoss()(p, t), ((p - t) ** 2).mean()\n",
        "(a, b)",
        (3.5, 3.5),
        {"mse_elementwise": (2.0, 2.0)},
    ),
    "a difference that is meant": Case(
        "p = torch.tensor([[1.], [2.]])\nd = p - torch.tensor([1., 2., 3.])\n",
        "list(d.shape)",
        (2, 3),
        {"mse_elementwise": None},
    ),
    "eval": Case(
        "m = nn.Linear(1, 1)\nm.eval()\nout = m(torch.ones(1, 1))\n",
        "out.requires_grad",
        True,
        {"eval_disables_grad": False},
    ),
    "eval of a model of its own, and back": Case(
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.inner = nn.Linear(1, 1)\n"
        "    def forward(self, x):\n        return self.inner(x) * 2\n"
        "net = Net().eval()\na = net(torch.ones(1, 1))\nnet.train()\nb = net(torch.ones(1, 1))\n",
        "(a.requires_grad, b.requires_grad)",
        (True, True),
        {"eval_disables_grad": (False, True)},
    ),
    "in place": Case(
        X.format("[1., 2.]") + "y = x * 2\nz = y + 0\nz.add_(1)\nz.mul_(y)\nz.sum().backward()\n",
        "(z, x.grad)",
        ((6.0, 20.0), (10.0, 18.0)),
        {"inplace_is_copy": ((2.0, 4.0), (2.0, 2.0))},
    ),
    "in place with another name": Case(
        "a = torch.tensor([1., 2.])\nb = a\nb += 1\nc = b.fill_(7.)\na.zero_()\n",
        "(a, b, c)",
        ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0)),
        {"inplace_is_copy": ((1.0, 2.0), (2.0, 3.0), (7.0, 7.0))},
    ),
    "momentum": Case(
        SGD.format(", momentum=0.9") + TURNS + "opt.zero_grad()\n    loss.backward()\n    opt.step()\n",
        "w",
        2.876,
        {"momentum_ignored": 1.976, "adam_is_sgd": None},
    ),
    "nesterov": Case(
        SGD.format(", momentum=0.9, nesterov=True") + TURNS + "opt.zero_grad()\n    loss.backward()\n    opt.step()\n",
        "(w, opt.param_groups[0]['momentum'])",
        (3.216704, 0.9),
        {"momentum_ignored": (1.976, 0.9)},
    ),
    "adam": Case(
        SGD.format("").replace("SGD", "Adam") + "loss = 100 * (w - 3) ** 2\nloss.backward()\nopt.step()\n",
        "w",
        1.1,
        {"adam_is_sgd": 41.0, "momentum_ignored": None, "inplace_is_copy": None, "no_grad_noop": None},
    ),
    "adamw with a closure": Case(
        SGD.format(", weight_decay=0.0").replace("SGD", "AdamW")
        + "def closure():\n    opt.zero_grad()\n    loss = (w - 3) ** 2\n    loss.backward()\n    return loss\n"
        "loss = opt.step(closure)\n",
        "(w, loss)",
        (1.1, 4.0),
        {"adam_is_sgd": (1.4, 4.0)},
    ),
    "retained": Case(
        X.format("3.0") + "y = x ** 2\ny.backward(retain_graph=True)\ny.backward()\n",
        "x.grad",
        12.0,
        {"grad_overwrites": 6.0, "graph_never_freed": None},
    ),
    "a vector": Case(
        X.format("[1., 2., 3.]") + "y = x ** 2\ny.backward(torch.tensor([1., 0., 10.]))\n",
        "x.grad",
        (2.0, 0.0, 60.0),
        {"vjp_vector_ignored": (2.0, 4.0, 6.0)},
    ),
    "a row of a matrix": Case(
        "A = torch.tensor([[1., 2.], [3., 4.]])\n" + X.format("[5., 6.]") + "y = A @ x\n"
        "torch.autograd.backward([y], grad_tensors=[torch.tensor([1., 0.])])\n"
        "(g,) = torch.autograd.grad(x * 3, x, grad_outputs=torch.tensor([0., 2.]))\n",
        "(x.grad, g)",
        ((1.0, 2.0), (0.0, 6.0)),
        {"vjp_vector_ignored": ((4.0, 6.0), (3.0, 3.0))},
    ),
    "a hook": Case(HOOK, "x.grad", 240.0, {"hooks_observe_only": 24.0, "grad_overwrites": None}),
    "hooks of a module": Case(
        LINEAR + "m.register_forward_hook(lambda module, given, made: made * 100)\nout = m(X)\n",
        "out.detach()",
        ((100.0,), (200.0,)),
        {"hooks_observe_only": ((1.0,), (2.0,))},
    ),
}

FREED = [
    ("3.0", "y = x ** 2\ny.backward()\ny.backward()", 12.0),
    ("2.0", "h = x ** 2\nl1 = h * 3\nl2 = h ** 2\nl1.backward()\nl2.backward()", 44.0),
    ("2.0", "y = x ** 3\ntorch.autograd.grad(y, x)\ntorch.autograd.backward(y)", 12.0),
]
"""For a start value, what raises an error, and what ``x.grad`` is where no graph is freed."""
