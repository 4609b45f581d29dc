"""torch.func.vmap: in_dims, out_dims, nested, over grad, and with randomness."""

import torch
from torch.func import grad, vmap


def dot(a, b):
    return (a * b).sum()


a = torch.arange(6.0).reshape(2, 3)
b = torch.arange(6.0, 12.0).reshape(2, 3)
print(vmap(dot)(a, b))
print(vmap(dot, in_dims=(1, 1))(a, b))
print(vmap(dot, in_dims=(0, None))(a, b[0]))
print(vmap(vmap(lambda x, y: x * y, in_dims=(None, 0)), in_dims=(0, None))(a[:, 0], b[:, 0]))
print(vmap(lambda row: row.cumsum(0), out_dims=1)(a))


def loss(w, x, t):
    return (w @ x - t) ** 2


w = torch.tensor([0.1, 0.2, 0.3])
per_sample = vmap(grad(loss), in_dims=(None, 0, 0))(w, a, torch.tensor([1.0, 2.0]))
print(per_sample)
mean = grad(lambda w: vmap(loss, in_dims=(None, 0, 0))(w, a, torch.tensor([1.0, 2.0])).mean())(w)
print(torch.allclose(per_sample.mean(0), mean))
torch.manual_seed(0)
print(vmap(lambda x: x + torch.rand(()), randomness="different")(torch.zeros(3)))
try:
    vmap(lambda x: x.item())(torch.ones(2))
except RuntimeError as error:
    print(str(error)[:40])
