"""LBFGS: backward inside a closure that the optimiser calls as often as it likes."""

import torch

w = torch.tensor([-1.0, 1.5], dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.LBFGS([w], lr=1.0, max_iter=6, history_size=5, line_search_fn="strong_wolfe")
evaluations = 0


def closure():
    global evaluations
    evaluations += 1
    optimizer.zero_grad()
    loss = (1 - w[0]) ** 2 + 10 * (w[1] - w[0] ** 2) ** 2
    loss.backward()
    return loss


for turn in range(4):
    loss = optimizer.step(closure)
    print(turn, evaluations, f"{loss.item():.9f}", [f"{v:.7f}" for v in w.tolist()])
print(w.grad.norm().item() < 1e-3, optimizer.state[w]["n_iter"])
