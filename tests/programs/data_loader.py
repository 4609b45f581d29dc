"""DataLoader over a TensorDataset: shuffled with a generator, collated, sampled, split."""

import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset, WeightedRandomSampler, random_split

torch.manual_seed(0)
x = torch.arange(10.0).reshape(-1, 1)
t = 3 * x - 1


class Squares(Dataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return {"n": index, "square": torch.tensor(float(index) ** 2)}


w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.01)
loader = DataLoader(TensorDataset(x, t), batch_size=4, shuffle=True, num_workers=0)
for epoch in range(2):
    for i, (xb, tb) in enumerate(loader):
        loss = ((xb * w + b - tb) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(epoch, i, xb.flatten().tolist(), f"{loss.item():.5f}")
print(f"{w.item():.6f} {b.item():.6f}", len(loader))

for batch in DataLoader(Squares(), batch_size=2, drop_last=True):
    print(batch)
train, valid = random_split(Squares(), [3, 2], generator=torch.Generator().manual_seed(1))
print(train.indices, valid.indices)
sampler = WeightedRandomSampler([0.0, 0.0, 1.0, 1.0], 4)
print([row[0].item() for row in DataLoader(TensorDataset(x[:4]), sampler=sampler)])
first = next(iter(DataLoader(x, batch_size=3, collate_fn=lambda rows: torch.cat(rows).sum())))
print(first)
