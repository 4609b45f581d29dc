"""A hand-written recurrence with truncated backpropagation: detach between the pieces."""

import torch

torch.manual_seed(0)
w = torch.tensor(0.5, requires_grad=True)
u = torch.tensor(0.3, requires_grad=True)
series = torch.sin(torch.arange(12.0))
h = torch.zeros(())
for start in range(0, 12, 4):
    h = h.detach()
    loss = torch.zeros(())
    for x in series[start : start + 4]:
        h = torch.tanh(w * h + u * x)
        loss = loss + (h - x) ** 2
    loss.backward()
    print(start, f"{loss.item():.6f} {w.grad.item():.6f} {u.grad.item():.6f}")
    with torch.no_grad():
        for p in (w, u):
            p -= 0.1 * p.grad
            p.grad.zero_()
print(f"{w.item():.6f} {u.item():.6f} {h.item():.6f}")
