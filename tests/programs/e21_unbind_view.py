"""E21: one of several views of an operation changed in place."""
# tutor: exit=1

import torch

x = torch.ones(2, 2, requires_grad=True)
y = x * 1
a, b = y.unbind(0)
print(a + b)
a.add_(1)  # raises
