"""E11: zeroing a gradient that is still None."""
# tutor: exit=1

import torch

w = torch.ones(1, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
(w * 2).backward()
w.grad.zero_()
print(w.grad)
optimizer.zero_grad()
print(w.grad)
w.grad.zero_()  # raises
