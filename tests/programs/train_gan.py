"""Two networks against each other, two optimisers, detach in the right place."""

import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
D = nn.Sequential(nn.Linear(1, 4), nn.LeakyReLU(0.1), nn.Linear(4, 1))
opt_G = torch.optim.Adam(G.parameters(), lr=0.02, betas=(0.5, 0.9))
opt_D = torch.optim.Adam(D.parameters(), lr=0.02, betas=(0.5, 0.9))
bce = nn.BCEWithLogitsLoss()
real, fake = torch.ones(16, 1), torch.zeros(16, 1)
for turn in range(5):
    data = 2 + 0.3 * torch.randn(16, 1)
    made = G(torch.randn(16, 1))
    d_loss = bce(D(data), real) + bce(D(made.detach()), fake)
    opt_D.zero_grad(); d_loss.backward(); opt_D.step()
    for p in D.parameters():
        p.requires_grad_(False)
    g_loss = bce(D(made), real)
    opt_G.zero_grad(); g_loss.backward(); opt_G.step()
    for p in D.parameters():
        p.requires_grad_(True)
    print(turn, f"{d_loss.item():.5f} {g_loss.item():.5f} {made.mean().item():.5f}")
