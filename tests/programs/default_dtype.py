"""The default dtype changed, tensors made under a device context, and both put back."""

import torch

print(torch.get_default_dtype(), torch.tensor(1.0).dtype, torch.ones(1).dtype)
torch.set_default_dtype(torch.float64)
w = torch.tensor(0.1, requires_grad=True)
layer = torch.nn.Linear(1, 1)
(w * 3).backward()
print(w * 3, w.grad.dtype, layer.weight.dtype, torch.tensor([1]).dtype, torch.tensor(1j).dtype)
torch.set_default_dtype(torch.float32)
print(torch.tensor(0.1) * 3, (w * torch.tensor(3.0)).dtype, torch.arange(3) / 2)
with torch.device("meta"):
    shape_only = torch.nn.Linear(10_000, 10_000)
print(shape_only.weight.device, shape_only.weight.shape, torch.ones(1).device)
torch.set_default_device("cpu")
print(torch.zeros(1).device, torch.tensor(True).device)
