"""E10, the other form: rebinding under no_grad leaves a tensor that requires nothing."""
# tutor: exit=1

import torch

w = torch.tensor(1.0, requires_grad=True)
for turn in range(3):
    loss = (w * 3 - 1) ** 2
    print(turn, loss.item(), w.requires_grad)
    loss.backward()  # raises
    with torch.no_grad():
        w = w - 0.1 * w.grad
