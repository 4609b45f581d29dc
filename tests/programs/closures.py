"""Closures: functions that remember tensors, share a cell and count their calls."""

import torch


def make_scaler(factor):
    def scale(x):
        return x * factor

    return scale


def make_counter():
    calls = 0

    def count(x):
        nonlocal calls
        calls += 1
        return x + calls

    def how_often():
        return calls

    return count, how_often


w = torch.tensor([1.0, 2.0], requires_grad=True)
double = make_scaler(2.0)
by_weight = make_scaler(w)
loss = by_weight(double(torch.tensor([3.0, 4.0]))).sum()
loss.backward()
print(loss.item(), w.grad)

count, how_often = make_counter()
for _ in range(3):
    value = count(torch.zeros(2))
print(value, how_often())

late = [lambda x: x * i for i in range(3)]
early = [lambda x, i=i: x * i for i in range(3)]
print([f(torch.tensor(1.0)).item() for f in late])
print([f(torch.tensor(1.0)).item() for f in early])
print(by_weight.__closure__[0].cell_contents is w, double.__code__.co_freevars)
