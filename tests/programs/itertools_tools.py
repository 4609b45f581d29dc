"""itertools over tensors: product, chain, accumulate, groupby, islice, zip_longest, pairwise."""

import itertools

import torch

w = torch.arange(1.0, 5.0, requires_grad=True)
print([v.item() for v in itertools.accumulate(w, torch.mul)])
print([v.item() for v in itertools.accumulate(w.detach(), lambda a, b: 0.5 * a + b, initial=torch.tensor(8.0))])
total = sum(a * b for a, b in itertools.combinations(w, 2))
total.backward()
print(total.item(), w.grad)
print([(i, j.item()) for i, j in itertools.product(range(2), torch.tensor([5, 6]))])
print([v.item() for v in itertools.chain(w[:1], *[w[1:2], w[3:]])], [v.item() for v in itertools.islice(w, 1, None, 2)])
print({k: [v.item() for v in g] for k, g in itertools.groupby(w, key=lambda v: (v > 2).item())})
print([(b - a).item() for a, b in itertools.pairwise(w)], list(itertools.zip_longest([1, 2], [torch.tensor(3)]))[1])
print([v.item() for v in itertools.takewhile(lambda v: v < 3, w)], [v.item() for v in itertools.starmap(torch.pow, [(w[1], 2), (w[2], 3)])])
first, second = itertools.tee(w * 2)
print(sum(first).item(), next(second).item(), [next(itertools.cycle([7])) for _ in range(2)], len(list(itertools.permutations(w, 2))))
rate = itertools.count(1.0, 0.5)
print([next(rate) * w[0].item() for _ in range(3)], list(itertools.compress("abcd", w > 2)))
