"""torch.func.grad, nested for higher derivatives, with aux and several arguments."""

import torch
from torch.func import grad, grad_and_value, hessian, jvp, vjp


def f(x):
    return torch.sin(x) * x**2


x = torch.tensor(1.5)
print([f"{g(x).item():.6f}" for g in (f, grad(f), grad(grad(f)), grad(grad(grad(f))))])


def loss(w, b, data):
    prediction = w * data + b
    return ((prediction - 1) ** 2).mean(), prediction


(gw, gb), aux = grad(loss, argnums=(0, 1), has_aux=True)(torch.tensor(2.0), torch.tensor(0.5), torch.arange(3.0))
print(gw, gb, aux)
g, value = grad_and_value(lambda v: (v**3).sum())(torch.tensor([1.0, 2.0]))
print(g, value)
out, tangent = jvp(f, (x,), (torch.tensor(1.0),))
print(f"{out.item():.6f} {tangent.item():.6f}")
out, pull = vjp(torch.exp, torch.tensor([0.0, 1.0]))
print(pull(torch.tensor([1.0, 2.0]))[0])
print(hessian(lambda v: v[0] ** 2 * v[1])(torch.tensor([2.0, 3.0])))
w = torch.tensor(3.0, requires_grad=True)
outer = grad(lambda v: v * w**2)(torch.tensor(1.0))
outer.backward()
print(outer.item(), w.grad.item())
