"""Linear regression on noisy points, trained by hand and by nn.Linear to the same line."""

import torch
from torch import nn

torch.manual_seed(42)
x = torch.linspace(0, 1, 20).unsqueeze(1)
t = 0.7 * x + 0.3 + 0.01 * torch.randn(20, 1)
model = nn.Linear(1, 1)
w = model.weight.detach().clone().requires_grad_()
b = model.bias.detach().clone().requires_grad_()
loss_fn = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
for epoch in range(30):
    model.train()
    loss = loss_fn(model(x), t)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

    mine = ((x @ w.T + b - t) ** 2).mean()
    mine.backward()
    with torch.no_grad():
        w -= 0.3 * w.grad
        b -= 0.3 * b.grad
        w.grad.zero_()
        b.grad.zero_()
    if epoch % 10 == 0:
        print(f"epoch {epoch:3d} | {loss.item():.6f} | {mine.item():.6f}")
model.eval()
with torch.inference_mode():
    print(f"{model(torch.tensor([[0.5]])).item():.5f} {w.item():.5f} {b.item():.5f}")
print(torch.allclose(model.weight, w, atol=1e-6))
