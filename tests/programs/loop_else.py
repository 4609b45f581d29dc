"""while and for with else, left with and without break."""

import torch


def first_above(values, limit):
    for i, v in enumerate(values):
        if v > limit:
            break
    else:
        return None
    return i


x = torch.tensor([0.5, 1.5, 2.5])
print(first_above(x, 1.0), first_above(x, 9.0))

w = torch.tensor(4.0, requires_grad=True)
turn = 0
while turn < 20:
    loss = w**2
    if loss < 0.5:
        print("converged at", turn)
        break
    loss.backward()
    with torch.no_grad():
        w -= 0.2 * w.grad
    w.grad = None
    turn += 1
else:
    print("never")

n = 3
while n:
    n -= 1
else:
    print("counted down", n)
for n in (2, 9, 11):
    for d in range(2, n):
        if n % d == 0:
            print(n, "=", d, "*", n // d)
            break
    else:
        print(n, "is prime")
for _ in torch.empty(0):
    print("never")
else:
    print("empty", w.requires_grad)
