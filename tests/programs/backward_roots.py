"""torch.autograd.backward with several roots, and backward with a gradient given."""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
shared = w * 3
one, two = shared.sum(), (shared**2)
torch.autograd.backward([one, two], [None, torch.tensor([1.0, 0.5])])
print(w.grad)
w.grad = None
y = w**2
y.backward(torch.tensor([1.0, 10.0]))
print(w.grad)
w.grad = None
torch.autograd.backward([w * 1, w * 2], grad_tensors=[torch.ones(2), torch.ones(2)])
print(w.grad)
w.backward(torch.tensor([100.0, 100.0]))
print(w.grad)
u, v = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
losses = [u * v, u + v, u**2]
sum(losses).backward(retain_graph=True)
print(u.grad, v.grad)
u.grad = v.grad = None
torch.autograd.backward(losses)
print(u.grad, v.grad)
