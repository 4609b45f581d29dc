"""state_dict of a model and its optimiser, saved to a file, loaded, training resumed."""

import os
import tempfile

import torch
from torch import nn


def make():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
    return model, torch.optim.Adam(model.parameters(), lr=0.05)


def train(model, optimizer, turns):
    for _ in range(turns):
        optimizer.zero_grad()
        loss = ((model(x) - t) ** 2).mean()
        loss.backward()
        optimizer.step()
    return loss.item()


x = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, 2.0]])
t = x.prod(dim=1, keepdim=True)
model, optimizer = make()
train(model, optimizer, 3)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "checkpoint.pt")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "turn": 3}, path)
    checkpoint = torch.load(path, weights_only=True)
straight = train(model, optimizer, 3)

fresh, fresh_optimizer = make()
print(fresh.load_state_dict(checkpoint["model"]))
fresh_optimizer.load_state_dict(checkpoint["optimizer"])
resumed = train(fresh, fresh_optimizer, 3)
print(checkpoint["turn"], f"{straight:.5f}", straight == resumed)
print({k: tuple(v.shape) for k, v in checkpoint["model"].items()})
try:
    nn.Linear(2, 2).load_state_dict({"weight": torch.ones(2, 2)})
except RuntimeError as error:
    print(str(error).split("\n")[1].strip())
print(nn.Linear(1, 1).load_state_dict({}, strict=False))
