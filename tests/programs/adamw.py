"""AdamW beside RMSprop, Adagrad and Adadelta on the same bowl."""

import torch
from torch import optim


def bowl(w):
    return w[0] ** 2 + 10 * w[1] ** 2


for make in (
    lambda p: optim.AdamW(p, lr=0.1, weight_decay=0.1),
    lambda p: optim.AdamW(p, lr=0.1, amsgrad=True),
    lambda p: optim.RMSprop(p, lr=0.05, centered=True),
    lambda p: optim.Adagrad(p, lr=0.5),
    lambda p: optim.Adadelta(p),
):
    w = torch.tensor([2.0, 1.0], requires_grad=True)
    optimizer = make([w])
    for _ in range(5):
        optimizer.zero_grad()
        bowl(w).backward()
        optimizer.step()
    print(type(optimizer).__name__, [f"{v:.7f}" for v in w.tolist()], f"{bowl(w).item():.7f}")
