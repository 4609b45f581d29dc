"""Fan-out: one tensor used on several paths, its gradient the sum of them."""

import torch

a = torch.tensor(2.0, requires_grad=True)
b = a * 3
c = b**2
d = b + 1
e = c * d + b
e.backward()
print(a.grad, 3 * (2 * 6 * 7 + 36 + 1))
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x * x + x).sum().backward()
print(x.grad)
x.grad = None
y = torch.cat([x, x[:1], x.flip(0)])
y.dot(torch.arange(5.0)).backward()
print(x.grad)
x.grad = None
h = x * 1
parts = [h, h.detach(), h.clone(), h.view(2, 1).squeeze(), h.expand(3, 2).sum(0)]
sum(p.sum() for p in parts).backward()
print(x.grad)
r = torch.tensor(1.0, requires_grad=True)
v = r
for _ in range(10):
    v = v + v
v.backward()
print(r.grad)
