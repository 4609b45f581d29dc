"""Attention: scaled dot products by hand, with a causal mask, and MultiheadAttention."""

import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
q, k, v = torch.randn(3, 1, 4, 2).unbind(0)
scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
mask = torch.triu(torch.ones(4, 4, dtype=torch.bool), diagonal=1)
weights = scores.masked_fill(mask, float("-inf")).softmax(dim=-1)
mine = weights @ v
print(torch.allclose(mine, F.scaled_dot_product_attention(q, k, v, is_causal=True), atol=1e-6))
print(weights[0, 1], weights.sum(-1))

layer = nn.MultiheadAttention(4, num_heads=2, batch_first=True)
x = torch.randn(2, 3, 4, requires_grad=True)
out, attention = layer(x, x, x)
out.pow(2).sum().backward()
print(out.shape, attention.shape, f"{out.sum().item():.5f} {x.grad.norm().item():.5f}")
print({name: f"{p.grad.norm().item():.5f}" for name, p in layer.named_parameters()})
block = nn.TransformerEncoderLayer(4, 2, dim_feedforward=8, dropout=0.0, batch_first=True)
print(f"{block(x).std().item():.5f}")
