"""Convolutions and pooling: an edge found by a fixed kernel, gradients of a small network."""

import torch
import torch.nn.functional as F
from torch import nn

image = torch.zeros(1, 1, 5, 5)
image[..., 2:] = 1
kernel = torch.tensor([[[[-1.0, 0.0, 1.0]] * 3]], requires_grad=True)
edges = F.conv2d(image, kernel, padding=1)
print(edges[0, 0].detach().tolist())
edges.pow(2).mean().backward()
print(kernel.grad[0, 0])

torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv2d(1, 2, 3, stride=2, padding=1),
    nn.ReLU(inplace=True),
    nn.MaxPool2d(2),
    nn.ConvTranspose2d(2, 1, 2),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
)
x = torch.randn(3, 1, 8, 8)
out = net(x)
out.sum().backward()
print(out.shape, [f"{v:.5f}" for v in out.flatten().tolist()])
print([f"{p.grad.norm().item():.5f}" for p in net.parameters()])
print(F.unfold(image, 3).shape, F.interpolate(image, scale_factor=2).sum().item(), F.pad(image, (1, 1)).shape)
