"""S2: the optimiser steps the old tensor while the name holds a new one."""

import torch

w = torch.ones(1, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
old = w
w = torch.zeros(1, requires_grad=True)
for turn in range(3):
    loss = ((w - 1) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(turn, loss.item(), w, w.grad, old, old.grad)
