"""Integer, boolean and byte tensors beside floats: promotion, division, overflow, indexing."""

import torch

i = torch.tensor([1, 2, 3])
for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool, torch.float16):
    t = i.to(dtype)
    print(dtype, (t + t).tolist(), (t + 0.5).dtype, (t * i).dtype)
print(torch.tensor([250], dtype=torch.uint8) + 10, torch.tensor([127], dtype=torch.int8) + 1)
print(i / 2, i // 2, i % 2, -i, i**2, i << 1, i & 1, ~i)
print(torch.result_type(i, 1.5), torch.promote_types(torch.int32, torch.float16), i.float().dtype)
mask = i > 1
print(mask, mask.sum(), i[mask], mask.any(), mask.all(), mask.logical_not(), mask ^ True)
w = torch.tensor([10.0, 20.0, 30.0], requires_grad=True)
w[torch.tensor([0, 2, 2])].sum().backward()
print(w.grad, w.argmax(), w.argmax().requires_grad, (w > 15).requires_grad)
print(torch.bincount(torch.tensor([0, 1, 1, 3])), i.cumsum(0), i.prod().item(), i.max().item())
try:
    i.mean()
except RuntimeError as error:
    print(str(error).split(".")[0])
