"""Operations with several results: sort, topk, max, unbind, split, chunk, qr, svd, unique."""

import torch

x = torch.tensor([[3.0, 1.0, 2.0], [9.0, 7.0, 8.0]], requires_grad=True)
values, indices = x.sort(dim=1, descending=True)
top = x.topk(2)
largest = x.max(dim=0)
print(values.detach(), indices, top.indices, largest.values, largest.indices)
(values[:, 0] * 2 + top.values[:, 1] + largest.values.sum()).sum().backward()
print(x.grad)
x.grad = None
row, other = x.unbind()
left, right = x.split([1, 2], dim=1)
a, b, c = x.chunk(3, dim=1)
(row * other).sum().backward()
(left.sum() * right.sum() + (a * c).sum() - b.sum()).backward()
print(x.grad)
print(x.quantile(torch.tensor([0.25, 0.5])), x.median(), x.kthvalue(2).values, x.mode()[0], torch.aminmax(x))
print(torch.unique(torch.tensor([2, 1, 2]), return_inverse=True, return_counts=True))
q, r = torch.linalg.qr(x.detach().double())
u, s, vh = torch.linalg.svd(x.detach().double(), full_matrices=False)
print(torch.allclose(q @ r, x.double()), [f"{v:.6f}" for v in s.tolist()], torch.allclose(u @ torch.diag(s) @ vh, x.double()))
print(torch.std_mean(x.detach()), torch.frexp(torch.tensor(6.0)), [t.tolist() for t in torch.meshgrid(torch.arange(2), torch.arange(2), indexing="ij")])
print(torch.broadcast_tensors(torch.ones(1, 2), torch.zeros(2, 1))[1], torch.cummax(x.detach()[0], 0), type(top).__name__)
