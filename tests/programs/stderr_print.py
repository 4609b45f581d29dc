"""Printing to the standard error stream and to the output, each in its own order."""

import sys
import traceback

import torch

x = torch.arange(3.0)
print("out 1")
print("err 1", x, file=sys.stderr)
sys.stderr.write("err 2\n")
print("out 2", x.sum().item())
print("err", 3, sep="-", end="!\n", file=sys.stderr, flush=True)
try:
    x[5]
except IndexError:
    kind, value, trace = sys.exc_info()
    print("".join(traceback.format_exception_only(kind, value)), end="", file=sys.stderr)
print("out 3", sys.stderr is sys.__stderr__, sys.stdout is sys.__stdout__, sys.stdout.encoding.lower())
