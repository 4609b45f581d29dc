"""E18: the same with create_graph works."""

import torch

x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(x**3, x, create_graph=True)
print(g)
g.backward()
print(x.grad)
