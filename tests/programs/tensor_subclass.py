"""Tensor subclasses: one that logs through __torch_function__, one made with as_subclass."""

import torch


class Logged(torch.Tensor):
    log = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", str(func))
        if name in ("mul", "add", "sum", "matmul", "exp"):
            cls.log.append(name)
        return super().__torch_function__(func, types, args, kwargs or {})


class Named(torch.Tensor):
    @staticmethod
    def __new__(cls, data, label):
        t = torch.as_tensor(data).as_subclass(cls)
        t.label = label
        return t

    def greet(self):
        return f"I am {getattr(self, 'label', 'nameless')}"


class Unit:
    """No tensor at all, yet torch functions take it."""

    def __init__(self, value, unit):
        self.value, self.unit = value, unit

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        values = [a.value if isinstance(a, cls) else a for a in args]
        return cls(func(*values, **(kwargs or {})), next(a.unit for a in args if isinstance(a, cls)))


a = torch.ones(2, requires_grad=True)
x = a.as_subclass(Logged)
y = (x * 2 + 1).exp().sum()
y.backward()
print(type(y).__name__, f"{y.item():.5f}", Logged.log, a.grad)
n = Named([1.0, 2.0], "n")
print(n.greet(), (n + 1).greet(), type(n + 1).__name__, n)
print(isinstance(torch.nn.Parameter(torch.ones(1)), torch.Tensor), type(n.as_subclass(torch.Tensor)).__name__)
length = torch.add(Unit(torch.tensor(1.0), "m"), Unit(torch.tensor(2.0), "m"))
print(length.value, length.unit, torch.sqrt(length).value)
