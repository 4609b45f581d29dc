"""Plain stochastic gradient descent with torch.optim.SGD."""

import torch

x = torch.tensor([0.0, 1.0, 2.0, 3.0])
t = 2 * x + 1
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.1)
for epoch in range(10):
    loss = ((w * x + b - t) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, f"{loss.item():.8f} {w.item():.8f} {b.item():.8f}")
print(w.grad, b.grad, optimizer.state_dict()["state"])
