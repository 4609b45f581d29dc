"""weakref callbacks on tensors, modules and arrays: printed when each dies."""

import weakref

import numpy as np
import torch
from torch import nn


def watch(thing, name):
    return weakref.ref(thing, lambda _: print("died:", name))


x = torch.ones(2, requires_grad=True)
y = x * 2
z = y + 1
refs = [watch(y, "y"), watch(z, "z")]
loss = z.sum()
refs.append(watch(loss, "loss"))
del y
print("y was only in the graph")
loss.backward()
print("after backward", [r() is not None for r in refs])
del z
loss = None
print("after the loss")


def inner():
    t = torch.zeros(3)
    kept = watch(t, "local")
    print("inside", kept() is t)
    return kept


print(inner()())
model = nn.Sequential(nn.Linear(1, 1))
refs = [watch(model, "model"), watch(model[0], "layer"), watch(model[0].weight, "weight")]
out = model(torch.ones(1, 1))
del model
print("the output keeps", [r() is not None for r in refs])
del out
print("nothing is kept", [r() is not None for r in refs])
a = np.zeros(2)
r = watch(a, "array")
t = torch.from_numpy(a)
del a
print("the tensor keeps the array", r() is not None)
del t
weakref.finalize(x, print, "finalised x")
del x
cache = weakref.WeakValueDictionary()
value = cache["v"] = torch.ones(1)
value = value + 1
print(len(cache))
print((torch.ones(1) * 2).item(), "end")
