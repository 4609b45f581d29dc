"""E3: a leaf that requires a gradient changed in place."""
# tutor: exit=1

import torch

w = torch.ones(2, requires_grad=True)
(w**2).sum().backward()
print(w.grad)
w -= 0.1 * w.grad  # raises
