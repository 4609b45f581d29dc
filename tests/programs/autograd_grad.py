"""torch.autograd.grad: create_graph, allow_unused, several outputs, grad_outputs, batched."""

import torch
from torch.autograd import grad

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
unused = torch.tensor(1.0, requires_grad=True)
y = a**2 * b
(da,) = grad(y, a, create_graph=True)
daa, dab = grad(da, (a, b), create_graph=True)
print(da, daa, dab)
print(grad(daa, b, retain_graph=True), a.grad)
print(grad(a * b, [a, unused], allow_unused=True))
print(grad(a * b, [a, unused], allow_unused=True, materialize_grads=True))
u, v = a * b, a + b
print(grad([u, v], [a, b], grad_outputs=[torch.tensor(1.0), torch.tensor(10.0)]))
x = torch.tensor([1.0, 2.0], requires_grad=True)
z = x**2
rows = [grad(z, x, row, retain_graph=True)[0] for row in torch.eye(2)]
print(torch.stack(rows))
print(grad(z, x, torch.eye(2), is_grads_batched=True)[0])
penalty = (da - 1) ** 2 + da * b
penalty.backward()
print(a.grad, b.grad)
h = x * 3
print(grad((h**2).sum(), h))
