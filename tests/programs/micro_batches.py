"""Gradients accumulated over micro batches equal those of the whole batch."""

import torch
from torch import nn

torch.manual_seed(0)
x, t = torch.randn(12, 3), torch.randn(12, 1)
model = nn.Linear(3, 1)
loss = nn.functional.mse_loss(model(x), t)
loss.backward()
whole = [p.grad.clone() for p in model.parameters()]
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
optimizer.zero_grad()
for i, (xb, tb) in enumerate(zip(x.split(3), t.split(3))):
    part = nn.functional.mse_loss(model(xb), tb) / 4
    part.backward()
    print(i, f"{part.item():.6f} {model.bias.grad.item():.6f}")
print([torch.allclose(p.grad, g, atol=1e-6) for p, g in zip(model.parameters(), whole)])
optimizer.step()
optimizer.zero_grad()
print(f"{nn.functional.mse_loss(model(x), t).item():.6f}", model.bias.grad)
