"""A small network learns XOR."""

import torch
from torch import nn

torch.manual_seed(3)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
t = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 4)
        self.out = nn.Linear(4, 1)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


net = Net()
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
for epoch in range(60):
    optimizer.zero_grad()
    loss = criterion(net(x), t)
    loss.backward()
    optimizer.step()
    if epoch % 15 == 0:
        print(epoch, f"{loss.item():.5f}")
with torch.no_grad():
    p = torch.sigmoid(net(x))
print([f"{v:.3f}" for v in p.flatten().tolist()], ((p > 0.5) == t.bool()).float().mean().item())
