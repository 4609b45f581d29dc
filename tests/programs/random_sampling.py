"""Random numbers of torch, numpy and python, seeded by whoever starts the program."""
# tutor: seed=outside

import random

import numpy as np
import torch
from torch.distributions import Categorical, Normal

print(torch.rand(3), torch.randn(2), torch.randint(0, 10, (4,)), torch.randperm(5))
print(np.random.rand(2), np.random.randint(0, 100, 3), random.random(), random.sample(range(10), 3))
print(torch.multinomial(torch.tensor([0.1, 0.9]), 5, replacement=True), torch.bernoulli(torch.full((4,), 0.5)))
state = torch.get_rng_state()
first = torch.rand(2)
torch.set_rng_state(state)
print(torch.equal(first, torch.rand(2)), hash(tuple(torch.get_rng_state()[:64].tolist())))
own = torch.Generator().manual_seed(7)
print(torch.rand(2, generator=own), own.initial_seed())
mean = torch.tensor(0.5, requires_grad=True)
normal = Normal(mean, 1.0)
sample = normal.rsample()
sample.backward()
print(sample.item(), mean.grad, normal.log_prob(torch.tensor(0.0)))
policy = Categorical(logits=torch.zeros(3, requires_grad=True))
print(policy.sample((4,)), policy.entropy().item())
with torch.random.fork_rng():
    torch.manual_seed(1)
    print(torch.rand(1))
print(torch.rand(1), torch.nn.Linear(2, 1).weight.tolist(), torch.empty(2).uniform_(-1, 1), random.gauss(0, 1))
