"""functional_call, stack_module_state and an ensemble with vmap."""

import copy

import torch
from torch import nn
from torch.func import functional_call, grad, stack_module_state, vmap

torch.manual_seed(6)
model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
parameters = dict(model.named_parameters())
x, t = torch.randn(5, 2), torch.randn(5, 1)


def loss(parameters, x, t):
    return ((functional_call(model, parameters, (x,)) - t) ** 2).mean()


gradients = grad(loss)({k: v.detach() for k, v in parameters.items()}, x, t)
loss(parameters, x, t).backward()
print({k: torch.allclose(gradients[k], parameters[k].grad) for k in gradients})
doubled = {k: v.detach() * 2 for k, v in parameters.items()}
print(f"{functional_call(model, doubled, (x,)).sum().item():.6f} {model(x).sum().item():.6f}")

models = [nn.Linear(2, 1) for _ in range(3)]
stacked, buffers = stack_module_state(models)
base = copy.deepcopy(models[0]).to("meta")
outputs = vmap(lambda p, x: functional_call(base, p, (x,)), in_dims=(0, None))(stacked, x)
print(outputs.shape, torch.allclose(outputs[1], models[1](x)), stacked["weight"].shape, buffers)
