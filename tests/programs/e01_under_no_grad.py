"""E1: the forward pass ran under no_grad."""
# tutor: exit=1

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(2, 1)


@torch.no_grad()
def predict(x):
    return model(x)


loss = (predict(torch.ones(3, 2)) - 1).pow(2).mean()
print(f"{loss.item():.6f}", loss.requires_grad)
loss.backward()  # raises
