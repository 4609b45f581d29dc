"""Augmented assignment on names, attributes, subscripts: in place for tensors, rebinding otherwise."""

import torch


class Holder:
    scale = torch.ones(2)

    def __init__(self):
        self.w = torch.ones(2)
        self.count = 0
        self.history = []


h = Holder()
w = h.w
h.w += 1
h.w *= 3
h.w -= torch.tensor([1.0, 2.0])
h.w /= 2
h.w **= 2
print(h.w, w is h.w, w._version)
h.count += 1
h.history += [h.w.sum().item()]
h.scale += 1
print(h.count, h.history, Holder.scale, "scale" in vars(h))

table = {"a": torch.zeros(3)}
table["a"][1] += 5
table["a"] += 1
rows = [torch.tensor(1.0), 2]
rows[0] += 1
rows[1] += 1
rows[-1] <<= 2
print(table, rows)
m = torch.zeros(2, 2)
m[0] += 1
m[:, 1] *= 10
m[m == 0] -= 1
m[0, 0] //= 1
m @= torch.eye(2)
print(m, m._version)
i = torch.tensor([5, 6])
i %= 4
i |= 8
i ^= 1
print(i)
x = torch.ones(2, requires_grad=True)
y = x
y = y + 1
z = x * 1
z += x
print(y is x, z.grad_fn.name())
z.sum().backward()
print(x.grad)
calls = []


def index():
    calls.append(1)
    return 0


rows[index()] += 1
print(len(calls), rows)
