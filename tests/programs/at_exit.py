"""atexit functions run last, in reverse, also with torch operations in them."""

import atexit

import torch

w = torch.ones(2, requires_grad=True)


@atexit.register
def first():
    print("registered first, runs last", w.grad)


@atexit.register
def second():
    (w * 3).sum().backward()
    print("registered second", w.grad)


atexit.register(print, "registered third")
print("the end of the program")
