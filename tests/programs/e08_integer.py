"""E8: only floating point and complex tensors can require gradients."""
# tutor: exit=1

import torch

i = torch.tensor([1, 2, 3])
try:
    i.requires_grad_()
except RuntimeError as error:
    print(error)
print(torch.tensor([1.0 + 1j], requires_grad=True).dtype)
torch.tensor([1, 2, 3], requires_grad=True)  # raises
