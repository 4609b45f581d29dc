"""Learning-rate schedulers: the rate of every epoch, and the weights they lead to."""

import torch
from torch.optim import lr_scheduler as schedule

makers = {
    "StepLR": lambda o: schedule.StepLR(o, step_size=2, gamma=0.5),
    "ExponentialLR": lambda o: schedule.ExponentialLR(o, gamma=0.9),
    "CosineAnnealingLR": lambda o: schedule.CosineAnnealingLR(o, T_max=5),
    "OneCycleLR": lambda o: schedule.OneCycleLR(o, max_lr=0.2, total_steps=6),
    "LambdaLR": lambda o: schedule.LambdaLR(o, lambda epoch: 1 / (epoch + 1)),
    "Sequential": lambda o: schedule.SequentialLR(
        o, [schedule.LinearLR(o, 0.1, total_iters=2), schedule.ExponentialLR(o, 0.5)], milestones=[2]
    ),
}
for name, make in makers.items():
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.5)
    scheduler = make(optimizer)
    rates = []
    for _ in range(5):
        rates.append(round(scheduler.get_last_lr()[0], 6))
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
        scheduler.step()
    print(f"{name:18}", rates, f"{w.item():.7f}")

w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=1.0)
plateau = schedule.ReduceLROnPlateau(optimizer, patience=1, factor=0.1)
for loss in (3.0, 2.0, 2.0, 2.0, 2.0):
    plateau.step(loss)
    print(loss, optimizer.param_groups[0]["lr"])
