"""The program's own TorchFunctionMode and TorchDispatchMode, nested."""

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode


class Functions(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


class Kernels(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))


class Doubling(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        return result * 2 if func is torch.add else result


w = torch.ones(2, requires_grad=True)
with Functions() as functions:
    loss = torch.nn.functional.relu(w * 2).sum()
    loss.backward()
print(functions.names)
with Kernels() as kernels:
    loss = torch.nn.functional.linear(w, torch.ones(1, 2)).sum()
    loss.backward()
print(kernels.names)
with Doubling():
    print(torch.add(torch.ones(1), 1), torch.ones(1) + 1)
print(w.grad, torch.add(torch.ones(1), 1))
with torch.device("cpu"), Functions() as outer, Functions() as inner:
    torch.zeros(1) + 1
print(outer.names, inner.names)
