"""E5: backward of a vector without a gradient given."""
# tutor: exit=1

import torch

x = torch.ones(2, requires_grad=True)
y = x * 2
y.backward(torch.ones(2), retain_graph=True)
print(x.grad)
y.backward()  # raises
