"""Module hooks: forward pre-hooks, forward hooks that change the output, full backward hooks."""

import torch
from torch import nn

torch.manual_seed(4)
model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
activations = {}


def keep(name):
    def hook(module, inputs, output):
        activations[name] = output.detach().clone()

    return hook


for name, layer in model.named_children():
    layer.register_forward_hook(keep(name))

double = model[0].register_forward_pre_hook(lambda module, inputs: (inputs[0] * 2,))
halve = model[2].register_forward_hook(lambda module, inputs, output: output / 2)
backward = model[1].register_full_backward_hook(
    lambda module, grad_input, grad_output: print(
        type(module).__name__, [f"{g.sum().item():.6f}" for g in (*grad_input, *grad_output)]
    )
)
x = torch.tensor([[1.0, -1.0]], requires_grad=True)
out = model(x)
out.backward()
print(f"{out.item():.6f}", {k: tuple(v.shape) for k, v in activations.items()}, x.grad)

for handle in (double, halve, backward):
    handle.remove()
print(f"{model(x).item():.6f}", f"{activations['0'].sum().item():.6f}")
try:
    model[0].register_forward_pre_hook(lambda module, inputs: 1 / 0)
    model(x)
except ZeroDivisionError as error:
    print("hook raised", error)
