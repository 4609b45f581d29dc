"""Writes through .data: the version stays, and the graph never hears of it."""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
before = w._version
w.data -= 0.5
w.data[0] = 9.0
w.data.mul_(2)
print(w, w._version - before)
x = torch.tensor([3.0, 4.0], requires_grad=True)
y = x * x
x.data.fill_(100.0)
y.sum().backward()
print("the gradient uses the new values:", x.grad)
x.data = torch.zeros(3)
print(x.shape, x.is_leaf)
d = y.detach()
d[0] = -1
print(y, y._version, d._version)
p = torch.nn.Parameter(torch.ones(2))
p.data.copy_(torch.tensor([5.0, 6.0]))
print(p, p.data.requires_grad, p.data.data_ptr() == p.data_ptr())
