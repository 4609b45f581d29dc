"""E19: backward(create_graph=True) warns of a reference cycle."""

import torch

x = torch.tensor(2.0, requires_grad=True)
(x**3).backward(create_graph=True)
first = x.grad
print(first)
x.grad = None
first.backward()
print(x.grad)
