"""S6: detach, no_grad, inference_mode, requires_grad_(False) and eval() beside each other."""

import torch
from torch import nn

torch.manual_seed(0)
w = torch.ones(2, requires_grad=True)
d = w.detach()
print("detach", d.requires_grad, d.data_ptr() == w.data_ptr())
with torch.no_grad():
    y, leaf, parameter = w * 2, torch.ones(1, requires_grad=True), nn.Parameter(torch.ones(1))
print("no_grad", y.requires_grad, leaf.requires_grad, parameter.requires_grad)
with torch.inference_mode():
    z = w * 2
print("inference_mode", z.requires_grad, z.is_inference())
model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
model.eval()
out = model(torch.ones(1, 2)).sum()
out.backward()
print("eval", out.requires_grad, model[0].bias.grad)
w.requires_grad_(False)
print("requires_grad_(False)", (w * 2).requires_grad)
