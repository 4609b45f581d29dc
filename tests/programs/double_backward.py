"""Derivatives of derivatives: a Hessian by rows, a gradient penalty, Newton's method."""

import torch


def rosenbrock(v):
    return (1 - v[0]) ** 2 + 10 * (v[1] - v[0] ** 2) ** 2


v = torch.tensor([-0.5, 1.0], dtype=torch.float64, requires_grad=True)
for turn in range(6):
    loss = rosenbrock(v)
    (g,) = torch.autograd.grad(loss, v, create_graph=True)
    hessian = torch.stack([torch.autograd.grad(e, v, retain_graph=True)[0] for e in g])
    with torch.no_grad():
        v -= torch.linalg.solve(hessian, g)
    print(turn, f"{loss.item():.8f}", [f"{x:.6f}" for x in v.tolist()])

torch.manual_seed(0)
critic = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Softplus(), torch.nn.Linear(4, 1))
x = torch.randn(5, 2, requires_grad=True)
(slope,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
penalty = ((slope.norm(dim=1) - 1) ** 2).mean()
penalty.backward()
print(f"{penalty.item():.6f}", [None if p.grad is None else f"{p.grad.norm().item():.6f}" for p in critic.parameters()])
