"""Adam against the same update written by hand."""

import torch

w = torch.tensor([1.0, -3.0], dtype=torch.float64, requires_grad=True)
mine = w.detach().clone()
optimizer = torch.optim.Adam([w], lr=0.1, betas=(0.9, 0.99))
m = v = torch.zeros(2, dtype=torch.float64)
for step in range(1, 6):
    optimizer.zero_grad()
    loss = (w**4 - 2 * w).sum()
    loss.backward()
    optimizer.step()
    g = 4 * mine**3 - 2
    m = 0.9 * m + 0.1 * g
    v = 0.99 * v + 0.01 * g**2
    mine = mine - 0.1 * (m / (1 - 0.9**step)) / ((v / (1 - 0.99**step)).sqrt() + 1e-8)
    print(step, f"{loss.item():.10f}", w.tolist(), torch.allclose(w, mine))
state = optimizer.state[w]
print(sorted(state), state["step"], state["exp_avg"].tolist())
