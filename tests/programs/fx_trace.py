"""torch.fx: a module traced symbolically, its graph read, an operation replaced."""

import operator

import torch
from torch import fx, nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 2)
        nn.init.eye_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x):
        y = self.linear(x) + 1
        return torch.relu(y * y.sum())


traced = fx.symbolic_trace(Net())
print([(node.op, node.name) for node in traced.graph.nodes])
print(traced.code)
x = torch.tensor([[1.0, -3.0]])
print(traced(x))
for node in traced.graph.nodes:
    if node.target is operator.add:
        node.target = operator.sub
traced.recompile()
out = traced(x)
out.sum().backward()
print(out, traced.linear.weight.grad)
