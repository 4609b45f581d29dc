"""Reading the standard input at its end: EOFError from input, nothing from read."""

import sys

import torch

print(repr(sys.stdin.read()), sys.stdin.isatty())
try:
    input()
except EOFError as error:
    print("end of input:", error)
print(torch.ones(1))
