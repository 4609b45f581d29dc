"""E23: the same write through detach is caught."""
# tutor: exit=1

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
y.detach().mul_(0)
print(y._version)
y.sum().backward()  # raises
