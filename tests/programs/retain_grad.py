"""retain_grad on intermediates, one of them changed by a hook, and is_leaf everywhere."""

import torch

a = torch.tensor([1.0, 2.0], requires_grad=True)
b = a * 2
c = b.exp()
d = c.sum()
for name in "abcd":
    t = globals()[name]
    print(name, t.is_leaf, t.requires_grad, t.retains_grad)
b.retain_grad()
c.retain_grad()
d.retain_grad()
c.register_hook(lambda grad: grad * 0.5)
d.backward()
print(a.grad, b.grad, c.grad, d.grad)
print(b.retains_grad, b.grad is not a.grad)
e = a.detach() * 3
print(e.is_leaf, e.requires_grad, e.grad)
