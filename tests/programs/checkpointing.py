"""torch.utils.checkpoint: the forward runs again inside backward, with the same dropout."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.manual_seed(0)
runs = []
layer = nn.Linear(2, 2)
drop = nn.Dropout(0.5)


def block(x):
    runs.append(torch.is_grad_enabled())
    return drop(torch.tanh(layer(x)))


x = torch.ones(4, 2, requires_grad=True)
for reentrant in (False, True):
    layer.zero_grad()
    runs.clear()
    torch.manual_seed(1)
    out = checkpoint(block, x, use_reentrant=reentrant)
    print(reentrant, "forward", runs)
    out.sum().backward()
    print("backward", runs, f"{layer.weight.grad.sum().item():.6f}")
layer.zero_grad()
torch.manual_seed(1)
block(x).sum().backward()
print(f"{layer.weight.grad.sum().item():.6f}")
model = nn.Sequential(*[nn.Sequential(nn.Linear(2, 2), nn.Tanh()) for _ in range(4)])
out = checkpoint_sequential(model, 2, x, use_reentrant=False)
out.sum().backward()
print(torch.allclose(out, model(x)), f"{model[0][0].weight.grad.norm().item():.6f}")
