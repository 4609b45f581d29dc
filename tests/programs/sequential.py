"""nn.Sequential: indexing, slicing, named layers, a function applied to each."""

from collections import OrderedDict

import torch
from torch import nn

torch.manual_seed(1)
model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3), nn.Sigmoid(), nn.Linear(3, 1))
x = torch.randn(6, 4)
hidden = x
for layer in model:
    hidden = layer(hidden)
    print(type(layer).__name__, tuple(hidden.shape), f"{hidden.mean().item():.6f}")
print(torch.equal(hidden, model(x)), torch.equal(model[:2](x), model[1](model[0](x))))

hidden.mean().backward()
print([f"{p.grad.norm().item():.6f}" for p in model.parameters()])

named = nn.Sequential(OrderedDict(inner=model[:4], outer=nn.Linear(3, 2)))
print([name for name, _ in named.named_children()], named.inner[0] is model[0])
print(named(x).shape, len(model), repr(model[-1]))
