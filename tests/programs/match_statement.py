"""match over shapes, classes, mappings and guards."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Scale:
    factor: torch.Tensor


def describe(layer):
    match layer:
        case nn.Linear(in_features=a, out_features=b):
            return f"linear {a} to {b}"
        case nn.ReLU() | nn.Tanh():
            return "activation"
        case [first, *rest]:
            return f"{describe(first)} then {len(rest)}"
        case {"kind": "scale", "by": by, **others}:
            return f"scale by {by} with {sorted(others)}"
        case Scale(factor=f) if f > 1:
            return f"grows by {f.item()}"
        case Scale():
            return "shrinks"
        case float() | int() as number:
            return f"number {number}"
        case None:
            return "nothing"
        case _:
            return "unknown"


for thing in (
    nn.Linear(2, 3),
    nn.Tanh(),
    [nn.ReLU(), 1, 2],
    {"kind": "scale", "by": 2, "bias": 0},
    Scale(torch.tensor(2.0)),
    Scale(torch.tensor(0.5)),
    1.5,
    None,
    torch.ones(1),
    {"kind": "other"},
):
    print(describe(thing))

match torch.zeros(2, 5).shape:
    case (batch,):
        print("vector", batch)
    case (batch, features) if features > 3:
        print("wide", batch, features)
match (torch.ones(2) * 3).tolist():
    case [3.0, x]:
        print("three and", x)
