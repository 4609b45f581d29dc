"""Tensor.set_: the memory of another tensor, part of a storage, none; refused for a leaf that requires grad."""

import copy
import traceback

import torch

w = torch.tensor([1.0, 2.0])
other = torch.tensor([[7.0, 8.0, 9.0]])
print(w.set_(other) is w, w._version)
other[0, 0] = 5.0
print(w, w.data_ptr() == other.data_ptr())
source = torch.arange(6.0)
part = torch.zeros(1)
part.set_(source.untyped_storage(), 1, (2, 2), (2, 1))
part.mul_(10)
print(part, source)
p = torch.nn.Parameter(torch.ones(2))
kept = p.detach()
with torch.no_grad():
    p.set_(torch.tensor([4.0, 5.0, 6.0]))
kept += 1
p.sum().backward()
print(p, p.grad, kept)
try:
    p.set_(other)
except RuntimeError as error:
    print(error, traceback.format_exc().count("set_"))
try:
    w.set_("no tensor")
except TypeError:
    print(traceback.format_exc().splitlines()[1:3])
row = torch.zeros(4)[1:3]
row.set_(source=w)
torch.Tensor.set_(w)
print(row, w, [tensor.set_(row) for tensor in (torch.ones(1), torch.ones(2))])


class Own(torch.Tensor):
    pass


mine = torch.ones(2).as_subclass(Own)
print(type(mine.set_(torch.zeros(3))).__name__, mine, copy.deepcopy(row))
