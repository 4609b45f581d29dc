"""E27: a gradient of another size assigned."""
# tutor: exit=1

import torch

w = torch.ones(2, requires_grad=True)
w.grad = torch.tensor([0.5, 0.5])
print(w.grad)
w.grad = torch.ones(3)  # raises
