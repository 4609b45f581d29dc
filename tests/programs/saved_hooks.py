"""saved_tensors_hooks: packing to numpy and back, save_on_cpu, counting what is kept."""

import torch
from torch.autograd.graph import save_on_cpu, saved_tensors_hooks

packed = []


def pack(tensor):
    packed.append(("pack", tuple(tensor.shape)))
    return tensor.detach().numpy().copy()


def unpack(array):
    packed.append(("unpack", array.shape))
    return torch.from_numpy(array)


w = torch.tensor([0.1, 0.2], requires_grad=True)
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
with saved_tensors_hooks(pack, unpack):
    loss = ((x @ w) ** 2).exp().log().sum()
print(packed)
loss.backward()
print(packed[4:], w.grad)
w.grad = None
with save_on_cpu():
    loss = (w * w).sum()
loss.backward()
print(w.grad)
y = w.exp()
print(y.grad_fn._saved_result is y, y.grad_fn._saved_result.equal(y))
z = w * w
z.grad_fn._raw_saved_self.register_hooks(lambda t: t * 10, lambda t: t)
z.sum().backward()
print(w.grad)
with torch.autograd.graph.disable_saved_tensors_hooks("not here"):
    try:
        with saved_tensors_hooks(pack, unpack):
            pass
    except RuntimeError as error:
        print(error)
