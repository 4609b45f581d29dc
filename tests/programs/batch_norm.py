"""Batch normalisation in training and evaluation, running statistics and their buffers."""

import torch
from torch import nn

torch.manual_seed(0)
layer = nn.BatchNorm1d(2, momentum=0.5)
x = torch.tensor([[1.0, 10.0], [3.0, 30.0], [5.0, 50.0]])
for _ in range(2):
    y = layer(x)
    print(y.mean(0).abs().max().item() < 1e-6, layer.running_mean, layer.running_var, layer.num_batches_tracked.item())
(y * torch.arange(6.0).reshape(3, 2)).sum().backward()
print(layer.weight.grad, layer.bias.grad)
layer.eval()
print(layer(x), layer.num_batches_tracked.item())
try:
    layer.train()(x[:1])
except ValueError as error:
    print(error)
images = nn.BatchNorm2d(1, affine=False, track_running_stats=False)(torch.arange(8.0).reshape(2, 1, 2, 2))
print(images.flatten(), nn.GroupNorm(2, 4)(torch.arange(4.0)[None, :, None]).flatten())
