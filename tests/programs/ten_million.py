"""Tensors of ten million elements: sums, a gradient, an in-place update."""

import torch

n = 10_000_000
x = torch.arange(n, dtype=torch.float32).remainder_(7)
w = torch.ones(n, requires_grad=True)
loss = (w * x).sum()
loss.backward()
print(loss.item(), w.grad[:8], w.grad.shape)
with torch.no_grad():
    w -= 0.1 * w.grad
print(w[-3:], w.min().item(), x.max().item())
big = x.view(1000, 10_000)
big[0].zero_()
print(big.sum(dim=1)[:3], x[:5], x.numel())
del w, loss
print(torch.unique(x[:100_000]))
