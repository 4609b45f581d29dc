"""Half precisions: bfloat16 and float16 values, gradients that cross dtypes, autocast on the CPU."""

import torch

a = torch.tensor([1.0, 1.001, 256.5, 3.14159])
print(a.bfloat16(), a.half(), a.bfloat16().float().tolist())
w = torch.tensor([0.1, 0.2], requires_grad=True)
low = w.to(torch.bfloat16)
y = (low * low).sum()
y.backward()
print(y, w.grad, low.dtype, low.is_leaf)
print(torch.finfo(torch.bfloat16).eps, torch.finfo(torch.float16).max, torch.tensor(70000.0).half())
m = torch.ones(2, 2, requires_grad=True)
with torch.autocast("cpu", dtype=torch.bfloat16):
    product = m @ m
    total = product.sum()
    print(product.dtype, total.dtype, torch.is_autocast_enabled("cpu"))
total.float().backward()
print(m.grad, m.grad.dtype)
total = torch.zeros((), dtype=torch.bfloat16)
for _ in range(300):
    total += 1
print(total)
