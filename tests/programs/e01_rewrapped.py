"""E1: the loss was rebuilt from its number."""
# tutor: exit=1

import torch

w = torch.tensor(2.0, requires_grad=True)
losses = [(w * x) ** 2 for x in (1.0, 2.0)]
mean = torch.tensor([loss.item() for loss in losses]).mean()
print(mean)
mean.backward()  # raises
