"""E16: sizes that broadcast: a warning from mse_loss, silence when written by hand."""

import torch
import torch.nn.functional as F

prediction = torch.tensor([[1.0], [2.0], [3.0]], requires_grad=True)
t = torch.tensor([1.0, 2.0, 3.0])
loss = F.mse_loss(prediction, t)
print(loss)
by_hand = ((prediction - t) ** 2).mean()
print(by_hand, (prediction - t).shape)
print(F.mse_loss(prediction.squeeze(1), t))
loss.backward()
print(prediction.grad)
