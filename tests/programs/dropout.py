"""Dropout: drawn from the generator in training, nothing in evaluation, one mask both ways."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
layer = nn.Dropout(0.5)
x = torch.ones(8, requires_grad=True)
y = layer(x)
y.sum().backward()
print(y.detach(), x.grad, torch.equal(y.detach(), x.grad))
print(layer(x).detach())
layer.eval()
print(layer(x) is x, layer(x).detach())
print(F.dropout(torch.ones(4), 0.9, training=False), F.dropout(torch.ones(4), 1.0))
print(F.alpha_dropout(torch.ones(3), 0.5, training=True), nn.Dropout2d(0.5)(torch.ones(1, 3, 1, 1)).flatten())
torch.manual_seed(0)
print(torch.equal(layer.train()(torch.ones(8)), y))
print(torch.rand(2))
