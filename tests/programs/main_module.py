"""The attributes of __main__: the program is sys.modules["__main__"] and nothing else."""

import os
import sys

import torch

import __main__

value = torch.ones(1)
print(__main__.value is value, sys.modules["__main__"] is __main__, __main__.__dict__ is globals())
__main__.added = value + 1
print(added, __name__, __main__.__spec__, __main__.__package__, __main__.__cached__)
print(type(__main__).__name__, type(__main__.__loader__).__name__, type(__builtins__).__name__)
print(os.path.basename(__main__.__file__), __main__.__doc__[:16])
print(os.path.samefile(sys.path[0], os.path.dirname(os.path.abspath(__file__))), __debug__, sys.flags.optimize)


class Thing:
    pass


print(Thing.__module__, Thing.__qualname__, Thing().__class__, (lambda: 0).__module__)
print(sys.argv[1:], sys.stdin is not None)
