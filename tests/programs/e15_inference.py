"""E15: an inference tensor saved for backward: the forward pass already fails."""
# tutor: exit=1

import torch

w = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    a = torch.ones(2)
print((a + w).sum().item())
try:
    a.add_(1)
except RuntimeError as error:
    print(str(error).split(".")[0])
loss = (a * w).sum()  # raises
