"""Small programs that go wrong in silence, each with its correct twin. ``# note`` marks the line that is noted."""

from __future__ import annotations

import textwrap
from typing import NamedTuple


class Example(NamedTuple):
    """A program that makes a mistake and one that does not."""

    id: str
    kind: str
    wrong: str
    right: str
    names: tuple[str, ...]
    """What the note is about, the most important first."""
    says: tuple[str, ...]
    """What it must say."""

    @property
    def source(self) -> str:
        """The program that makes it."""
        return program(self.wrong)

    @property
    def line(self) -> int:
        """The line that is marked."""
        lines = [number for number, line in enumerate(self.source.split("\n"), 1) if "# note" in line]
        assert len(lines) == 1, self.id
        return lines[0]


def program(text: str) -> str:
    """A program with the imports that all have."""
    return "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n" + textwrap.dedent(text)


GRADIENTS = (
    Example(
        "no zero_grad",
        "added-to-earlier-turn",
        """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for turn in range(3):
            loss = (w - 3) ** 2
            loss.backward()  # note
            optimizer.step()
        """,
        """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for turn in range(3):
            loss = (w - 3) ** 2
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        """,
        ("w",),
        ("added to w.grad, which still held what optimizer.step() in line 10 had used already",),
    ),
    Example(
        "no zeroing by hand",
        "added-to-earlier-turn",
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for turn in range(3):
            loss = ((w - 3) ** 2).sum()
            loss.backward()  # note
            with torch.no_grad():
                w -= 0.1 * w.grad
        """,
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for turn in range(6):
            loss = ((w - 3) ** 2).sum()
            loss.backward()
            if turn % 2:
                with torch.no_grad():
                    w -= 0.1 * w.grad
                w.grad.zero_()
        """,
        ("w",),
        ("w -= 0.1 * w.grad in line 10",),
    ),
    Example(
        "two losses in one turn are no mistake",
        "added-to-earlier-turn",
        """
        model = nn.Linear(2, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        x = torch.ones(3, 2)

        def train():
            loss = model(x).pow(2).mean()
            loss.backward()  # note
            optimizer.step()

        for turn in range(3):
            train()
        """,
        """
        model = nn.Linear(2, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        x = torch.ones(3, 2)
        for turn in range(3):
            optimizer.zero_grad()
            model(x).pow(2).mean().backward()
            model(x).abs().mean().backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        """,
        ("model.weight", "model.bias"),
        ("model.weight.grad and model.bias.grad",),
    ),
    Example(
        "zero_grad of the wrong optimizer",
        "added-to-earlier-turn",
        """
        G, D = nn.Linear(1, 1), nn.Linear(1, 1)
        g_step, d_step = torch.optim.SGD(G.parameters(), lr=0.1), torch.optim.SGD(D.parameters(), lr=0.1)
        for turn in range(3):
            made = G(torch.ones(2, 1))
            d_step.zero_grad()
            D(made.detach()).mean().backward()
            d_step.step()
            d_step.zero_grad()
            (-D(made)).mean().backward()  # note
            g_step.step()
        """,
        """
        G, D = nn.Linear(1, 1), nn.Linear(1, 1)
        g_step, d_step = torch.optim.SGD(G.parameters(), lr=0.1), torch.optim.SGD(D.parameters(), lr=0.1)
        for turn in range(3):
            made = G(torch.ones(2, 1))
            d_step.zero_grad()
            D(made.detach()).mean().backward()
            d_step.step()
            g_step.zero_grad()
            (-D(made)).mean().backward()
            g_step.step()
        """,
        ("G.weight", "G.bias"),
        ("which still held what g_step.step() in line 14 had used already",),
    ),
    Example(
        "zero_grad between backward and step",
        "zero-grad-between-backward-and-step",
        """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for turn in range(3):
            loss = (w - 3) ** 2
            loss.backward()
            optimizer.zero_grad()  # note
            optimizer.step()
        """,
        """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for turn in range(3):
            loss = (w - 3) ** 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        ("w",),
        ("reset w.grad before optimizer.step() in line 11",),
    ),
    Example(
        "zeros between backward and step",
        "zero-grad-between-backward-and-step",
        """
        model = nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for turn in range(2):
            model(torch.ones(2, 1)).pow(2).mean().backward()
            model.zero_grad(set_to_none=False)  # note
            optimizer.step()
        """,
        """
        model = nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for turn in range(2):
            model(torch.ones(2, 1)).pow(2).mean().backward()
            optimizer.step()
            model.zero_grad(set_to_none=False)
            optimizer.step()
        """,
        ("model.weight", "model.bias"),
        ("model.zero_grad(set_to_none=False) reset",),
    ),
)

OPTIMIZERS = (
    Example(
        "step before backward",
        "step-before-backward",
        """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for turn in range(3):
            loss = (w - 3) ** 2
            optimizer.step()  # note
            optimizer.zero_grad()
            loss.backward()
        """,
        """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        optimizer.step()
        for turn in range(3):
            loss = (w - 3) ** 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        ("w",),
        ("optimizer.step() comes before loss.backward() in line 11",),
    ),
    Example(
        "the name means another tensor",
        "optimizer-holds-another",
        """
        w = torch.zeros(1, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        w = torch.ones(1, requires_grad=True)
        for turn in range(3):
            loss = ((w - 3) ** 2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()  # note
        """,
        """
        w = torch.zeros(1, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        with torch.no_grad():
            w.copy_(torch.ones(1))
        for turn in range(3):
            loss = ((w - 3) ** 2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        ("w",),
        ("updates what w was when the optimizer was made", "torch.ones(1, requires_grad=True) in line 7"),
    ),
    Example(
        "a new layer after the optimizer",
        "optimizer-holds-another",
        """
        model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        model[1] = nn.Linear(2, 1)
        for turn in range(2):
            optimizer.zero_grad()
            model(torch.ones(3, 2)).pow(2).mean().backward()
            optimizer.step()  # note
        """,
        """
        model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
        model[1] = nn.Linear(2, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        for turn in range(2):
            optimizer.zero_grad()
            model(torch.ones(3, 2)).pow(2).mean().backward()
            optimizer.step()
        """,
        ("model[1].weight", "model[1].bias"),
        ("model[1].weight and model[1].bias", "nn.Linear(2, 1) in line 7"),
    ),
    Example(
        "the graph is cut before a layer",
        "never-got-a-gradient",
        """
        first, second = nn.Linear(1, 1), nn.Linear(1, 1)
        optimizer = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.1)
        for turn in range(2):
            optimizer.zero_grad()
            hidden = first(torch.ones(2, 1)).detach()
            second(hidden).pow(2).mean().backward()
            optimizer.step()  # note
        """,
        """
        first, second = nn.Linear(1, 1), nn.Linear(1, 1)
        for parameter in first.parameters():
            parameter.requires_grad_(False)
        optimizer = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.1)
        for turn in range(2):
            optimizer.zero_grad()
            hidden = first(torch.ones(2, 1)).detach()
            second(hidden).pow(2).mean().backward()
            optimizer.step()
        """,
        ("first.weight", "first.bias"),
        ("first.weight and first.bias belong to the optimizer, and no backward call ever reached them",),
    ),
)

LOSSES = (
    Example(
        "a loss from .data",
        "cut-loss-requires-grad",
        """
        model = nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for turn in range(2):
            loss = (model(torch.ones(3, 1)).data ** 2).mean()
            loss.requires_grad = True  # note
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
        """
        model = nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for turn in range(2):
            loss = (model(torch.ones(3, 1)) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        start = (model.weight.detach() * 2).sum().requires_grad_(True)
        (start * 3).backward()
        """,
        ("loss",),
        ("loss has no graph", "The graph was cut at model(torch.ones(3, 1)).data in line 8"),
    ),
    Example(
        "a loss of nothing that requires grad",
        "cut-loss-requires-grad",
        """
        w = torch.tensor(2.0)
        loss = (w - 3) ** 2
        loss.requires_grad_(True)  # note
        loss.backward()
        """,
        """
        w = torch.tensor(2.0)
        w.requires_grad_(True)
        loss = (w - 3) ** 2
        loss.backward()
        """,
        ("loss",),
        ("Nothing that loss was computed from requires grad",),
    ),
    Example(
        "mse_loss of a column and a row",
        "broadcast-loss",
        """
        model = nn.Linear(1, 1)
        x, t = torch.ones(4, 1), torch.ones(4)
        loss = nn.MSELoss()(model(x), t)  # note
        loss.backward()
        """,
        """
        model = nn.Linear(1, 1)
        x, t = torch.ones(4, 1), torch.ones(4)
        loss = nn.MSELoss()(model(x).squeeze(1), t)
        loss.backward()
        """,
        ("model(x)", "t"),
        ("model(x) has the shape (4, 1) and t has (4,)", "16 differences, not 4"),
    ),
    Example(
        "a loss by hand of a row and a column",
        "broadcast-loss",
        """
        w = torch.tensor(2.0, requires_grad=True)
        x = torch.tensor([1.0, 2.0, 3.0])
        t = torch.tensor([[2.0], [4.0], [6.0]])
        difference = w * x - t  # note
        loss = (difference**2).mean()
        loss.backward()
        """,
        """
        w = torch.tensor(2.0, requires_grad=True)
        x = torch.tensor([1.0, 2.0, 3.0])
        t = torch.tensor([[2.0], [4.0], [6.0]])
        far = torch.exp(-((w * x - t) ** 2))
        loss = ((w * x - t.squeeze(1)) ** 2).mean() + far.max()
        loss.backward()
        """,
        ("w * x", "t"),
        ("9 differences, not 3", "(w * x).unsqueeze(1)"),
    ),
)

