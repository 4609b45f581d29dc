"""del of names, items, attributes and slices; a tensor lives while another name holds it."""

import weakref

import torch

x = torch.ones(3)
y = x
alive = weakref.ref(x)
del x
print(alive() is y, "x" in globals())
del y
print(alive() is None)
box = {"a": torch.ones(1), "b": torch.zeros(1)}
del box["a"]
items = [torch.tensor(float(i)) for i in range(5)]
del items[0], items[-1]
del items[::2]
print(sorted(box), items)


class Thing:
    pass


thing = Thing()
thing.w = torch.ones(2, requires_grad=True)
thing.loss = (thing.w * 2).sum()
thing.loss.backward()
graph = weakref.ref(thing.loss)
print(thing.w.grad)
del thing.w.grad
print(thing.w.grad)
del thing.loss
print(graph() is None, sorted(vars(thing)))
try:
    print(alive_no_more)
except NameError as error:
    print(error)


def local():
    t = torch.ones(1)
    del t
    try:
        t
    except UnboundLocalError as error:
        print(error)


local()
for i in range(2):
    pass
del i
print("i" in dir())
