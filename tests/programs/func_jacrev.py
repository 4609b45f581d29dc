"""Jacobians: jacrev, jacfwd, and torch.autograd.functional beside them."""

import torch
from torch.autograd.functional import hessian, hvp, jacobian
from torch.func import jacfwd, jacrev


def polar(v):
    r, phi = v
    return torch.stack([r * torch.cos(phi), r * torch.sin(phi)])


v = torch.tensor([2.0, 0.5])
reverse, forward, old = jacrev(polar)(v), jacfwd(polar)(v), jacobian(polar, v)
print(reverse)
print(torch.allclose(reverse, forward), torch.allclose(reverse, old))
print(f"{torch.det(reverse).item():.5f}")


def quadratic(x):
    return (x[0] * x[1] + x[1] ** 3).sum()


x = torch.tensor([1.0, 2.0])
print(hessian(quadratic, x))
print(jacfwd(jacrev(quadratic))(x))
print(hvp(quadratic, x, torch.tensor([1.0, -1.0])))
