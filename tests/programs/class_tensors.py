"""Tensors as class attributes, defaults of arguments, mutable state shared by instances."""

import torch


class Layer:
    shared = torch.zeros(2)
    weights = [torch.ones(1, requires_grad=True) for _ in range(2)]
    total = sum(w for w in weights)
    doubled = shared + 2

    def __init__(self, default=torch.ones(2)):
        self.own = default

    def bump(self):
        self.shared += 1
        self.own.add_(1)
        type(self).doubled = self.doubled * 2


class Child(Layer):
    shared = torch.full((2,), 100.0)

    def bump(self):
        super().bump()
        Layer.shared = Layer.shared - 0.5


a, b, c = Layer(), Layer(), Child()
for each in (a, b, c):
    each.bump()
print(Layer.shared, a.shared, b.shared is a.shared, c.shared, Child.shared)
print(a.own, a.own is c.own, Layer.doubled, Child.doubled, "doubled" in vars(Child))
(Layer.total * 3).backward()
print([w.grad.item() for w in Layer.weights], Layer.total.grad_fn.name())


def accumulate(x, history=[]):
    history.append(x.item())
    return history


print(accumulate(torch.tensor(1)), accumulate(torch.tensor(2)))
setattr(Layer, "late", torch.tensor(3.0))
print(a.late + c.late, getattr(b, "missing", torch.tensor(-1)))
