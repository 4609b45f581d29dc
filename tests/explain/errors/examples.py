"""Small programs that go wrong, each with its correct twin. ``# cause`` marks the line that brings it about."""

from __future__ import annotations

import textwrap
from typing import NamedTuple


class Example(NamedTuple):
    """A program that goes wrong and one that does not."""

    id: str
    wrong: str
    right: str
    names: tuple[str, ...]
    """Names that the explanation must have, the first of them first."""
    says: tuple[str, ...]
    """What it must say."""
    helps: str
    """What its fix must say."""
    useless: str = ""
    """What it must say of the popular wrong fix; empty where there is none to speak of."""
    foreseen: bool = False
    """Whether it is foretold right before the backward call that fails."""

    @property
    def source(self) -> str:
        """The program that goes wrong."""
        return program(self.wrong)

    @property
    def line(self) -> int:
        """The line that is marked."""
        lines = [number for number, line in enumerate(self.source.split("\n"), 1) if "# cause" in line]
        assert len(lines) == 1, self.id
        return lines[0]


def program(text: str) -> str:
    """A program with the imports that all have."""
    return "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n" + textwrap.dedent(text)


NO_GRAPH = (
    Example(
        "no input requires grad",
        """
        w = torch.ones(2)  # cause
        x = torch.tensor([1.0, 2.0], requires_grad=False)
        loss = (w * 3).sum()
        loss.backward()
        """,
        """
        w = torch.ones(2, requires_grad=True)
        loss = (w * 3).sum()
        loss.backward()
        """,
        ("w", "loss"),
        ("loss does not require grad", "It was computed from w, and w does not require grad"),
        "requires_grad=True in line 5",
        "loss.requires_grad = True silences the error",
    ),
    Example(
        "detach",
        """
        w = torch.tensor([3.0, 4.0], requires_grad=True)
        unit = w.detach() / 5  # cause
        loss = (unit * 2).sum()
        loss.backward()
        """,
        """
        w = torch.tensor([3.0, 4.0], requires_grad=True)
        unit = w / 5
        loss = (unit * 2).sum()
        loss.backward()
        """,
        ("w", "loss"),
        ("It was lost at w.detach() in line 6 (step 5): w requires grad, but what detach() gives is cut off",),
        "leave detach() out in line 6",
        "loss.requires_grad = True silences the error",
    ),
    Example(
        "detach in a function",
        """
        def normalised(v):
            return v.detach() / 5  # cause

        w = torch.tensor([3.0, 4.0], requires_grad=True)

        def train():
            loss = normalised(w).sum()
            loss.backward()

        train()
        """,
        """
        def normalised(v):
            return v / 5

        w = torch.tensor([3.0, 4.0], requires_grad=True)

        def train():
            loss = normalised(w).sum()
            loss.backward()

        train()
        """,
        ("w", "loss"),
        ("It was lost at v.detach() in line 6",),
        "leave detach() out in line 6",
        "loss.requires_grad = True",
    ),
    Example(
        "data",
        """
        w = torch.tensor(3.0, requires_grad=True)
        y = w.data * 2  # cause
        y.backward()
        """,
        """
        w = torch.tensor(3.0, requires_grad=True)
        y = w * 2
        y.backward()
        """,
        ("w", "y"),
        ("It was lost at w.data in line 6", "what .data gives is cut off from the graph"),
        "leave .data out in line 6",
        "y.requires_grad = True",
    ),
    Example(
        "no_grad",
        """
        w = torch.tensor(3.0, requires_grad=True)
        with torch.no_grad():
            prediction = w * 2  # cause
        loss = (prediction - 1) ** 2
        loss.backward()
        """,
        """
        w = torch.tensor(3.0, requires_grad=True)
        prediction = w * 2
        loss = (prediction - 1) ** 2
        loss.backward()
        """,
        ("prediction", "w", "loss"),
        ("w requires grad, but grad was off there, in the block of line 6 (step 5): with torch.no_grad().",),
        "run line 7 with grad on",
        "loss.requires_grad = True",
    ),
    Example(
        "a decorated function",
        """
        model = nn.Linear(2, 1)

        @torch.no_grad()
        def predict(x):
            return model(x)  # cause

        loss = (predict(torch.ones(3, 2)) - 1).pow(2).mean()
        loss.backward()
        """,
        """
        model = nn.Linear(2, 1)

        def predict(x):
            return model(x)

        loss = (predict(torch.ones(3, 2)) - 1).pow(2).mean()
        loss.backward()
        """,
        ("model.weight", "loss"),
        ("but @torch.no_grad() runs predict() with grad off",),
        "call predict() without @torch.no_grad()",
        "loss.requires_grad = True",
    ),
    Example(
        "inference mode",
        """
        w = torch.tensor(3.0, requires_grad=True)
        with torch.inference_mode():
            y = w * 2  # cause
        y.backward()
        """,
        """
        w = torch.tensor(3.0, requires_grad=True)
        y = w * 2
        y.backward()
        """,
        ("y", "w"),
        ("inference_mode was on there, in the block of line 6 (step 5): with torch.inference_mode().",),
        "run line 7 outside of inference_mode",
        "y.requires_grad = True",
    ),
    Example(
        "argmax",
        """
        logits = torch.tensor([[1.0, 3.0], [2.0, 0.0]], requires_grad=True)
        t = torch.tensor([1, 1])
        wrong = (logits.argmax(dim=1) != t).float().mean()  # cause
        wrong.backward()
        """,
        """
        logits = torch.tensor([[1.0, 3.0], [2.0, 0.0]], requires_grad=True)
        t = torch.tensor([1, 1])
        wrong = F.cross_entropy(logits, t)
        wrong.backward()
        """,
        ("logits", "wrong"),
        ("argmax gives int64, which moves in jumps", "no gradient can go back to logits"),
        "cross_entropy",
        "(.float()) does not bring the slope of logits back",
    ),
    Example(
        "comparison",
        """
        score = torch.tensor([0.2, 0.9], requires_grad=True)
        hit = (score > 0.5).float().sum()  # cause
        hit.backward()
        """,
        """
        score = torch.tensor([0.2, 0.9], requires_grad=True)
        hit = torch.sigmoid(10 * (score - 0.5)).sum()
        hit.backward()
        """,
        ("score", "hit"),
        ("gt gives bool",),
        "use something with a slope in line 6",
        ".float()",
    ),
    Example(
        "integers",
        """
        w = torch.tensor([1.5, 2.5], requires_grad=True)
        y = w.long().float().sum()  # cause
        y.backward()
        """,
        """
        w = torch.tensor([1.5, 2.5], requires_grad=True)
        y = w.double().float().sum()
        y.backward()
        """,
        ("w", "y"),
        ("long gives int64",),
        "use something with a slope",
        ".float()",
    ),
    Example(
        "numbers wrapped again",
        """
        w = torch.tensor(2.0, requires_grad=True)
        losses = [(w * x) ** 2 for x in (1.0, 2.0)]
        mean = torch.tensor([loss.item() for loss in losses]).mean()  # cause
        mean.backward()
        """,
        """
        w = torch.tensor(2.0, requires_grad=True)
        losses = [(w * x) ** 2 for x in (1.0, 2.0)]
        mean = torch.stack(losses).mean()
        mean.backward()
        """,
        ("loss", "mean"),
        ("a new tensor made of plain numbers",),
        "stay with tensors in line 7: torch.stack(losses)",
        "mean.requires_grad = True",
    ),
    Example(
        "a number wrapped again later",
        """
        w = torch.tensor(2.0, requires_grad=True)
        loss = w**2
        value = loss.item()
        again = torch.tensor(value)  # cause
        total = again * 2
        total.backward()
        """,
        """
        w = torch.tensor(2.0, requires_grad=True)
        loss = w**2
        total = loss * 2
        total.backward()
        """,
        ("again", "loss", "total"),
        ("made of plain numbers", "value = loss.item() in line 7 (step 6) took them out of the graph"),
        "stay with tensors in line 8",
        "total.requires_grad = True",
    ),
    Example(
        "copied by torch.tensor",
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        v = torch.tensor(w)  # cause
        v.sum().backward()
        """,
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        v = w.clone()
        v.sum().backward()
        """,
        ("v", "w"),
        ("a new tensor with the numbers of w, and no link back to it",),
        "use w itself in line 6, or w.clone()",
    ),
    Example(
        "switched off",
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        w.requires_grad_(False)  # cause
        loss = (w * 2).sum()
        loss.backward()
        """,
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        loss = (w * 2).sum()
        loss.backward()
        """,
        ("loss", "w"),
        ("since then w does not require grad",),
        "w.requires_grad_()",
        "loss.requires_grad = True",
    ),
    Example(
        "a name given away under no_grad",
        """
        w = torch.tensor(1.0, requires_grad=True)
        for turn in range(3):
            loss = (w * 3 - 1) ** 2
            loss.backward()
            with torch.no_grad():
                w = w - 0.1 * w.grad  # cause
        """,
        """
        w = torch.tensor(1.0, requires_grad=True)
        for turn in range(3):
            loss = (w * 3 - 1) ** 2
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
        """,
        ("w", "loss"),
        ("w is another tensor since then, one that does not require grad",),
        "write w -= 0.1 * w.grad in line 10",
        "loss.requires_grad = True",
    ),
    Example(
        "a gradient without create_graph",
        """
        x = torch.tensor(2.0, requires_grad=True)
        (g,) = torch.autograd.grad(x**3, x)  # cause
        g.backward()
        """,
        """
        x = torch.tensor(2.0, requires_grad=True)
        (g,) = torch.autograd.grad(x**3, x, create_graph=True)
        g.backward()
        """,
        ("g",),
        ("g is a gradient. torch.autograd.grad(x**3, x) in line 6",),
        "torch.autograd.grad(x**3, x, create_graph=True)",
        "retain_graph=True keeps the old graph",
    ),
    Example(
        "a .grad without create_graph",
        """
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        y.backward()  # cause
        slope = x.grad * 2
        slope.backward()
        """,
        """
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        slope = g * 2
        slope.backward()
        """,
        ("slope",),
        ("y.backward() in line 7 (step 6) computed it without recording how",),
        "y.backward(create_graph=True)",
        "retain_graph=True",
    ),
    Example(
        "hook",
        """
        x = torch.ones(2)  # cause
        y = x * 2
        y.register_hook(print)
        """,
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        y.register_hook(lambda gradient: gradient)
        """,
        ("x", "y"),
        ("backward will never have a gradient of it to call the hook with",),
        "requires_grad=True in line 5",
    ),
    Example(
        "retain_grad",
        """
        w = torch.ones(2, requires_grad=True)
        y = w.detach() * 2  # cause
        y.retain_grad()
        """,
        """
        w = torch.ones(2, requires_grad=True)
        y = w * 2
        y.retain_grad()
        """,
        ("w", "y"),
        ("never have a gradient of it to keep", "It was lost at w.detach()"),
        "leave detach() out in line 6",
    ),
)

FREED = (
    Example(
        "the same twice",
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = (x**2).sum()
        y.backward()  # cause
        y.backward()
        """,
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = (x + 2).sum()
        y.backward()
        y.backward()
        """,
        ("x", "y"),
        ("PowBackward0 of x**2 in line 6 had saved x.", "y.backward() in line 7 (step 7) used that and freed it"),
        "compute y again before line 8",
        "retain_graph=True in the first call only silences the error",
        foreseen=True,
    ),
    Example(
        "two losses on one part",
        """
        w = torch.tensor(2.0, requires_grad=True)
        h = w**2
        first = h * 3
        second = h + 1
        first.backward()  # cause
        second.backward()
        """,
        """
        w = torch.tensor(2.0, requires_grad=True)
        h = w**2
        first = h * 3
        second = h + 1
        (first + second).backward()
        """,
        ("h", "w", "second"),
        ("PowBackward0 of w**2 in line 6", "goes through the same part of the graph again"),
        "(first + second).backward(). retain_graph=True in the first call works too",
        foreseen=True,
    ),
    Example(
        "recurrence",
        """
        w = torch.tensor(0.5, requires_grad=True)
        h = torch.zeros(2)
        for turn in range(3):
            h = torch.tanh(w * h + 1.0)
            loss = h.sum()
            loss.backward()  # cause
        """,
        """
        w = torch.tensor(0.5, requires_grad=True)
        h = torch.zeros(2)
        for turn in range(3):
            h = h.detach()
            h = torch.tanh(w * h + 1.0)
            loss = h.sum()
            loss.backward()
        """,
        ("h",),
        ("h carries the graph of that turn into turn 2, in line 8",),
        "h = h.detach() at the beginning of each turn",
        "retain_graph=True keeps the graph of every turn",
        foreseen=True,
    ),
    Example(
        "made before the loop",
        """
        w = torch.tensor(0.5, requires_grad=True)
        features = torch.exp(w)
        for turn in range(2):
            loss = features * 3
            loss.backward()  # cause
        """,
        """
        w = torch.tensor(0.5, requires_grad=True)
        for turn in range(2):
            features = torch.exp(w)
            loss = features * 3
            loss.backward()
        """,
        ("features",),
        ("It was made before the loop in line 7",),
        "move line 6 into the loop",
        "retain_graph=True lets it run",
        foreseen=True,
    ),
    Example(
        "autograd.grad twice",
        """
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        torch.autograd.grad(y, x)  # cause
        torch.autograd.grad(y, x)
        """,
        """
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        torch.autograd.grad(y, x, retain_graph=True)
        torch.autograd.grad(y, x)
        """,
        ("y", "x"),
        ("PowBackward0 of x**3 in line 6", "torch.autograd.grad(y, x) in line 7"),
        "ask for all gradients in one call: torch.autograd.grad(y, [...])",
        "retain_graph=True",
        foreseen=True,
    ),
)

CHANGED = (
    Example(
        "a result that was saved",
        """
        a = torch.tensor([1.0, 2.0], requires_grad=True)
        y = a.exp()
        y += 1  # cause
        y.sum().backward()
        """,
        """
        a = torch.tensor([1.0, 2.0], requires_grad=True)
        y = a * 2
        y += 1
        y.sum().backward()
        """,
        ("y",),
        (
            "ExpBackward0 of a.exp() in line 6 saved y at version 0",
            "y += 1 in line 7 (step 6) then wrote into it",
            "y is at version 1 now",
        ),
        "write y = y + 1 in line 7",
        "y.data hides the write",
        foreseen=True,
    ),
    Example(
        "an input that was saved",
        """
        a = torch.tensor([1.0, 2.0], requires_grad=True)
        h = a * 1
        y = h * h
        h.add_(1)  # cause
        y.sum().backward()
        """,
        """
        a = torch.tensor([1.0, 2.0], requires_grad=True)
        h = a * 1
        y = h * h
        h = h.add(1)
        y.sum().backward()
        """,
        ("h",),
        ("MulBackward0 of h * h in line 7 saved h at version 0", "h.add_(1) in line 8"),
        "write h = h.add(1) in line 8",
        "h.data hides the write",
        foreseen=True,
    ),
    Example(
        "an element written",
        """
        a = torch.tensor([1.0, 2.0], requires_grad=True)
        y = a.sigmoid()
        y[0] = 0.0  # cause
        y.sum().backward()
        """,
        """
        a = torch.tensor([1.0, 2.0], requires_grad=True)
        y = a.sigmoid()
        y = y.clone()
        y[0] = 0.0
        y.sum().backward()
        """,
        ("y",),
        ("SigmoidBackward0 of a.sigmoid() in line 6 saved y", "y[0] = 0.0 in line 7"),
        "write into a copy: y = y.clone() before line 7",
        "y.data",
        foreseen=True,
    ),
    Example(
        "an alias written",
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        d = y.detach()
        d.mul_(0)  # cause
        y.sum().backward()
        """,
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        d = y.detach().clone()
        d.mul_(0)
        y.sum().backward()
        """,
        ("y",),
        ("saved y at version 0", "d.mul_(0) in line 8"),
        "line 8",
        "y.data",
        foreseen=True,
    ),
    Example(
        "relu in place",
        """
        a = torch.tensor([1.0, -2.0], requires_grad=True)
        h = a.exp()
        r = F.relu(h, inplace=True)  # cause
        r.sum().backward()
        """,
        """
        a = torch.tensor([1.0, -2.0], requires_grad=True)
        h = a.exp()
        r = F.relu(h)
        r.sum().backward()
        """,
        ("h",),
        ("ExpBackward0 of a.exp() in line 6 saved h at version 0",),
        "leave inplace=True out in line 7",
        "h.data",
        foreseen=True,
    ),
    Example(
        "an optimizer between two backward calls",
        """
        torch.manual_seed(0)
        G = nn.Linear(1, 2)
        D = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
        opt_D = torch.optim.SGD(D.parameters(), lr=0.1)
        score = D(G(torch.ones(4, 1)))
        d_loss, g_loss = score.mean(), -score.mean()
        d_loss.backward(retain_graph=True)
        opt_D.step()  # cause
        g_loss.backward()
        """,
        """
        torch.manual_seed(0)
        G = nn.Linear(1, 2)
        D = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
        opt_D = torch.optim.SGD(D.parameters(), lr=0.1)
        d_loss = D(G(torch.ones(4, 1)).detach()).mean()
        d_loss.backward()
        opt_D.step()
        g_loss = -D(G(torch.ones(4, 1))).mean()
        g_loss.backward()
        """,
        ("D[2].weight",),
        (
            "AddmmBackward0 of D(G(torch.ones(4, 1))) in line 9 saved D[2].weight at version 1",
            "opt_D.step() in line 12",
            'torch calls it "output 0 of AsStrided": a view of D[2].weight',
            "The same holds for D[0].weight.",
        ),
        "compute the forward pass of line 9 again after opt_D.step()",
        "retain_graph=True keeps the graph, but not the old numbers of D[2].weight",
        foreseen=True,
    ),
    Example(
        "an update by hand between forward and backward",
        """
        w = torch.tensor(2.0, requires_grad=True)
        loss = w**2
        with torch.no_grad():
            w -= 0.1  # cause
        loss.backward()
        """,
        """
        w = torch.tensor(2.0, requires_grad=True)
        loss = w**2
        loss.backward()
        with torch.no_grad():
            w -= 0.1
        """,
        ("w",),
        ("PowBackward0 of w**2 in line 6 saved w at version 0", "w -= 0.1 in line 8"),
        "compute the forward pass of line 6 again after w -= 0.1",
        "retain_graph=True keeps the graph, but not the old numbers of w",
        foreseen=True,
    ),
    Example(
        "one of several ways is broken",
        """
        a = torch.tensor(1.0, requires_grad=True)
        good = a * 3
        bad = a.exp()
        both = good + bad
        bad.mul_(2)  # cause
        both.backward()
        """,
        """
        a = torch.tensor(1.0, requires_grad=True)
        good = a * 3
        bad = a.exp()
        both = good + bad
        bad.mul_(2)
        good.backward()
        """,
        ("bad",),
        ("ExpBackward0 of a.exp() in line 7 saved bad at version 0", "bad.mul_(2) in line 9"),
        "write bad = bad.mul(2) in line 9",
        "bad.data",
        foreseen=True,
    ),
)

WRITTEN = (
    Example(
        "a leaf written",
        """
        w = torch.ones(2, requires_grad=True)
        (w**2).sum().backward()
        w -= 0.1 * w.grad  # cause
        """,
        """
        w = torch.ones(2, requires_grad=True)
        (w**2).sum().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
        """,
        ("w",),
        ("w is a leaf that requires grad, and grad is on in line 7",),
        "with torch.no_grad(): w -= 0.1 * w.grad",
        "w = w - 0.1 * w.grad raises nothing here",
    ),
    Example(
        "a part of a leaf written",
        """
        w = torch.ones(2, requires_grad=True)
        w[0] = 5.0  # cause
        """,
        """
        w = torch.ones(2, requires_grad=True)
        with torch.no_grad():
            w[0] = 5.0
        """,
        ("w", "w[0]"),
        ("w[0] is a part of w: it shares its memory.",),
        "with torch.no_grad(): w[0] = 5.0",
    ),
    Example(
        "a leaf written by a method",
        """
        w = torch.ones(2, requires_grad=True)
        w.mul_(0.5)  # cause
        """,
        """
        w = torch.ones(2, requires_grad=True)
        with torch.no_grad():
            w.mul_(0.5)
        """,
        ("w",),
        ("w is a leaf that requires grad",),
        "with torch.no_grad(): w.mul_(0.5)",
    ),
    Example(
        "one of several views written",
        """
        x = torch.ones(2, 2, requires_grad=True)
        y = x * 1
        a, b = y.unbind(0)  # cause
        a.add_(1)
        """,
        """
        x = torch.ones(2, 2, requires_grad=True)
        y = x * 1
        a, b = y.unbind(0)
        a = a.add(1)
        """,
        ("a", "y"),
        ("a is one of several views that y.unbind(0) in line 7",),
        "a = a.add(1)",
    ),
)

FLAGS = (
    Example(
        "whole numbers",
        """
        w = torch.tensor([1, 2, 3], requires_grad=True)  # cause
        """,
        """
        w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        """,
        ("w",),
        ("holds whole numbers",),
        "[1.0, 2.0, 3.0]",
    ),
    Example(
        "whole numbers asked later",
        """
        i = torch.arange(3)  # cause
        i.requires_grad_()
        """,
        """
        i = torch.arange(3.0)
        i.requires_grad_()
        """,
        ("i",),
        ("i holds int64, since torch.arange(3) in line 5",),
        "i = i.float()",
    ),
    Example(
        "the flag of a result",
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2  # cause
        y.requires_grad = False
        """,
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        y = y.detach()
        """,
        ("y",),
        ("y is not a leaf: x * 2 in line 6",),
        "y = y.detach()",
    ),
    Example(
        "an optimizer of a result",
        """
        w = torch.randn(2, requires_grad=True) / 2  # cause
        torch.optim.Adam([w], lr=0.1)
        """,
        """
        w = (torch.randn(2) / 2).requires_grad_()
        torch.optim.Adam([w], lr=0.1)
        """,
        ("w",),
        ("w is not a leaf", "an optimizer would have nothing to step with"),
        "leave requires_grad=True out in line 5 and ask for the gradient last, w.requires_grad_()",
    ),
    Example(
        "deepcopy of a result",
        """
        import copy

        x = torch.ones(2, requires_grad=True)
        y = x * 2  # cause
        copy.deepcopy({"state": y})
        """,
        """
        import copy

        x = torch.ones(2, requires_grad=True)
        y = x * 2
        copy.deepcopy({"state": y.detach().clone()})
        """,
        ("y",),
        ("y is not a leaf: x * 2 in line 8",),
        "y.detach().clone()",
    ),
    Example(
        "the grad of a result",
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2  # cause
        y.sum().backward()
        print(y.grad)
        """,
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        y.retain_grad()
        y.sum().backward()
        print(y.grad)
        """,
        ("y",),
        ("y is not a leaf: x * 2 in line 6", "so y.grad stays None"),
        "call y.retain_grad() before backward, or read x.grad",
    ),
    Example(
        "a leaf lost by its dtype",
        """
        w = torch.ones(2, requires_grad=True).double()  # cause
        w.sum().backward()
        print(w.grad)
        """,
        """
        w = torch.ones(2, dtype=torch.float64, requires_grad=True)
        w.sum().backward()
        print(w.grad)
        """,
        ("w",),
        ("w is not a leaf",),
        "make w the leaf: give the dtype or device where the tensor is made in line 5",
    ),
)

SHAPES = (
    Example(
        "backward of a vector",
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2  # cause
        y.backward()
        """,
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        y.sum().backward()
        """,
        ("y",),
        ("y has the shape (2,): 2 numbers, since x * 2 in line 6",),
        "y.sum().backward()",
    ),
    Example(
        "a gradient of another size assigned",
        """
        w = torch.ones(2, requires_grad=True)
        g = torch.ones(3)
        w.grad = g  # cause
        """,
        """
        w = torch.ones(2, requires_grad=True)
        g = torch.ones(2)
        w.grad = g
        """,
        ("w", "g"),
        ("w has the shape (2,). g has the shape (3,).",),
        "a tensor of shape (2,) in line 7",
    ),
    Example(
        "a gradient of another shape given",
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        v = torch.ones(3)
        y.backward(v)  # cause
        """,
        """
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        v = torch.ones(2)
        y.backward(v)
        """,
        ("y", "v"),
        ("y has the shape (2,), and the gradient to begin with, v, has (3,)",),
        "torch.ones_like(y)",
    ),
    Example(
        "a loss that broadcasts",
        """
        prediction = torch.ones(3, 1, requires_grad=True)
        t = torch.tensor([1.0, 2.0, 3.0])  # cause
        loss = F.mse_loss(prediction, t)
        """,
        """
        prediction = torch.ones(3, 1, requires_grad=True)
        t = torch.tensor([1.0, 2.0, 3.0])
        loss = F.mse_loss(prediction.squeeze(1), t)
        """,
        ("t", "prediction"),
        ("prediction has the shape (3, 1) and t has (3,)", "so the loss is made of 9 differences"),
        "prediction.squeeze(1), or t.unsqueeze(1)",
    ),
)

