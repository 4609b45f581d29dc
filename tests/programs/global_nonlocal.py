"""global and nonlocal names holding tensors, and names that shadow."""

import torch

w = torch.tensor(1.0)
history = []


def rebind():
    global w, created
    w = w * 2
    created = w + 1


def mutate():
    w.add_(10)


def shadow():
    w = torch.tensor(-1.0)
    return w


def outer():
    total = torch.zeros(())

    def add(v):
        nonlocal total
        total = total + v
        history.append(total.item())

    class Inner:
        total = "class"

        def read(self):
            return total

    for v in torch.arange(3.0):
        add(v)
    return total, Inner.total, Inner().read() is total


rebind()
mutate()
print(w, created, shadow(), w)
print(outer(), history)
try:
    (lambda: undefined_name)()
except NameError as error:
    print(error)


def unbound():
    try:
        print(local)
    except UnboundLocalError as error:
        print(error)
    local = 1


unbound()
sum = lambda *values: "my own sum"
print(sum(1, 2))
del sum
print(sum([1, 2]))
