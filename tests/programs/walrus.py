"""Assignment expressions in conditions, comprehensions and calls."""

import torch

w = torch.tensor(8.0)
while (step := w / 2) > 0.3:
    w = step
print(w, step)

if (n := len(x := torch.arange(5.0))) > 3:
    print(n, x.sum())
kept = [y for v in x if (y := v**2) > 3]
print(kept, y)
print((a := torch.ones(2, requires_grad=True)) * 2, a)
(loss := (a * 3).sum()).backward()
print(loss, a.grad)
values = iter([1.0, 2.0, 0.0, 5.0])
total = 0
while value := next(values):
    total += value
print(total, any((hit := v) > 2 for v in x.tolist()), hit)


def clipped(t, limit=(bound := torch.tensor(2.5))):
    return t if (big := t.abs().max()) <= limit else t * limit / big


print(clipped(x), bound, f"{(z := x.mean()).item():.2f}", z)
