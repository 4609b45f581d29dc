"""Forward-mode derivatives with dual numbers."""

import torch
import torch.autograd.forward_ad as fwd


def f(x, w):
    return torch.sin(x * w) + x


x, w = torch.tensor([1.0, 2.0]), torch.tensor(0.5)
with fwd.dual_level():
    dual = fwd.make_dual(x, torch.tensor([1.0, 0.0]))
    out = f(dual, w)
    value, tangent = fwd.unpack_dual(out)
    print(value, tangent)
    print(fwd.unpack_dual(x).tangent)
leaf = x.clone().requires_grad_()
f(leaf, w).sum().backward()
print(leaf.grad, torch.allclose(tangent[0], leaf.grad[0]))
with fwd.dual_level():
    both = fwd.make_dual(leaf, torch.ones(2))
    tangent = fwd.unpack_dual(both**3).tangent
    tangent.sum().backward()
print(leaf.grad)
