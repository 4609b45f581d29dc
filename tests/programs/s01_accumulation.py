"""S1: gradients add up over three backward calls that nobody zeroed between."""

import torch

w = torch.tensor(1.0, requires_grad=True)
for turn in range(3):
    loss = w * 2
    loss.backward()
    print(turn, w.grad)
print("three times two:", w.grad.item())