LEAVES = (
    Example(
        "a leaf times a number",
        "leaf-became-non-leaf",
        """
        w = torch.ones(3, requires_grad=True) * 0.1  # note
        for turn in range(2):
            loss = (w**2).sum()
            loss.backward(retain_graph=True)
            if w.grad is not None:
                w -= 0.1 * w.grad
        """,
        """
        w = (torch.ones(3) * 0.1).requires_grad_(True)
        for turn in range(2):
            loss = (w**2).sum()
            loss.backward()
            if w.grad is not None:
                with torch.no_grad():
                    w -= 0.1 * w.grad
                w.grad = None
        """,
        ("w",),
        ("no name is left for the leaf itself",),
    ),
    Example(
        "another dtype after the optimizer",
        "leaf-became-non-leaf",
        """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        w = w.to(torch.float64)  # note
        for turn in range(3):
            optimizer.zero_grad()
            ((w - 3) * 2).backward()
            optimizer.step()
        """,
        """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        w = w.to("cpu")
        for turn in range(3):
            optimizer.zero_grad()
            ((w - 3) * 2).backward()
            optimizer.step()
        """,
        ("w",),
        ("optimizer still updates the leaf",),
    ),
    Example(
        "an update that makes a new tensor",
        "leaf-became-non-leaf",
        """
        model = nn.Linear(2, 1)
        for turn in range(2):
            model.zero_grad()
            model(torch.ones(3, 2)).pow(2).mean().backward()
            with torch.no_grad():
                for weights in model.parameters():
                    weights = weights - 0.1 * weights.grad  # note
        """,
        """
        model = nn.Linear(2, 1)
        for turn in range(2):
            model.zero_grad()
            model(torch.ones(3, 2)).pow(2).mean().backward()
            with torch.no_grad():
                for weights in model.parameters():
                    weights -= 0.1 * weights.grad
        """,
        ("weights", "model.weight"),
        ("model.weight stays as it was",),
    ),
    Example(
        "an update that makes a leaf again",
        "leaf-became-non-leaf",
        """
        w = torch.tensor(2.0, requires_grad=True)
        loss = (w - 3) ** 2
        loss.backward()
        w = w - 0.1 * w.grad  # note
        loss = (w - 3) ** 2
        loss.backward()
        step = w.grad
        """,
        """
        w = torch.tensor(2.0, requires_grad=True)
        kept = [w]
        for turn in range(3):
            loss = (w - 3) ** 2
            loss.backward()
            with torch.no_grad():
                w = w - 0.1 * w.grad
            w.requires_grad_(True)
        """,
        ("w",),
        ("makes a result of a leaf and calls that result w",),
    ),
    Example(
        "the .grad of a result",
        "grad-of-non-leaf",
        """
        x = torch.tensor(3.0, requires_grad=True)
        y = x * 2
        (y**2).backward()
        slope = y.grad  # note
        """,
        """
        x = torch.tensor(3.0, requires_grad=True)
        y = x * 2
        y.retain_grad()
        (y**2).backward()
        slope = y.grad
        z = x * 3
        (z**2).backward(inputs=[z])
        slope = z.grad
        """,
        ("y",),
        ("y is the result of x * 2 in line 6",),
    ),
    Example(
        "retain_grad too late",
        "retain-grad-after-backward",
        """
        x = torch.tensor(3.0, requires_grad=True)
        y = x + 2
        y.sum().backward()
        y.retain_grad()  # note
        """,
        """
        x = torch.tensor(3.0, requires_grad=True)
        y = x + 2
        (y**2).backward(retain_graph=True)
        y.retain_grad()
        (y**2).backward()
        """,
        ("y",),
        ("comes after the backward call that went through y",),
    ),
)

