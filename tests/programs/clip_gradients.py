"""Gradient clipping by norm and by value."""

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

torch.manual_seed(3)
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
x, t = torch.randn(8, 3), torch.full((8, 1), 50.0)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for turn in range(3):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), t)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm=1.0)
    after = torch.sqrt(sum((p.grad**2).sum() for p in model.parameters()))
    optimizer.step()
    print(turn, f"{loss.item():.4f} {norm.item():.4f} {after.item():.6f}")

w = torch.tensor([0.1, 5.0, -7.0], requires_grad=True)
(w**2).sum().backward()
clip_grad_value_([w], 2.0)
print(w.grad)
print(clip_grad_norm_([], 1.0), clip_grad_norm_([w], 1.0, norm_type=float("inf")), w.grad)
