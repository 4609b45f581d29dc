"""A scalar class with overloaded operators, a small autograd of its own, checked against torch."""

import torch


class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, n):
        return Value(self.data**n, ((self, n * self.data ** (n - 1)),))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if v not in seen:
                seen.add(v)
                for parent, _ in v.parents:
                    visit(parent)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for parent, local in v.parents:
                parent.grad += local * v.grad


def f(a, b):
    c = a * b + 2 * a
    return (c - b) ** 2 * a + 3


a, b = Value(2.0), Value(-3.0)
out = f(a, b)
out.backward()
ta, tb = (torch.tensor(v, requires_grad=True) for v in (2.0, -3.0))
expected = f(ta, tb)
expected.backward()
print(out.data, a.grad, b.grad)
print(expected.item(), ta.grad.item(), tb.grad.item())
mixed = Value(torch.tensor([1.0, 2.0])) * 3 + torch.tensor(1.0)
mixed.backward()
print(mixed.data, mixed.parents[0][0].grad)
