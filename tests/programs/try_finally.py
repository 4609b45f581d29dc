"""try, else and finally with return, break and continue inside them."""

import torch


def reciprocal(x):
    try:
        if x == 0:
            raise ZeroDivisionError("zero has no reciprocal")
        result = 1 / x
    except ZeroDivisionError as error:
        print("caught", error)
        return torch.tensor(float("inf"))
    else:
        print("no error")
        return result
    finally:
        print("finally for", x.item())


def overridden(x):
    try:
        return x + 1
    finally:
        return x - 1


def swallowed():
    for i in range(3):
        try:
            raise ValueError(i)
        finally:
            continue
    return "swallowed all"


def grad_restored(x):
    torch.set_grad_enabled(False)
    try:
        y = x * 2
        print("inside", y.requires_grad)
        return y
    finally:
        torch.set_grad_enabled(True)


print(reciprocal(torch.tensor(4.0)))
print(reciprocal(torch.tensor(0.0)))
print(overridden(torch.tensor(10)).item())
print(swallowed())
w = torch.ones(2, requires_grad=True)
print(grad_restored(w).requires_grad, (w * 2).requires_grad)

for turn in range(4):
    try:
        if turn == 1:
            continue
        if turn == 3:
            break
        print("turn", turn)
    finally:
        print("end of", turn)