MISSING = (
    Example(
        "a name given to a result",
        """
        w = torch.tensor(1.0, requires_grad=True)
        for turn in range(3):
            loss = (w * 3 - 1) ** 2
            loss.backward()
            w = w - 0.1 * w.grad  # cause
        """,
        """
        w = torch.tensor(1.0, requires_grad=True)
        for turn in range(3):
            loss = (w * 3 - 1) ** 2
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
        """,
        ("w",),
        ("made another tensor and called it w", "The leaf that w was has no name any more"),
        "with torch.no_grad(): w -= 0.1 * w.grad in line 9",
        "w.retain_grad()",
    ),
    Example(
        "a grad that was reset",
        """
        w = torch.ones(1, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        (w * 2).backward()
        optimizer.zero_grad()  # cause
        w.grad.zero_()
        """,
        """
        w = torch.ones(1, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        (w * 2).backward()
        optimizer.zero_grad()
        """,
        ("w",),
        ("optimizer.zero_grad() in line 8", "set w.grad to None"),
        "leave line 9 out",
    ),
    Example(
        "a grad before backward",
        """
        w = torch.ones(2, requires_grad=True)  # cause
        w.grad.zero_()
        """,
        """
        w = torch.ones(2, requires_grad=True)
        (w * 2).sum().backward()
        w.grad.zero_()
        """,
        ("w",),
        ("w.grad is None until backward fills it",),
        "if w.grad is not None",
    ),
    Example(
        "a leaf that nothing was computed from",
        """
        a = torch.ones(1, requires_grad=True)
        b = torch.ones(1, requires_grad=True)
        (a * 2).backward()  # cause
        print(b.grad * 2)
        """,
        """
        a = torch.ones(1, requires_grad=True)
        b = torch.ones(1, requires_grad=True)
        (a * b).backward()
        print(b.grad * 2)
        """,
        ("b",),
        ("never came to b",),
        "compute what backward is called on from b",
    ),
    Example(
        "an input that was not used",
        """
        a = torch.tensor(1.0, requires_grad=True)
        b = torch.tensor(2.0, requires_grad=True)
        loss = (a * 2).sum()  # cause
        torch.autograd.grad(loss, [a, b])
        """,
        """
        a = torch.tensor(1.0, requires_grad=True)
        b = torch.tensor(2.0, requires_grad=True)
        loss = (a * b).sum()
        torch.autograd.grad(loss, [a, b])
        """,
        ("b", "loss"),
        ("loss was not computed from b",),
        "leave b out of the inputs in line 8",
        "allow_unused=True only gives None for b",
    ),
    Example(
        "an input that was cut off",
        """
        a = torch.tensor(1.0, requires_grad=True)
        b = torch.tensor(2.0, requires_grad=True)
        c = b.detach() * 3  # cause
        loss = a * c
        torch.autograd.grad(loss, [a, b])
        """,
        """
        a = torch.tensor(1.0, requires_grad=True)
        b = torch.tensor(2.0, requires_grad=True)
        c = b * 3
        loss = a * c
        torch.autograd.grad(loss, [a, b])
        """,
        ("b", "loss"),
        ("loss was computed from b, but b.detach() in line 7",),
        "look at line 7",
        "allow_unused=True",
    ),
    Example(
        "layers in a list",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = [nn.Linear(2, 2)]  # cause

        net = Net()
        torch.optim.SGD(net.parameters(), lr=0.1)
        """,
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.ModuleList([nn.Linear(2, 2)])

        net = Net()
        torch.optim.SGD(net.parameters(), lr=0.1)
        """,
        ("net.layers", "net"),
        ("net.layers is a plain Python list or dict",),
        "make net.layers an nn.ModuleList",
    ),
    Example(
        "a generator that is used up",
        """
        model = nn.Linear(2, 1)
        weights = model.parameters()  # cause
        count = sum(weight.numel() for weight in weights)
        torch.optim.SGD(weights, lr=0.1)
        """,
        """
        model = nn.Linear(2, 1)
        weights = list(model.parameters())
        count = sum(weight.numel() for weight in weights)
        torch.optim.SGD(weights, lr=0.1)
        """,
        ("weights",),
        ("weights is a generator",),
        "make it a list in line 6",
    ),
)

