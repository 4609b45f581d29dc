"""S4: requires_grad set on the loss silences the error, and nothing learns."""

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, t = torch.ones(4, 1), torch.zeros(4, 1)
for turn in range(3):
    optimizer.zero_grad()
    prediction = model(x).data
    loss = ((prediction - t) ** 2).mean()
    loss.requires_grad = True
    loss.backward()
    optimizer.step()
    print(turn, f"{loss.item():.6f}", loss.grad, model.weight.grad)
