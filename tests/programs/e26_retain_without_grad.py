"""E26: retain_grad on a tensor that requires no gradient."""
# tutor: exit=1

import torch

w = torch.ones(2, requires_grad=True)
w.retain_grad()
print(w.retains_grad)
torch.ones(2).retain_grad()  # raises
