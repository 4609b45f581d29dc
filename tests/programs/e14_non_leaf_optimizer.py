"""E14: an optimiser given a tensor that is no leaf."""
# tutor: exit=1

import torch

w = torch.randn(2, requires_grad=True) / 2
print(w.is_leaf, w.shape)
torch.optim.Adam([w], lr=0.1)  # raises
