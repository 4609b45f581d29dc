"""Context managers of one's own: order, exceptions swallowed, grad mode switched by a class."""

import torch


class Span:
    def __init__(self, name, swallow=()):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, kind, error, trace):
        print("exit", self.name, kind.__name__ if kind else None, error, trace.tb_lineno if trace else None)
        return kind is not None and issubclass(kind, self.swallow)


class Frozen:
    def __init__(self, *tensors):
        self.tensors = tensors

    def __enter__(self):
        self.flags = [t.requires_grad for t in self.tensors]
        for t in self.tensors:
            t.requires_grad_(False)

    def __exit__(self, *details):
        for t, flag in zip(self.tensors, self.flags):
            t.requires_grad_(flag)


w = torch.ones(2, requires_grad=True)
with Span("outer") as outer, Span("inner", swallow=ValueError) as inner:
    print(outer.name, inner.name, (w * 2).sum().item())
    raise ValueError("swallowed by inner")

with Frozen(w):
    print((w * 3).requires_grad)
print((w * 3).requires_grad)

with (
    Span("a"),
    Span("b"),
    torch.no_grad(),
):
    y = w * 4
print(y, y.requires_grad)

try:
    with Span("leaks"):
        w.numel() / 0
except ZeroDivisionError as error:
    print("outside", error)
