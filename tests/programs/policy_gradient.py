"""A bandit learned by policy gradients: sampling, log-probabilities and a moving baseline."""

import torch
from torch.distributions import Categorical

torch.manual_seed(0)
means = torch.tensor([0.2, 1.0, 0.5])
logits = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.SGD([logits], lr=0.3)
baseline = 0.0
for turn in range(30):
    policy = Categorical(logits=logits)
    action = policy.sample()
    reward = (means[action] + 0.1 * torch.randn(())).item()
    loss = -policy.log_prob(action) * (reward - baseline) - 0.01 * policy.entropy()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    baseline += 0.1 * (reward - baseline)
    if turn % 10 == 0:
        print(turn, action.item(), f"{reward:.5f} {loss.item():.5f}", [f"{v:.4f}" for v in logits.tolist()])
print(logits.softmax(0).argmax().item(), f"{baseline:.5f}")
