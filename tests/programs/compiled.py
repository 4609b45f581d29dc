"""torch.compile, here with the backend that changes nothing."""

import torch
def f(x):
    return (x * 2 + 1).sin()
g = torch.compile(f, backend="eager")
x = torch.ones(3, requires_grad=True)
y = g(x)
print(y)
y.sum().backward()
print(x.grad)
