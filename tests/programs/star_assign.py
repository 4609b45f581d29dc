"""Unpacking: tensors over their first dimension, stars, swaps, nested and chained targets."""

import torch

x = torch.arange(8.0, requires_grad=True).reshape(4, 2)
first, *middle, last = x
print(first, len(middle), last)
(a, b), (c, d), *_ = x
(a * d - b * c).backward(retain_graph=True)
print(a.item(), d.item(), x.grad_fn.name())
values, indices = torch.tensor([3.0, 1.0, 2.0]).sort()
print(values, indices)
p, q = torch.tensor(1.0), torch.tensor(2.0)
p, q = q, p + q
print(p, q)
i = 0
i, numbers = 2, [0, 0, 0]
i, numbers[i] = 1, torch.tensor(7.0)
print(i, numbers)
u = v = torch.zeros(2)
u += 1
print(u is v, v)
head, *tail = [torch.tensor(n) for n in range(3)]
print(head, [*tail, head], {**{"a": head}, "b": tail[0]})
x, (y, *z) = 1, (2, 3, 4)
print(x, y, z)


def total(*args, scale=1, **kwargs):
    return scale * sum(args) + sum(kwargs.values())


print(total(*torch.arange(3.0), scale=2, **{"bias": torch.tensor(0.5)}))
for k, (m, n) in enumerate(torch.ones(2, 2).unbind()):
    print(k, m + n)
