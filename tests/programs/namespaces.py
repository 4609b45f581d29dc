"""locals(), globals(), vars() and dir(): no name may appear that the program did not make."""

import torch

w = torch.ones(2)


def inside(a, b=2):
    c = a * b
    return sorted(locals()), c


class Bag:
    kind = "bag"

    def __init__(self):
        self.x = torch.zeros(1)
        self.y = 1


print([name for name in sorted(globals()) if not name.startswith("__")])
print(sorted(name for name in globals() if name.startswith("__")))
print(inside(w))
bag = Bag()
vars(bag)["z"] = 3
print(sorted(vars(bag)), sorted(n for n in vars(Bag) if not n.startswith("__")), bag.z)
globals()["made"] = w * 2
print(made, locals() is globals(), "made" in dir())
print([n for n in dir(bag) if not n.startswith("__")])
print(inside.__code__.co_varnames, inside.__code__.co_names)
print(Bag.__init__.__code__.co_names)
print(__name__, __doc__, __package__, __annotations__ if "__annotations__" in globals() else "no annotations")
