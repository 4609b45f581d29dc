"""SGD with momentum, Nesterov, weight decay and two parameter groups."""

import torch

start = torch.tensor([1.0, -2.0])
for options in (
    dict(momentum=0.9),
    dict(momentum=0.9, nesterov=True),
    dict(momentum=0.5, dampening=0.1),
    dict(weight_decay=0.1),
    dict(maximize=True),
):
    w = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.05, **options)
    for _ in range(4):
        optimizer.zero_grad()
        (w**2 + w[0] * w[1]).sum().backward()
        optimizer.step()
    buffer = optimizer.state[w].get("momentum_buffer")
    print(options, w.tolist(), None if buffer is None else buffer.tolist())

a = torch.ones(1, requires_grad=True)
b = torch.ones(1, requires_grad=True)
optimizer = torch.optim.SGD([{"params": [a]}, {"params": [b], "lr": 1.0, "momentum": 0.9}], lr=0.1)
(a * b).backward()
optimizer.step()
print(a.item(), b.item(), [group["lr"] for group in optimizer.param_groups])
optimizer.zero_grad(set_to_none=False)
print(a.grad, b.grad)
