"""E9: the flag of a tensor that is no leaf cannot be changed."""
# tutor: exit=1

import torch

x = torch.ones(2, requires_grad=True)
y = x * 2
y.requires_grad_()
print("requires_grad_() is allowed", y.requires_grad)
try:
    y.requires_grad = True
except RuntimeError as error:
    print(error)
y.requires_grad = False  # raises