GRAPHS = (
    Example(
        "a running total of losses",
        "graph-grows",
        """
        w = torch.tensor(1.0, requires_grad=True)
        total = 0
        for turn in range(5):
            loss = (w - turn) ** 2
            loss.backward()
            w.grad = None
            total += loss  # note
        """,
        """
        w = torch.tensor(1.0, requires_grad=True)
        total, number = 0, 0.0
        for turn in range(5):
            loss = (w - turn) ** 2
            number += loss.item()
            total += loss
        total.backward()
        """,
        ("total",),
        ("it keeps the graphs of all the turns", "total += loss.item()"),
    ),
    Example(
        "a mean made of tensors",
        "graph-grows",
        """
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

        def epoch():
            seen = torch.tensor(0.0)
            for turn in range(5):
                optimizer.zero_grad()
                loss = model(torch.ones(3, 2)).pow(2).mean()
                loss.backward()
                optimizer.step()
                seen = seen + loss  # note
            return seen / 5

        epoch()
        """,
        """
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

        def epoch():
            seen = torch.tensor(0.0)
            for turn in range(5):
                optimizer.zero_grad()
                loss = model(torch.ones(3, 2)).pow(2).mean()
                loss.backward()
                optimizer.step()
                seen = seen + loss.detach()
            return seen / 5

        epoch()
        """,
        ("seen",),
        ("seen requires grad",),
    ),
    Example(
        "eval in the place of no_grad",
        "eval-for-no-grad",
        """
        model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5), nn.Linear(2, 1))
        model(torch.ones(3, 2)).mean().backward()
        model.eval()
        prediction = model(torch.ones(3, 2))  # note
        wrong = (prediction - 1).abs().mean().item()
        """,
        """
        model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5), nn.Linear(2, 1))
        model.eval()
        with torch.no_grad():
            prediction = model(torch.ones(3, 2))
        x = torch.ones(3, 2, requires_grad=True)
        salient = model(x)
        salient.sum().backward()
        """,
        ("model",),
        ("recorded a graph that backward never used", "with torch.no_grad()"),
    ),
)

