"""einsum, matmul, bmm, tensordot, outer products: equal results, equal gradients."""

import torch

a = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.arange(12.0).reshape(3, 4).requires_grad_()
by_einsum = torch.einsum("ij,jk->ik", a, b)
print(torch.equal(by_einsum, a @ b), torch.equal(torch.tensordot(a, b, dims=1), a.matmul(b)))
by_einsum.pow(2).sum().backward()
ga, gb = a.grad.clone(), b.grad.clone()
a.grad = b.grad = None
(a @ b).pow(2).sum().backward()
print(torch.allclose(ga, a.grad), torch.allclose(gb, b.grad), ga)
v = torch.tensor([1.0, 2.0])
print(torch.einsum("i,j->ij", v, v), torch.outer(v, v).trace(), torch.einsum("ii->", torch.outer(v, v)))
batch = torch.arange(8.0).reshape(2, 2, 2)
print(torch.bmm(batch, batch).sum(), torch.einsum("bij,bjk->", batch, batch))
q, k = torch.arange(4.0).reshape(1, 2, 2), torch.ones(1, 2, 2)
print(torch.einsum("...id,...jd->...ij", q, k))
m = torch.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)
torch.linalg.solve(m, v).sum().backward()
print(m.grad, torch.linalg.eigvalsh(m.detach()), torch.linalg.det(m))
