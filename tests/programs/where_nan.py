"""Gradients that are nan or inf: where with a root, a division, a logarithm, the norm at zero."""

import torch

x = torch.tensor([0.0, 4.0], requires_grad=True)
torch.where(x > 0, x.sqrt(), 0 * x).sum().backward()
print("where:", x.grad)
x.grad = None
safe = torch.where(x > 0, x, torch.ones_like(x))
torch.where(x > 0, safe.sqrt(), 0 * x).sum().backward()
print("twice where:", x.grad)
for name, f in {
    "sqrt": torch.sqrt,
    "log": torch.log,
    "1/x": lambda t: 1 / t,
    "norm": lambda t: (t - t.detach()).norm(),
    "abs": torch.abs,
    "0 * log": lambda t: t * torch.log(t),
    "relu": torch.relu,
    "atan2": lambda t: torch.atan2(t, t),
}.items():
    z = torch.zeros(1, requires_grad=True)
    y = f(z)
    y.sum().backward()
    print(name, y.item(), z.grad.item())
print(torch.isnan(x.grad).any(), torch.nan_to_num(torch.tensor([float("nan"), float("inf")]), posinf=1.0))
