"""Anomaly mode: detect_anomaly raises where a nan is made, and says which forward line."""

import warnings

import torch

x = torch.tensor([0.0, 4.0], requires_grad=True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with torch.autograd.detect_anomaly():
        y = torch.where(x > 0, x.sqrt(), 0 * x)
        try:
            y.sum().backward()
        except RuntimeError as error:
            print(error)
    print(torch.is_anomaly_enabled(), len(caught), str(caught[0].message)[:30])
    print("y = torch.where" not in str(caught[-1].message), "x.sqrt()" in str(caught[-1].message))
print(x.grad)
torch.autograd.set_detect_anomaly(True, check_nan=False)
torch.where(x > 0, x.sqrt(), 0 * x).sum().backward()
print(x.grad, torch.is_anomaly_check_nan_enabled())
torch.autograd.set_detect_anomaly(False)
