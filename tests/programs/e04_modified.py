"""E4: exp saved its result, and the result was changed before backward."""
# tutor: exit=1

import torch

a = torch.tensor([1.0, 2.0], requires_grad=True)
b = a + 2
b.add_(1)
b.sum().backward()
print("add saves nothing:", a.grad)
y = a.exp()
y += 1
print(y.detach(), y._version)
y.sum().backward()  # raises
