"""E3: a view of a leaf changed in place by item assignment."""
# tutor: exit=1

import torch

w = torch.ones(2, requires_grad=True)
print(w.sum())
w[0] = 5.0  # raises
