"""E2: backward a second time through saved tensors that were freed."""
# tutor: exit=1

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x**2).sum()
y.backward()
print(x.grad)
y.backward()  # raises
