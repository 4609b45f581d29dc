"""Expressions over many lines: chains, nested calls, backslashes, trailing commas."""

import torch
from torch import nn

w = torch.tensor(
    [
        [1.0, 2.0],
        [3.0, 4.0],
    ],
    requires_grad=True,
)
loss = (
    (
        w
        @ torch.tensor(
            [1.0, -1.0],
        )
    )
    .pow(2)
    .sum()
    + w[
        0,
        1,
    ]
    * 3
    - torch.exp(
        w.mean()
        / 10
    )
)
total = w.sum() \
    + w.prod() \
    * 2
loss.backward()
print(f"{loss.item():.6f}", w.grad.tolist(), total.item())
model = nn.Sequential(
    *(
        layer
        for size in (2, 2)
        for layer in (
            nn.Linear(
                size,
                size,
            ),
            nn.Tanh(),
        )
    ),
)
print(
    len(model),
    "a"
    "b",
    {
        "sum": w.sum()
        .item(),
        "max": max(
            w.flatten(),
            key=lambda t:
                -t,
        ).item(),
    },
)
try:
    (
        w
        .detach()
        .reshape(
            3
        )
    )
except RuntimeError as error:
    print(error, error.__traceback__.tb_lineno)
if (
    w.numel() == 4
    and not w.is_sparse
):
    print("four")
