"""E10: after w = w - ... the name holds a non-leaf, whose .grad is None."""
# tutor: exit=1

import torch

w = torch.tensor(1.0, requires_grad=True)
for turn in range(3):
    loss = (w * 3 - 1) ** 2
    loss.backward()
    print(turn, loss.item(), w.is_leaf)
    w = w - 0.1 * w.grad  # raises
