"""Five thousand small operations in one loop, a list of two thousand tensors."""

import torch

x = torch.tensor(1.0, requires_grad=True)
y = x
for i in range(1000):
    y = y * 1.001
    if i % 250 == 0:
        print(i, f"{y.item():.6f}")
y.backward()
print(f"{x.grad.item():.6f}")
kept = [torch.full((2,), float(i)) for i in range(2000)]
print(torch.stack(kept).sum().item(), len(kept))
w = torch.zeros(1)
for i in range(2000):
    w += 0.5
print(w, w._version)
