"""Decorators: with arguments, stacked, of classes, and torch's own."""

import functools

import torch


def counted(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def scaled(factor):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args):
            return factor * function(*args)

        return wrapper

    return decorate


class Memo:
    def __init__(self, function):
        self.function, self.known = function, {}

    def __call__(self, n):
        if n not in self.known:
            self.known[n] = self.function(n)
        return self.known[n]


def registered(cls):
    registry[cls.__name__] = cls
    return cls


registry = {}


@counted
@scaled(torch.tensor(2.0))
def loss(w, x):
    """The loss."""
    return ((w * x) ** 2).sum()


@Memo
def factorial(n):
    return torch.tensor(1.0) if n == 0 else n * factorial(n - 1)


@registered
class Square:
    @torch.no_grad()
    def area(self, side):
        return side * side


w = torch.tensor(1.5, requires_grad=True)
for x in (1.0, 2.0):
    loss(w, torch.tensor(x)).backward()
print(w.grad, loss.calls, loss.__name__, loss.__doc__)
print(factorial(6), sorted(factorial.known))
print(registry["Square"]().area(w))
