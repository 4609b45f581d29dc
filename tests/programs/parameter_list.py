"""Parameters kept in a plain list, in a dict, and registered by hand."""

import torch
from torch import nn


class Hidden(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Parameter(torch.tensor(float(i + 1))) for i in range(3)]

    def forward(self, x):
        for layer in self.layers:
            x = layer * x
        return x


class Shown(Hidden):
    def __init__(self):
        super().__init__()
        for i, layer in enumerate(self.layers):
            self.register_parameter(f"layer{i}", layer)
        self.register_parameter("absent", None)


hidden, shown = Hidden(), Shown()
print(len(list(hidden.parameters())), [n for n, _ in shown.named_parameters()], shown.absent)
optimizer = torch.optim.SGD(hidden.layers, lr=0.01)
for turn in range(2):
    optimizer.zero_grad()
    hidden(torch.tensor(2.0)).backward()
    optimizer.step()
    print(turn, [f"{p.item():.6f}" for p in hidden.layers])
shown(torch.tensor(1.0)).backward()
print([p.grad.item() for p in shown.parameters()])
shown.layer0.requires_grad_(False)
tied = nn.Linear(2, 2)
tied.weight = nn.Parameter(tied.weight.detach().fill_(0.5))
twin = nn.Linear(2, 2)
twin.weight = tied.weight
twin(tied(torch.ones(1, 2))).sum().backward()
print([p.requires_grad for p in shown.parameters()], twin.weight.grad is tied.weight.grad)
try:
    tied.weight = torch.ones(2, 2)
except TypeError as error:
    print(error)
