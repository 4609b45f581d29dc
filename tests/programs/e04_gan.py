"""E4: the discriminator stepped between the two backward calls that share its weights."""
# tutor: exit=1

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Linear(1, 2)
D = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
opt_G = torch.optim.SGD(G.parameters(), lr=0.1)
opt_D = torch.optim.SGD(D.parameters(), lr=0.1)
score = D(G(torch.ones(4, 1)))
d_loss, g_loss = score.mean(), -score.mean()
opt_D.zero_grad()
d_loss.backward(retain_graph=True)
opt_D.step()
print(f"{d_loss.item():.6f}")
opt_G.zero_grad()
g_loss.backward()  # raises
