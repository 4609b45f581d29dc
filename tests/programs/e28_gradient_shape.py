"""E28: a gradient of another shape than the output given to backward."""
# tutor: exit=1

import torch

x = torch.ones(2, requires_grad=True)
y = x * 2
print(y.shape)
y.backward(torch.ones(3))  # raises
