"""A classifier of three clouds with cross_entropy, batches, accuracy and validation."""

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(0)
centres = torch.tensor([[0.0, 2.0], [2.0, -1.0], [-2.0, -1.0]])
labels = torch.arange(3).repeat(20)
points = centres[labels] + 0.6 * torch.randn(60, 2)
train, valid = torch.arange(45), torch.arange(45, 60)
model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 3))
optimizer = optim.AdamW(model.parameters(), lr=0.03)


def evaluate():
    model.eval()
    with torch.no_grad():
        logits = model(points[valid])
        return F.cross_entropy(logits, labels[valid]).item(), (logits.argmax(1) == labels[valid]).float().mean().item()


for epoch in range(4):
    model.train()
    total = 0.0
    order = train[torch.randperm(len(train))]
    for batch in order.split(15):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(points[batch]), labels[batch], label_smoothing=0.05)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    valid_loss, accuracy = evaluate()
    print(f"{epoch} train {total / len(train):.5f} valid {valid_loss:.5f} accuracy {accuracy:.3f}")
log_p = F.log_softmax(model(points[:1]), dim=1)
print(torch.allclose(F.nll_loss(log_p, labels[:1]), F.cross_entropy(model(points[:1]), labels[:1])))