VALUES = (
    Example(
        "a write through .data",
        "data-write-to-saved",
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        y.data.mul_(0)  # note
        y.sum().backward()
        """,
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x.exp()
        y.sum().backward()
        y.data.mul_(0)
        """,
        ("y",),
        ("y.data.mul_(0) wrote into y after x.exp() in line 6 had saved it",),
    ),
    Example(
        "a write through numpy",
        "data-write-to-saved",
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        view = w.detach().numpy()
        loss = (w * w).sum()
        view[0] = 100.0  # note
        loss.backward()
        """,
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        view = w.detach().numpy()
        loss = (w * w).sum()
        view[0] = 100.0
        view[0] = 1.0
        loss.backward()
        """,
        ("w",),
        ("the gradient is wrong",),
    ),
    Example(
        "clipping weights through .data",
        "data-write-to-saved",
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        loss = (w**2).sum()
        w.data.clamp_(-1, 1)  # note
        loss.backward()
        """,
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for turn in range(3):
            loss = (w**2).sum()
            loss.backward()
            w.data -= 0.1 * w.grad
            w.data.clamp_(-1, 1)
            w.grad = None
        """,
        ("w",),
        ("w.data.clamp_(-1, 1) wrote into w",),
    ),
    Example(
        "an infinite slope",
        "not-a-number",
        """
        x = torch.tensor([0.0, 4.0], requires_grad=True)
        y = x.sqrt()
        y.sum().backward()  # note
        """,
        """
        x = torch.tensor([0.0, 4.0], requires_grad=True)
        y = (x + 1e-8).sqrt()
        y.sum().backward()
        """,
        ("x",),
        ("SqrtBackward0 of x.sqrt() in line 6", "inf goes out to x"),
    ),
    Example(
        "a logarithm of 0",
        "not-a-number",
        """
        w = torch.tensor([0.0, 1.0], requires_grad=True)
        p = w * 1.0
        y = torch.log(p)  # note
        loss = -y.mean()
        loss.backward()
        """,
        """
        scores = torch.tensor([[0.5, 1.0, 2.0]], requires_grad=True)
        mask = torch.tensor([[False, True, False]])
        best = torch.tensor(float("inf"))
        (scores.sum() + best).backward()
        masked = scores.masked_fill(mask, float("-inf"))
        loss = masked.softmax(1)[0, 0]
        loss.backward()
        """,
        ("p",),
        ("torch.log(p) made -inf of 0.0",),
    ),
    Example(
        "a learning rate that is too high",
        "not-a-number",
        """
        w = torch.tensor([10.0, 10.0], requires_grad=True)
        for turn in range(60):
            squares = w**2
            loss = squares.sum()  # note
            loss.backward()
            with torch.no_grad():
                w -= 3.0 * w.grad
            w.grad = None
        """,
        """
        w = torch.tensor([10.0, 10.0], requires_grad=True)
        for turn in range(60):
            squares = w**2
            loss = squares.sum()
            loss.backward()
            with torch.no_grad():
                w -= 0.3 * w.grad
            w.grad = None
        """,
        ("squares",),
        ("squares.sum() made inf",),
    ),
)

EXAMPLES = (*GRADIENTS, *OPTIMIZERS, *LOSSES, *LEAVES, *GRAPHS, *VALUES)
