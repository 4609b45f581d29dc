"""E32: anomaly mode raises where the nan is made."""
# tutor: exit=1

import torch

torch.autograd.set_detect_anomaly(True)
x = torch.tensor([0.0, 4.0], requires_grad=True)
y = torch.where(x > 0, x.sqrt(), 0 * x)
print(y)
y.sum().backward()  # raises
