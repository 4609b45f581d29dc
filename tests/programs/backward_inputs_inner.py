"""backward(inputs=...) that names tensors which are no leaves: they keep a gradient without retain_grad()."""

import torch

w = torch.tensor(3.0, requires_grad=True)
h = w * 2
k = h * 5
loss = h**2 + k
loss.backward(inputs=h, retain_graph=True)
print(h.grad, w.grad, h.retains_grad, k.retains_grad)
loss.backward(inputs=[h, w], retain_graph=True)
print(h.grad, w.grad)
loss.backward(retain_graph=True)
print(h.grad, w.grad)
loss.backward(None, True, False, (k, w))
print(k.grad, h.grad, w.grad)
torch.autograd.backward([loss], inputs=[loss], retain_graph=True)
print(loss.grad)
first, second = torch.stack([w, w * 4]).unbind(0)
(first * 3 + second * 7).backward(inputs=(second,))
print(second.grad, first.retains_grad)
far = w * 9
(w * 8).backward(inputs=far)
print(far.grad, far.retains_grad)
twice = w * 6
twice.register_hook(lambda gradient: gradient * 10)
(twice * 2).backward(inputs=twice)
print(twice.grad)
try:
    loss.backward(inputs=[w.detach()])
except RuntimeError as error:
    print(str(error).split(".")[0])
