"""Ten thousand lines of output, one of them very long."""

import torch

x = torch.arange(10_000)
for i in range(0, 10_000):
    print("line", i)
print("x" * 20_000)
print(x.sum().item())
