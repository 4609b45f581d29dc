"""Several statements on one line, tied with semicolons."""

import torch; import math

x = torch.tensor(2.0, requires_grad=True); y = x**2; z = y * 3; z.backward(); print(x.grad)
a = 1; b = a + 1; print(a, b); a, b = b, a; print(a, b)
for i in range(2): x.grad = None; (x * i).backward(); print(i, x.grad)
w = torch.ones(2); w += 1; w = w + 1; w *= 2; print(w, w._version)


def f(t): u = t * 2; v = u + 1; return v


class C: k = torch.ones(1); m = k * 2


with torch.no_grad(): p = x * 2; q = p * 3
print(f(x).item(), C.m.item(), q.requires_grad, math.floor(2.5));
try: 1 / 0; print("never")
except ZeroDivisionError as e: print("caught", e); e = None
finally: print("end"); done = True
if done: print("yes"); print("again")
