"""What the garbage collector sees: tensors alive, cycles collected, growth per turn."""

import gc
import weakref

import torch


def tensors_alive():
    gc.collect()
    return sum(1 for o in gc.get_objects() if type(o) is torch.Tensor and o.dim() == 3)


print(tensors_alive())
kept = [torch.zeros(1, 1, 1) for _ in range(4)]
print(tensors_alive())
w = torch.ones(1, 1, 2, requires_grad=True)
for turn in range(5):
    loss = (w * turn + 1).sum()
    loss.backward()
    assert w.grad is not None  # looking at it makes a Python object that stays
    if turn in (1, 4):
        print(turn, tensors_alive())
del kept[1:]
print(tensors_alive())


class Node:
    def __init__(self):
        self.tensor = torch.zeros(1, 1, 1)
        self.me = self


node = Node()
dead = weakref.ref(node)
gc.disable()
del node
print(dead() is None)
gc.enable()
gc.collect()
print(dead() is None, tensors_alive(), gc.garbage)
