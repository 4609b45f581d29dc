"""E1: backward of a tensor that no leaf requiring a gradient leads to."""
# tutor: exit=1

import torch

x = torch.ones(2)
loss = (x * 2).sum()
print(loss, loss.requires_grad)
loss.backward()  # raises
print("never")
