"""A tree of modules: names, parameters, buffers, apply, train and eval, hooks of state."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.linear = nn.Linear(size, size)
        self.scale = nn.Parameter(torch.ones(size))
        self.register_buffer("seen", torch.zeros((), dtype=torch.long))

    def forward(self, x):
        self.seen += 1
        return torch.relu(self.linear(x)) * self.scale


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Block(3)
        self.second = Block(3)
        self.shared = self.first
        self.head = nn.Linear(3, 1, bias=False)

    def forward(self, x):
        return self.head(self.shared(self.second(self.first(x))))


def fill(module):
    if isinstance(module, nn.Linear):
        nn.init.constant_(module.weight, 0.25)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


torch.manual_seed(0)
net = Net()
net.apply(fill)
print(net)
print([name for name, _ in net.named_parameters()])
print([name for name, _ in net.named_buffers()])
print([type(module).__name__ for module in net.modules()])
out = net(torch.ones(2, 3))
out.sum().backward()
print(out.squeeze(), net.first.seen.item(), net.second.seen.item())
for name, parameter in net.named_parameters():
    print(name, round(parameter.grad.sum().item(), 5))
print(sum(p.numel() for p in net.parameters()), net.eval().first.training)
