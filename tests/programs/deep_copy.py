"""copy and deepcopy of tensors, modules and optimisers: what is shared afterwards."""

import copy

import torch
from torch import nn

torch.manual_seed(0)
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w**2).sum().backward()
shallow, deep = copy.copy(w), copy.deepcopy(w)
print(shallow.data_ptr() == w.data_ptr(), deep.data_ptr() == w.data_ptr(), deep.grad, deep.is_leaf)
with torch.no_grad():
    w.add_(10)
print(w, shallow, deep)

model = nn.Linear(2, 2)
model.register_buffer("count", torch.zeros(()))
twin = copy.deepcopy(model)
with torch.no_grad():
    model.weight.zero_()
print(twin.weight.abs().sum().item() > 0, model.weight.abs().sum().item(), [n for n, _ in twin.named_buffers()])
pair = [w, w]
copied = copy.deepcopy(pair)
print(copied[0] is copied[1], copied[0] is w)

optimizer = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=0.9)
average = copy.deepcopy(twin)
for _ in range(2):
    optimizer.zero_grad()
    twin(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    with torch.no_grad():
        for a, p in zip(average.parameters(), twin.parameters()):
            a.lerp_(p, 0.5)
print((twin.bias - model.bias).tolist(), (average.bias - model.bias).tolist())
print(copy.deepcopy({"a": torch.arange(3)})["a"], copy.deepcopy(w.detach() * 2))