OUTSIDE = (
    Example(
        "numpy",
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 2
        y.numpy()  # cause
        """,
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * 2
        y.detach().numpy()
        """,
        ("y",),
        ("y requires grad: it was computed in line 6 from something that does",),
        "y.detach().numpy() in line 7",
        "torch.no_grad() around it changes nothing",
    ),
    Example(
        "a plain number",
        """
        x = torch.tensor(2.25, requires_grad=True)
        number = float(x)  # cause
        """,
        """
        x = torch.tensor(2.25, requires_grad=True)
        number = x.item()
        """,
        ("x",),
        ("float(x) makes a plain Python number of x",),
        "x.item()",
    ),
    Example(
        "torch.tensor of a tensor",
        """
        x = torch.ones(2, requires_grad=True)
        copied = torch.tensor(x)  # cause
        """,
        """
        x = torch.ones(2, requires_grad=True)
        copied = x.clone()
        """,
        ("x",),
        ("no gradient goes back to x",),
        "x.clone() keeps the link",
    ),
    Example(
        "an inference tensor saved",
        """
        w = torch.ones(2, requires_grad=True)
        with torch.inference_mode():
            a = torch.ones(2)  # cause
        loss = (a * w).sum()
        """,
        """
        w = torch.ones(2, requires_grad=True)
        with torch.no_grad():
            a = torch.ones(2)
        loss = (a * w).sum()
        """,
        ("a",),
        ("made a in the block of line 6 (step 5), with torch.inference_mode().", "a * w needs a for backward"),
        "a.clone() outside of the block",
    ),
    Example(
        "an inference tensor written",
        """
        with torch.inference_mode():
            a = torch.ones(2)  # cause
        a.add_(1)
        """,
        """
        with torch.no_grad():
            a = torch.ones(2)
        a.add_(1)
        """,
        ("a",),
        ("a.add_(1) writes into it with inference mode off",),
        "a.clone()",
    ),
    Example(
        "an inference tensor asked for a gradient",
        """
        with torch.inference_mode():
            a = torch.ones(2)  # cause
        a.requires_grad = True
        """,
        """
        with torch.no_grad():
            a = torch.ones(2)
        a.requires_grad = True
        """,
        ("a",),
        ("which such a tensor never can",),
        "a.clone()",
    ),
    Example(
        "a graph in .grad",
        """
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        y.backward(create_graph=True)  # cause
        """,
        """
        x = torch.tensor(2.0, requires_grad=True)
        y = x**3
        torch.autograd.grad(y, x, create_graph=True)
        """,
        ("x",),
        ("gives x.grad a graph of its own",),
        "torch.autograd.grad(y, x, create_graph=True)",
    ),
)

