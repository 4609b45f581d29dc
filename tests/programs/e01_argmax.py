"""E1: argmax gives integers, which carry no gradient."""
# tutor: exit=1

import torch

logits = torch.tensor([[1.0, 3.0], [2.0, 0.0]], requires_grad=True)
t = torch.tensor([1, 1])
wrong = (logits.argmax(dim=1) != t).float().mean()
print(wrong)
wrong.backward()  # raises
