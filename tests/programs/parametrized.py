"""Parametrizations, weight norm, spectral norm, pruning by a mask."""

import torch
from torch import nn
from torch.nn.utils import parametrize, prune
from torch.nn.utils.parametrizations import weight_norm


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).transpose(-1, -2)


torch.manual_seed(0)
layer = nn.Linear(3, 3)
parametrize.register_parametrization(layer, "weight", Symmetric())
print(torch.equal(layer.weight, layer.weight.T), [n for n, _ in layer.named_parameters()])
layer(torch.ones(1, 3)).sum().backward()
print(layer.parametrizations.weight.original.grad)
normed = weight_norm(nn.Linear(2, 2))
normed(torch.ones(1, 2)).sum().backward()
print([(n, f"{p.grad.abs().sum().item():.5f}") for n, p in normed.named_parameters()])
pruned = prune.l1_unstructured(nn.Linear(2, 2), "weight", amount=2)
pruned(torch.ones(1, 2)).sum().backward()
print(pruned.weight_mask.sum(), (pruned.weight_orig.grad != 0).sum(), [n for n, _ in pruned.named_buffers()])
parametrize.remove_parametrizations(layer, "weight")
print([n for n, _ in layer.named_parameters()], type(layer).__name__)
