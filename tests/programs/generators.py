"""Generators: suspended between operations, closed early, sent to and thrown into."""

import torch


def powers(x):
    value = torch.ones_like(x)
    try:
        while True:
            yield value
            value = value * x
    finally:
        print("powers closed at", value.item())


def running_mean():
    total, n, mean = torch.zeros(()), 0, None
    while True:
        try:
            received = yield mean
        except ValueError as error:
            print("thrown in:", error)
            continue
        total = total + received
        n += 1
        mean = total / n


x = torch.tensor(1.5, requires_grad=True)
terms = powers(x)
polynomial = sum(next(terms) for _ in range(4))
terms.close()
polynomial.backward()
print(polynomial.item(), x.grad.item())

mean = running_mean()
next(mean)
for number in (1.0, 5.0, 9.0):
    print(mean.send(torch.tensor(number)).item())
print(mean.throw(ValueError("not a number")).item())

squares = (torch.tensor(float(n)) ** 2 for n in range(5))
print(next(squares).item(), next(squares).item())
print(torch.stack(list(squares)))
print(next(squares, "exhausted"))

for value in powers(torch.tensor(2.0)):
    if value > 10:
        break
del value
print("done")
