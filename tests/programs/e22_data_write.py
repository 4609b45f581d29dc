"""E22: a write through .data is not seen: the gradient is wrong without an error."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
print(y._version)
y.data.mul_(0)
print(y._version, y)
y.sum().backward()
print(x.grad)
