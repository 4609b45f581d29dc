"""One optimiser per parameter, stepping inside its post-accumulate-grad hook."""

import torch
from torch import nn

torch.manual_seed(5)
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizers = {p: torch.optim.Adam([p], lr=0.05) for p in model.parameters()}
names = {p: name for name, p in model.named_parameters()}
order = []


def step_now(parameter):
    optimizers[parameter].step()
    optimizers[parameter].zero_grad()
    order.append(names[parameter])


for parameter in model.parameters():
    parameter.register_post_accumulate_grad_hook(step_now)

x = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
t = x.sum(dim=1, keepdim=True)
for turn in range(4):
    loss = ((model(x) - t) ** 2).mean()
    loss.backward()
    print(turn, f"{loss.item():.8f}", [p.grad for p in model.parameters()])
print(order[:4], len(order))
