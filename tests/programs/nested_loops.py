"""Nested loops with break, continue and early return: a multiplication by hand."""

import torch

a = torch.arange(6.0).reshape(2, 3)
b = torch.arange(6.0).reshape(3, 2)
c = torch.zeros(2, 2)
skipped = 0
for i in range(2):
    for j in range(2):
        for k in range(3):
            if a[i, k] == 0 or b[k, j] == 0:
                skipped += 1
                continue
            c[i, j] += a[i, k] * b[k, j]
print(torch.equal(c, a @ b), c, skipped, c._version)


def find(matrix, value):
    for i, row in enumerate(matrix):
        for j, v in enumerate(row):
            if v == value:
                return i, j
            if v > value:
                break
    return None


print(find(a, 4), find(a, 7))
w = torch.tensor(1.0, requires_grad=True)
for epoch in range(3):
    for batch in torch.tensor([[1.0, 2.0], [3.0, -1.0]]):
        for x in batch:
            if x < 0:
                break
            (w * x).backward()
        else:
            print("whole batch", epoch, w.grad.item())
    if epoch == 1:
        break
print(w.grad, epoch, x)
