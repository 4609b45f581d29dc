"""E13: an optimiser without parameters, since the list was not registered."""
# tutor: exit=1

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2)]


net = Net()
print(len(list(net.parameters())), len(net.layers))
torch.optim.SGD(net.parameters(), lr=0.1)  # raises
