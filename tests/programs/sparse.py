"""Sparse tensors: coordinates, duplicates summed, products and gradients."""

import torch

indices = torch.tensor([[0, 1, 1, 0], [2, 0, 2, 2]])
s = torch.sparse_coo_tensor(indices, torch.tensor([3.0, 4.0, 5.0, 1.0]), (2, 3))
print(s._nnz(), s.is_coalesced(), s.to_dense())
s = s.coalesce()
print(s.indices().tolist(), s.values(), (s * 2).to_dense().sum())
w = torch.ones(3, 1, requires_grad=True)
out = torch.sparse.mm(s, w)
out.sum().backward()
print(out.flatten(), w.grad.flatten())
d = torch.eye(2, requires_grad=True)
t = d.to_sparse()
torch.sparse.sum(t * 3).backward()
print(t.is_sparse, d.grad.to_dense() if d.grad.is_sparse else d.grad)
print(torch.zeros(2, 2).to_sparse()._nnz(), (s.t().to_dense() == s.to_dense().t()).all())
