"""Reference counts seen by sys.getrefcount, with the references that plain python has."""

import sys

import torch


def count(t):
    return sys.getrefcount(t)


x = torch.ones(2)
print(sys.getrefcount(x), count(x))
y = x
boxes = [x, x]
print(sys.getrefcount(x))
del y, boxes
print(sys.getrefcount(x))
z = x * 2
z = z + 1
print(sys.getrefcount(z))
w = torch.ones(2, requires_grad=True)
loss = (w * x).sum()
loss.backward()
print(sys.getrefcount(w), sys.getrefcount(loss), sys.getrefcount(w.grad))
for i in range(2):
    t = w * i
print(sys.getrefcount(t), sys.getrefcount(object()))
