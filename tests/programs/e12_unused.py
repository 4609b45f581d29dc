"""E12: the path from the output does not reach one of the inputs."""
# tutor: exit=1

import torch

a = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(2.0, requires_grad=True)
loss = (a * 2).sum()
print(torch.autograd.grad(loss, [a, b], allow_unused=True, retain_graph=True))
torch.autograd.grad(loss, [a, b])  # raises
