"""Comprehensions of every kind over tensors, nested and filtered."""

import torch

x = torch.arange(1.0, 5.0, requires_grad=True)
squares = [v**2 for v in x]
print(sum(squares).item(), [s.item() for s in squares if s > 3])
sum(squares).backward()
print(x.grad)
table = [[(a * b).item() for b in x.detach()] for a in x.detach() if a % 2 == 1]
print(table)
by_name = {f"w{i}": torch.full((2,), float(i)) for i in range(3)}
print({k: v.sum().item() for k, v in by_name.items()})
print(sorted({int(v) % 3 for v in x}))
print(sum(v * w for v, w in zip(torch.ones(3), torch.arange(3))).item())
flat = [y for row in torch.eye(2) for y in row]
print(torch.stack(flat), any(v > 3 for v in x), all(v > 0 for v in x), max(x.detach(), key=lambda v: -v).item())
w = torch.tensor(2.0)
print([w := w * v.detach() for v in x], w)
pairs = [(i, j) for i in range(3) for j in range(i) if (i + j) % 2]
print(pairs, [(lambda t: t + i)(torch.tensor(i)).item() for i in range(3)])
