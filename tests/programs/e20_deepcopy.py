"""E20: deepcopy of a tensor that is no leaf."""
# tutor: exit=1

import copy

import torch

x = torch.ones(2, requires_grad=True)
print(copy.deepcopy(x), copy.copy(x * 2))
copy.deepcopy({"state": [x * 2]})  # raises
