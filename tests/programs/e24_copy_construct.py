"""E24: torch.tensor of a tensor: a warning, and a result that requires nothing."""

import torch

x = torch.ones(2, requires_grad=True)
copied = torch.tensor(x)
print(copied.requires_grad, copied.data_ptr() == x.data_ptr())
kept = torch.tensor(x, requires_grad=True)
kept.sum().backward()
print(kept.grad, x.grad, x.clone().detach())
