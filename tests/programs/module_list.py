"""ModuleList, ModuleDict and ParameterList in one network."""

import torch
from torch import nn


class Experts(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.experts = nn.ModuleList(nn.Linear(2, 2) for _ in range(count))
        self.gates = nn.ParameterList([nn.Parameter(torch.tensor(float(i))) for i in range(count)])
        self.activations = nn.ModuleDict({"relu": nn.ReLU(), "tanh": nn.Tanh()})

    def forward(self, x, activation):
        weights = torch.softmax(torch.stack(list(self.gates)), dim=0)
        total = 0
        for i, (weight, expert) in enumerate(zip(weights, self.experts)):
            total = total + weight * self.activations[activation](expert(x))
        return total


torch.manual_seed(2)
net = Experts(3)
for activation in net.activations:
    net.zero_grad()
    out = net(torch.ones(1, 2), activation).sum()
    out.backward()
    print(activation, f"{out.item():.6f}", [f"{g.grad.item():+.6f}" for g in net.gates])
net.experts.append(nn.Linear(2, 2))
print(len(net.experts), len(list(net.parameters())), [n for n, _ in net.named_parameters()][:4])
