"""Layer normalisation by hand and by torch, and RMS normalisation."""

import torch
from torch import nn

x = torch.tensor([[1.0, 2.0, 4.0], [-1.0, 0.0, 1.0]], requires_grad=True)
layer = nn.LayerNorm(3)
y = layer(x)
mean = x.mean(dim=-1, keepdim=True)
variance = x.var(dim=-1, keepdim=True, unbiased=False)
mine = (x - mean) / torch.sqrt(variance + layer.eps)
print(torch.allclose(y, mine, atol=1e-6))
(y * torch.tensor([1.0, 0.0, -2.0])).sum().backward()
print(x.grad.sum(dim=-1).abs().max().item() < 1e-5, layer.weight.grad, layer.bias.grad)
rms = x.detach() / x.detach().pow(2).mean(-1, keepdim=True).add(1e-6).sqrt()
print(torch.allclose(rms, nn.functional.rms_norm(x.detach(), (3,), eps=1e-6)), nn.functional.normalize(x.detach()))
