"""Double precision: the derivative by differences against autograd, and mixed dtypes."""

import torch


def f(x):
    return torch.exp(torch.sin(x)) / (1 + x**2)


x = torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)
f(x).sum().backward()
h = 1e-5
with torch.no_grad():
    central = (f(x + h) - f(x - h)) / (2 * h)
print(x.grad.tolist())
print((x.grad - central).abs().max().item() < 1e-9)
single = torch.tensor([0.1], requires_grad=True)
mixed = single * x[:1].detach()
mixed.sum().backward()
print(mixed.dtype, single.grad.dtype, single.grad)
print(torch.tensor(0.1, dtype=torch.float64).item(), torch.tensor(0.1).item())
print(torch.tensor([1e308], dtype=torch.float64) * 10, torch.tensor([1e-46]))
