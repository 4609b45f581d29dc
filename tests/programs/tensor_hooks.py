"""Tensor hooks: printed, changing the gradient, removed, several in order."""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w * 3
y = h**2
order = []


def watch(name):
    def hook(grad):
        order.append((name, grad.tolist()))

    return hook


h.register_hook(watch("h first"))
h.register_hook(lambda grad: grad * 10)
handle = h.register_hook(watch("h third"))
w.register_hook(watch("w"))
y.register_hook(lambda grad: grad.clamp(max=0.5))
y.sum().backward(retain_graph=True)
print(order, w.grad)

order.clear()
handle.remove()
w.grad = None
y.sum().backward()
print(order, w.grad)

once = torch.ones(1, requires_grad=True)


def remove_myself(grad):
    print("fired", grad.item())
    once_handle.remove()


once_handle = once.register_hook(remove_myself)
for _ in range(2):
    (once * 2).backward()
print(once.grad)
