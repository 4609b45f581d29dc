"""warnings.catch_warnings(record=True): category, message and line of each."""

import os
import warnings

import torch
import torch.nn.functional as F

x = torch.ones(3, requires_grad=True)
y = x * 2
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    y.grad
    torch.tensor(x)
    F.mse_loss(torch.ones(3, 1), torch.ones(3))
    float(x[0])
    warnings.warn("my own", DeprecationWarning)
    for _ in range(2):
        y.grad
for warning in caught:
    print(warning.category.__name__, warning.lineno, os.path.basename(warning.filename), str(warning.message)[:50])
print(len(caught))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("once")
    for _ in range(3):
        warnings.warn("only once", RuntimeWarning)
print([str(w.message) for w in caught])


def show(message, category, filename, lineno, file=None, line=None):
    print("shown:", category.__name__, lineno, str(message)[:40])


warnings.showwarning = show
y.grad
warnings.warn("custom")
