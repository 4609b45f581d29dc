"""Memory shared between numpy and torch: writes on one side are seen on the other."""

import numpy as np
import torch

a = np.array([1.0, 2.0, 3.0])
t = torch.from_numpy(a)
a[0] = 10.0
t[1] = 20.0
a *= 2
print(a, t, t._version, t.dtype)
x = torch.ones(3)
n = x.numpy()
n[:] = [4, 5, 6]
np.add(n, 1, out=n)
print(x, x._version, np.shares_memory(n, x.numpy()))
copy = torch.tensor(a)
a[:] = 0
print(copy, t, torch.as_tensor(a).data_ptr() == t.data_ptr())

w = torch.tensor([1.0, 2.0], requires_grad=True)
view = w.detach().numpy()
y = (w * w).sum()
view[0] = 100.0
y.backward()
print(w, w.grad, w._version)
print(np.asarray(x) + a[:3], (torch.ones(2) * np.float32(2)), np.mean([torch.tensor(1.0), torch.tensor(3.0)]))
print(np.sin(torch.zeros(2)), torch.tensor(np.arange(3)) + 1, x.tolist(), float(np.float64(0.5) * torch.tensor(2.0)))
buffer = bytearray(8)
floats = torch.frombuffer(buffer, dtype=torch.float32)
floats.fill_(1.0)
print(bytes(buffer).hex())
