"""E1: the path was cut by detach inside a function."""
# tutor: exit=1

import torch


def normalised(w):
    return w.detach() / w.detach().norm()


w = torch.tensor([3.0, 4.0], requires_grad=True)
loss = (normalised(w) * 2).sum()
print(loss.item())


def train():
    loss.backward()  # raises


train()
