"""out= arguments, inplace flags and functions that write into tensors given to them."""

import torch
import torch.nn.functional as F

buffer = torch.zeros(3)
result = torch.add(torch.ones(3), torch.arange(3.0), out=buffer)
print(result is buffer, buffer, buffer._version)
torch.mul(buffer, buffer, out=buffer)
print(buffer)
values, indices = torch.empty(2), torch.empty(2, dtype=torch.long)
torch.topk(buffer, 2, out=(values, indices))
print(values, indices)
torch.stack([torch.ones(2), torch.zeros(2)], out=(matrix := torch.empty(2, 2)))
print(matrix)
x = torch.tensor([-1.0, 2.0])
F.relu(x, inplace=True)
torch.nn.init.constant_(buffer[:2], 5.0)
print(x, buffer)
t = torch.zeros(4)
t.index_add_(0, torch.tensor([1, 1]), torch.ones(2)).scatter_(0, torch.tensor([3]), 9.0).index_fill_(0, torch.tensor([0]), -1)
print(t, t.put_(torch.tensor([2]), torch.tensor([4.0])), t._version)
torch.arange(3, out=(counted := torch.empty(0, dtype=torch.long)))
print(counted)
try:
    torch.add(torch.ones(2, requires_grad=True), 1, out=torch.zeros(2))
except RuntimeError as error:
    print(str(error).split(".")[0])
t.resize_(2), t.set_(torch.tensor([1.0, 2.0, 3.0]))
print(t, torch.swapaxes(matrix, 0, 1))
