"""E6: .grad of a tensor that is no leaf: a warning and None."""

import torch

x = torch.ones(2, requires_grad=True)
y = x * 2
y.sum().backward()
print(y.grad)
moved = torch.ones(2, requires_grad=True).double()
moved.sum().backward()
print(moved.grad, moved.is_leaf)
scaled = torch.ones(2, requires_grad=True) / 28
scaled.sum().backward()
print(scaled.grad, x.grad)
