"""The same torch warning on two lines, and again on the first: shown as the filters say."""

import torch

x = torch.ones(2, requires_grad=True)
y = x * 2
z = x * 3
y.sum().backward()
print(y.grad)
print(z.grad)
for _ in range(3):
    y.grad
copied = torch.tensor(x)
again = torch.tensor(x)
print(copied.requires_grad, again)
print("see the standard error stream")
