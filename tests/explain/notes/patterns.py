"""Ways to train that look like mistakes and are none."""

from __future__ import annotations

from typing import Final

CORRECT: Final[dict[str, str]] = {
    "gradients accumulated over micro batches": """
        model = nn.Linear(2, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        x, t = torch.randn(12, 2), torch.randn(12, 1)
        for turn in range(3):
            for part, wanted in zip(x.split(4), t.split(4)):
                loss = F.mse_loss(model(part), wanted) / 3
                loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        for count, (part, wanted) in enumerate(zip(x.split(2), t.split(2)), 1):
            F.mse_loss(model(part), wanted).backward()
            if count % 2 == 0:
                optimizer.step()
                optimizer.zero_grad()
        """,
    "two networks against each other": """
        G, D = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1)), nn.Linear(1, 1)
        g_step, d_step = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
        measure = nn.BCEWithLogitsLoss()
        for turn in range(3):
            made = G(torch.randn(8, 1))
            d_step.zero_grad()
            loss = measure(D(torch.randn(8, 1)), torch.ones(8, 1)) + measure(D(made.detach()), torch.zeros(8, 1))
            loss.backward()
            d_step.step()
            g_step.zero_grad()
            measure(D(made), torch.ones(8, 1)).backward()
            g_step.step()
        """,
    "weights clipped through .data between the turns": """
        D = nn.Linear(1, 1)
        optimizer = torch.optim.RMSprop(D.parameters(), lr=0.01)
        for turn in range(4):
            optimizer.zero_grad()
            (D(torch.randn(8, 1)).mean() - D(torch.ones(8, 1)).mean()).backward()
            optimizer.step()
            for p in D.parameters():
                p.data.clamp_(-0.1, 0.1)
        """,
    "a penalty on the gradient": """
        D = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
        optimizer = torch.optim.Adam(D.parameters())
        for turn in range(3):
            x = torch.randn(6, 2, requires_grad=True)
            out = D(x)
            (slope,) = torch.autograd.grad(out.sum(), x, create_graph=True)
            loss = out.mean() + ((slope.norm(dim=1) - 1) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        """,
    "two steps of one update, up and down again": """
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        x, t = torch.randn(6, 2), torch.randn(6, 1)
        for turn in range(3):
            F.mse_loss(model(x), t).backward()
            kept = []
            with torch.no_grad():
                for p in model.parameters():
                    kept.append(0.05 * p.grad / p.grad.norm())
                    p.add_(kept[-1])
            optimizer.zero_grad()
            F.mse_loss(model(x), t).backward()
            with torch.no_grad():
                for p, moved in zip(model.parameters(), kept):
                    p.sub_(moved)
            optimizer.step()
            optimizer.zero_grad()
        """,
    "a target network that follows softly": """
        import copy
        net = nn.Linear(3, 2)
        target = copy.deepcopy(net)
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
        for turn in range(3):
            state, following = torch.randn(5, 3), torch.randn(5, 3)
            with torch.no_grad():
                wanted = 1.0 + 0.9 * target(following).max(1)[0]
            taken = net(state).gather(1, torch.zeros(5, 1, dtype=torch.long)).squeeze(1)
            loss = F.smooth_l1_loss(taken, wanted)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            for p, slow in zip(net.parameters(), target.parameters()):
                slow.data.mul_(0.99)
                slow.data.add_(0.01 * p.data)
        """,
    "an inner loop whose weights are results": """
        model = nn.Linear(1, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for turn in range(2):
            x = torch.randn(5, 1)
            weight, bias = model.weight, model.bias
            for inner in range(2):
                loss = ((F.linear(x, weight, bias) - 2 * x) ** 2).mean()
                gradients = torch.autograd.grad(loss, (weight, bias), create_graph=True)
                weight = weight - 0.1 * gradients[0]
                bias = bias - 0.1 * gradients[1]
            outer = ((F.linear(x, weight, bias) - 2 * x) ** 2).mean()
            optimizer.zero_grad()
            outer.backward()
            optimizer.step()
        """,
    "an attack on the input": """
        model = nn.Linear(2, 2)
        x = torch.rand(3, 2)
        attacked = x.clone()
        for turn in range(3):
            attacked = attacked.detach().requires_grad_(True)
            loss = F.cross_entropy(model(attacked), torch.tensor([0, 1, 0]))
            loss.backward()
            with torch.no_grad():
                attacked = attacked + 0.1 * attacked.grad.sign()
                attacked = torch.max(torch.min(attacked, x + 0.3), x - 0.3)
        """,
    "an image that is optimized": """
        image = torch.rand(1, 3, requires_grad=True)
        optimizer = torch.optim.LBFGS([image], max_iter=3)

        def closure():
            with torch.no_grad():
                image.clamp_(0, 1)
            optimizer.zero_grad()
            loss = ((image - 0.5) ** 2).sum()
            loss.backward()
            return loss

        for turn in range(2):
            optimizer.step(closure)
        """,
    "backward in parts through time": """
        cell = nn.RNNCell(1, 3)
        optimizer = torch.optim.SGD(cell.parameters(), lr=0.1)
        hidden = torch.zeros(2, 3)
        for part in range(2):
            hidden = hidden.detach()
            total = 0
            for turn in range(4):
                hidden = cell(torch.ones(2, 1), hidden)
                total = total + hidden.pow(2).mean()
            optimizer.zero_grad()
            total.backward()
            optimizer.step()
        """,
    "training with validation and a schedule": """
        model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(0.2), nn.Linear(4, 1))
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 3)
        x, t = torch.randn(8, 2), torch.randn(8, 1)
        losses, best = [], float("inf")
        for epoch in range(3):
            model.train()
            optimizer.zero_grad(set_to_none=False)
            loss = F.mse_loss(model(x), t)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            model.eval()
            with torch.no_grad():
                best = min(best, F.mse_loss(model(x), t).item())
        """,
    "a body that thaws later": """
        body, head = nn.Linear(2, 2), nn.Linear(2, 1)
        for p in body.parameters():
            p.requires_grad_(False)
        optimizer = torch.optim.SGD(head.parameters(), lr=0.1, momentum=0.9)
        for turn in range(4):
            if turn == 2:
                for p in body.parameters():
                    p.requires_grad_(True)
                optimizer.add_param_group({"params": body.parameters(), "lr": 0.01})
            optimizer.zero_grad()
            head(body(torch.ones(3, 2))).pow(2).mean().backward()
            optimizer.step()
        """,
    "an optimizer for each part, stepped in turn": """
        a, b = nn.Linear(2, 2), nn.Linear(2, 1)
        one, other = torch.optim.Adam(a.parameters()), torch.optim.Adam(b.parameters())
        for turn in range(4):
            loss = b(a(torch.ones(3, 2))).pow(2).mean()
            one.zero_grad()
            other.zero_grad()
            loss.backward()
            (one if turn % 2 else other).step()
        """,
    "every pair compared on purpose": """
        centres = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        points = torch.tensor([0.5, 1.5, 2.5])
        far = (points[:, None] - centres[None, :]) ** 2
        far.min(dim=1)[0].mean().backward()
        kernel = torch.exp(-((centres[:, None] - centres) ** 2)).mean()
        kernel.backward()
        """,
    "scores with a mask of minus infinity": """
        query, key = torch.randn(3, 4, requires_grad=True), torch.randn(3, 4, requires_grad=True)
        scores = (query @ key.T).masked_fill(torch.triu(torch.ones(3, 3), 1).bool(), float("-inf"))
        scores.softmax(1).pow(2).sum().backward()
        """,
    "a new leaf for each turn": """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for turn in range(3):
            loss = ((w - 3) ** 2).sum()
            loss.backward()
            w = (w - 0.1 * w.grad).detach().requires_grad_(True)
        """,
    "gradients that are kept, halved, and added to": """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        for turn in range(3):
            ((w - 3) ** 2).sum().backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
                w.grad *= 0.9
        """,
    "an optimizer made anew": """
        w = torch.tensor([1.0], requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        (w**2).sum().backward()
        optimizer.step()
        w = torch.tensor([5.0], requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        (w**2).sum().backward()
        optimizer.step()
        """,
    "the loss of an ensemble and the gradients of one": """
        models = [nn.Linear(1, 1) for _ in range(3)]
        optimizers = [torch.optim.SGD(model.parameters(), lr=0.1) for model in models]
        for turn in range(2):
            for model, optimizer in zip(models, optimizers):
                optimizer.zero_grad()
                model(torch.ones(2, 1)).pow(2).mean().backward()
                optimizer.step()
        """,
    "a gradient looked at, thrown away, and computed again": """
        w = torch.tensor([1.0], requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        (w**2).sum().backward()
        sensitivity = w.grad.clone()
        optimizer.zero_grad()
        for turn in range(2):
            (w**2).sum().backward()
            optimizer.step()
            optimizer.zero_grad()
        """,
    "a gradient that is dropped so that its parameter rests": """
        w, b = torch.tensor([1.0], requires_grad=True), torch.tensor([2.0], requires_grad=True)
        optimizer = torch.optim.SGD([w, b], lr=0.1)
        for turn in range(3):
            optimizer.zero_grad()
            ((w * 2 + b) ** 2).sum().backward()
            b.grad = None
            optimizer.step()
        """,
    "a first turn that only looks": """
        w = torch.tensor(1.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for turn in range(4):
            optimizer.zero_grad()
            loss = (w - 3) ** 2
            if turn:
                loss.backward()
            optimizer.step()
        """,
    "a name that goes from one parameter to another": """
        a, b = torch.tensor(1.0, requires_grad=True), torch.tensor(2.0, requires_grad=True)
        w = a
        optimizer = torch.optim.SGD([a, b], lr=0.1)
        for turn in range(4):
            w = (b, a)[turn % 2]
            optimizer.zero_grad()
            ((w - 3) ** 2).backward()
            optimizer.step()
        """,
    "gradients that are given by hand": """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for turn in range(2):
            (gradient,) = torch.autograd.grad((w**2).sum(), w)
            w.grad = gradient
            optimizer.step()
        """,
    "rewards and a running baseline": """
        policy = nn.Linear(2, 2)
        optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
        baseline = torch.tensor(0.0)
        for episode in range(4):
            kept = []
            for turn in range(3):
                chance = torch.distributions.Categorical(logits=policy(torch.ones(2)))
                action = chance.sample()
                kept.append(chance.log_prob(action))
            loss = -(torch.stack(kept).sum() * (1.0 - baseline))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            baseline = 0.9 * baseline + 0.1 * loss.detach()
        """,
    "an average of the weights": """
        model = nn.Linear(1, 1)
        average = [p.detach().clone() for p in model.parameters()]
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for turn in range(3):
            optimizer.zero_grad()
            model(torch.ones(2, 1)).pow(2).mean().backward()
            optimizer.step()
            with torch.no_grad():
                for slow, p in zip(average, model.parameters()):
                    slow.lerp_(p, 0.1)
        """,
    "numbers nudged by hand and put back": """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        loss = (w**2).sum()
        for place in range(2):
            w.data[place] += 1e-3
            above = (w**2).sum().item()
            w.data[place] = [1.0, 2.0][place]
        loss.backward()
        """,
    "gradcheck moves elements and puts them back": """
        import numpy as np


        class Cube(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * x * x

            @staticmethod
            def backward(ctx, gradient):
                (x,) = ctx.saved_tensors
                return 3 * x**2 * gradient


        start = torch.from_numpy(np.array([0.5, 0.25, 2.0]))
        print(torch.autograd.gradcheck(Cube.apply, start.requires_grad_()))
        """,
}
"""Programs by what they do."""
