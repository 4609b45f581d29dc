"""E25: a hook on a tensor that requires no gradient."""
# tutor: exit=1

import torch

x = torch.ones(2)
y = x * 2
print(y.requires_grad)
y.register_hook(lambda grad: print("never", grad))  # raises
