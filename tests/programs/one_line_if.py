"""One-line compound statements and conditional expressions with operations in every part."""

import torch

x = torch.tensor([1.0, -2.0], requires_grad=True)
if x.sum() < 0: y = x * 2
else: y = x * 3
print(y)
if (x > 0).all(): y = x + 1
elif (x > 0).any(): y = x + 10
else: y = x
print(y)
z = (x * 5 if x[0] > x[1] else x * 7).sum() if x.requires_grad else None
z.backward()
print(z, x.grad)
while x.detach().abs().max() < 1: x = x * 2
for v in x: print(v.item(), "up" if v > 0 else "down")
w = x.mean() > 0 and x * 2 or x - 1
print(w, not (x > 5).any(), (x[0] > 0) and (x[1] < 0), 0 < x[0] < 2)
print(x.sum() and "true" or "false", torch.tensor(0.0) or "zero", None or x[1].item())
def sign(t): return 1 if t > 0 else -1 if t < 0 else 0
print([sign(t) for t in (*x, torch.tensor(0.0))])
assert x.numel() == 2, "never evaluated" + str(1 / 0)
try: assert (x > 0).all(), f"negative: {x.min().item()}"
except AssertionError as error: print(error)
