"""Views, in-place operations, version counters and the graph that follows them."""

import torch

base = torch.arange(6.0)
view = base.view(2, 3)
row = view[1]
row.mul_(10)
print(base, row.storage_offset(), view.data_ptr() == base.data_ptr(), base._version, row._version)
base[0] = -1
view += 1
print(view, row._base is base, base.untyped_storage().data_ptr() == row.untyped_storage().data_ptr())
print(view.t().is_contiguous(), view.t().contiguous().data_ptr() == base.data_ptr(), view.t().stride())

x = torch.ones(4, requires_grad=True)
y = x * 2
part = y[1:3]
part.mul_(5)
y[0] = 0
print(y, y.grad_fn.name(), part.grad_fn.name())
y.sum().backward()
print(x.grad)

z = torch.zeros(2, 2)
z[0] = torch.tensor([1.0, 2.0])
z[:, 1].add_(3)
z[z > 2.5] = 9
z.diagonal().copy_(torch.tensor([7.0, 8.0]))
print(z, z._version)
mask = z.eq(9)
z.masked_fill_(mask, 0).clamp_(max=7.5)
print(z.expand(1, 2, 2).shape, torch.broadcast_to(z[0], (3, 2)), z.unsqueeze(0).squeeze().tolist())
w = torch.ones(2, requires_grad=True)
with torch.no_grad():
    w -= torch.tensor([0.5, 0.25])
w.data = w.data * 2
print(w, w._version, w.is_leaf)