NUMBERS = (
    Example(
        "an infinite slope",
        """
        x = torch.tensor([0.0, 4.0], requires_grad=True)
        y = x.sqrt().sum()  # cause
        y.backward()
        """,
        """
        x = torch.tensor([0.0, 4.0], requires_grad=True)
        y = (x + 1e-8).sqrt().sum()
        y.backward()
        """,
        ("x",),
        ("SqrtBackward0 of x.sqrt() in line 6 made the first of these numbers", "1.0 came in and inf goes out to x"),
        "add a little under it, torch.sqrt(x + 1e-8)",
    ),
    Example(
        "nan out of a branch that was not taken",
        """
        x = torch.tensor([0.0, 4.0], requires_grad=True)
        y = torch.where(x > 0, x.sqrt(), 0 * x)  # cause
        y.sum().backward()
        """,
        """
        x = torch.tensor([0.0, 4.0], requires_grad=True)
        x_safe = torch.where(x > 0, x, 1.0)
        y = torch.where(x > 0, x_safe.sqrt(), 0 * x)
        y.sum().backward()
        """,
        ("x",),
        ("0.0 came in and nan goes out to x", "torch.where goes back through both branches"),
        "x_safe = torch.where(",
        "a torch.where around the result",
    ),
    Example(
        "anomaly mode",
        """
        x = torch.tensor([0.0, 4.0], requires_grad=True)
        with torch.autograd.set_detect_anomaly(True):
            y = torch.where(x > 0, x.sqrt(), 0 * x)  # cause
            y.sum().backward()
        """,
        """
        x = torch.tensor([0.0, 4.0], requires_grad=True)
        with torch.autograd.set_detect_anomaly(True):
            y = torch.where(x > 0, x, 0 * x)
            y.sum().backward()
        """,
        ("x",),
        ("SqrtBackward0 of x.sqrt() in line 7 made the first of these numbers",),
        "choose before, not after",
        "a torch.where around the result",
    ),
    Example(
        "a write that nothing counted",
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        y.data.mul_(0)  # cause
        y.sum().backward()
        """,
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        z = y * 0
        y.sum().backward()
        """,
        ("y",),
        ("ExpBackward0 computes with y as it is now", "This gradient is wrong"),
        "do not write into y between the forward pass and backward",
    ),
)

EXAMPLES = (*NO_GRAPH, *FREED, *CHANGED, *WRITTEN, *FLAGS, *SHAPES, *MISSING, *OUTSIDE, *NUMBERS)
