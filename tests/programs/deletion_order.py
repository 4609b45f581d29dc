"""Objects whose __del__ prints: each dies exactly when the last reference goes."""

import torch


class Loud:
    def __init__(self, name):
        self.name = name
        self.w = torch.ones(1) * len(name)

    def __del__(self):
        print("deleted", self.name)


def scope():
    local = Loud("local")
    value = local.w * 2
    print("leaving scope")
    return value


class Held(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.loud = Loud("in module")

    def forward(self, x):
        temporary = Loud("in forward")
        return x * self.loud.w


a = Loud("a")
print(scope())
a = Loud("second a")
print("rebound")
b = a
del a
print("still held by b")
b = None
print("let go")
print((Loud("temporary").w + 1).item())
items = [Loud(f"item {i}") for i in range(3)]
items.pop(1)
items.clear()
print("cleared")
module = Held()
print(module(torch.ones(1)))
module = None
for i in range(2):
    each = Loud(f"each {i}")
    x = torch.ones(1, requires_grad=True)
    x.loud = Loud(f"on tensor {i}")
    (x * each.w).backward()
    print("turn", i)
del x, each
x = torch.ones(1, requires_grad=True)
y = x * 2
y.register_hook(lambda grad, kept=Loud("in hook"): print("hook", grad.item()))
y.backward()
del y
print("graph gone")
try:
    held = Loud("in exception")
    raise ValueError(Loud("argument"))
except ValueError:
    print("handling")
print("handled")
del held
print("end")
