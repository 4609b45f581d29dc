"""A model of characters: counts against a trained table of logits, sampled with a generator."""

import torch
import torch.nn.functional as F

words = ["anna", "hannah", "banana", "nan"]
letters = ["."] + sorted(set("".join(words)))
index = {c: i for i, c in enumerate(letters)}
pairs = [(index[a], index[b]) for w in words for a, b in zip("." + w, w + ".")]
xs, ys = torch.tensor(pairs).T
counts = torch.zeros(len(letters), len(letters), dtype=torch.int32)
for a, b in pairs:
    counts[a, b] += 1
p = (counts + 1).float()
p /= p.sum(1, keepdim=True)
print(letters, counts.tolist(), f"{-p[xs, ys].log().mean().item():.5f}")

g = torch.Generator().manual_seed(1)
W = torch.randn((len(letters), len(letters)), generator=g, requires_grad=True)
for turn in range(20):
    onehot = F.one_hot(xs, num_classes=len(letters)).float()
    logits = onehot @ W
    loss = F.cross_entropy(logits, ys) + 0.01 * (W**2).mean()
    W.grad = None
    loss.backward()
    W.data += -5 * W.grad
    if turn % 5 == 0:
        print(turn, f"{loss.item():.5f}")
for _ in range(3):
    i, out = 0, []
    while len(out) < 12:
        i = torch.multinomial(F.softmax(W[i].detach(), 0), 1, generator=g).item()
        if i == 0:
            break
        out.append(letters[i])
    print("".join(out))
