"""S3: with momentum a gradient of zero still moves the weight, None leaves it alone."""

import torch

for set_to_none in (False, True):
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    w.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=set_to_none)
    optimizer.step()
    print(set_to_none, w.grad, f"{w.item():.4f}")
