"""W1: a tensor that requires a gradient converted to a number, on three lines."""

import math

import torch

x = torch.tensor(2.25, requires_grad=True)
print(float(x))
print(math.sqrt(x))
print(int(x), round(x.item(), 1), [1, 2, 3][torch.tensor(1)], x.detach().item())
