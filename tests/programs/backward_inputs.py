"""backward(inputs=...): only the named leaves, or an intermediate, receive a gradient."""

import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
h = a * b
loss = h**2 + b
loss.backward(inputs=[b], retain_graph=True)
print(a.grad, b.grad)
loss.backward(inputs=[a], retain_graph=True)
print(a.grad, b.grad)
loss.backward(inputs=h)
print(h.grad, a.grad)
a.requires_grad_(False)
(a * b).backward()
print(a.grad, b.grad)
try:
    (b * 2).backward(inputs=[])
except RuntimeError as error:
    print(error)
