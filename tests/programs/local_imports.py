"""Imports inside functions, under other names, conditional, and an import that fails."""

import importlib
import sys

import torch


def gelu(x):
    import math
    from torch.nn.functional import gelu as exact

    mine = 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
    return torch.allclose(mine, exact(x), atol=1e-6)


def relu(x):
    import torch.nn.functional as F

    return F.relu(x)


print(gelu(torch.linspace(-2, 2, 5)), relu(torch.tensor([-1.0, 1.0])), "math" in globals())
try:
    import no_such_module_anywhere as missing
except ImportError as error:
    missing = None
    print(type(error).__name__, error.name)
json = importlib.import_module("json")
print(json.dumps({"w": torch.ones(2).tolist()}), missing)
from torch import nn as layers, optim
from torch.nn import *

print(layers is torch.nn, optim.SGD.__name__, Linear is layers.Linear)
print("torch" in sys.modules, __import__("operator").add(torch.tensor(1), 2))
