"""Embedding: rows looked up, gradients of the rows used, padding and sparse gradients."""

import torch
from torch import nn

torch.manual_seed(0)
table = nn.Embedding(5, 2, padding_idx=0)
ids = torch.tensor([[1, 2, 2], [4, 0, 0]])
vectors = table(ids)
vectors.sum().backward()
print(vectors.shape, table.weight.grad)

sparse = nn.Embedding(6, 3, sparse=True)
optimizer = torch.optim.SparseAdam(sparse.parameters(), lr=0.1)
before = sparse.weight.detach().clone()
sparse(torch.tensor([1, 1, 5])).pow(2).sum().backward()
print(sparse.weight.grad.is_sparse, sparse.weight.grad.coalesce().indices())
optimizer.step()
print((sparse.weight != before).any(dim=1))

bag = nn.EmbeddingBag(4, 2, mode="mean")
out = bag(torch.tensor([0, 1, 3, 3]), torch.tensor([0, 2]))
out.sum().backward()
print(out.shape, bag.weight.grad)
