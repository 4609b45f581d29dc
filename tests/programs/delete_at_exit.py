"""Objects still alive at the end of the program print when python takes them down."""

import torch


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self, print=print):
        print("deleted", self.name)


b = Loud("b")
a = Loud("a")
_private = Loud("_private")
t = torch.ones(1)
b = Loud("b again")
print("the end of the program")
