"""map, filter, zip, reduce, sorted with a key, min and max: all over tensors."""

from functools import reduce
from operator import attrgetter, itemgetter, mul

import torch

tensors = [torch.tensor(v, requires_grad=True) for v in ([3.0, 1.0], [2.0, 2.0], [0.5, 0.1])]
norms = list(map(lambda t: t.norm(), tensors))
print([f"{n.item():.5f}" for n in norms])
print([t.tolist() for t in sorted(tensors, key=lambda t: t.norm().item())])
print([t.tolist() for t in sorted(tensors, key=torch.Tensor.sum, reverse=True)])
print(len(list(filter(lambda t: (t > 1).all(), tensors))))
product = reduce(mul, tensors)
product.sum().backward()
print(product.tolist(), [t.grad.tolist() for t in tensors])
print(min(tensors, key=lambda t: t[1].item()).tolist(), max(norms).item() == norms[0].item())
print(list(map(attrgetter("grad.shape"), tensors))[0], list(map(itemgetter(1), [t.tolist() for t in tensors])))
for i, (a, b) in enumerate(zip(tensors, tensors[1:], strict=False)):
    print(i, torch.dot(a, b).item())
print(sum(map(torch.sum, tensors)).item(), list(reversed([1, 2])), round(norms[1].item(), 3))
