"""A polynomial fitted to a sine with numpy, with tensors by hand, and with autograd."""

import math

import numpy as np
import torch

x = np.linspace(-math.pi, math.pi, 50)
y = np.sin(x)
tx, ty = torch.from_numpy(x), torch.from_numpy(y)
a = [0.1, 0.2, 0.3, 0.4]
hand = list(a)
auto = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in a]
rate = 1e-5
for t in range(40):
    prediction = sum(c * x**i for i, c in enumerate(a))
    error = 2 * (prediction - y)
    a = [c - rate * (error * x**i).sum() for i, c in enumerate(a)]

    guess = sum(c * tx**i for i, c in enumerate(hand))
    e = 2.0 * (guess - ty)
    hand = [c - rate * (e * tx**i).sum().item() for i, c in enumerate(hand)]

    loss = (auto[0] + auto[1] * tx + auto[2] * tx**2 + auto[3] * tx**3 - ty).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        for c in auto:
            c -= rate * c.grad
            c.grad = None
    if t % 10 == 0:
        print(t, f"{loss.item():.6f}")
print(np.allclose(a, hand), np.allclose(a, [c.item() for c in auto]), [f"{c:.6f}" for c in a])
