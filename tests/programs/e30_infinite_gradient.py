"""E30: the square root at zero has an infinite gradient, and one step loses the weight."""

import torch

x = torch.tensor([0.0, 4.0], requires_grad=True)
x.sqrt().sum().backward()
print(x.grad)
optimizer = torch.optim.SGD([x], lr=0.1)
optimizer.step()
print(x)
(x * 0).sum().backward()
print(x.grad, (x.detach() - x.detach()))
