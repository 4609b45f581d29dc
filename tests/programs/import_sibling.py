"""Imports the program beside it: sys.path begins with the folder of the script."""

import os
import sys

sys.dont_write_bytecode = True

import torch

import main_guard
from main_guard import slope as fit

print(os.path.basename(sys.path[0]) == os.path.basename(os.path.dirname(os.path.abspath(__file__))))
x = torch.tensor([1.0, -1.0])
print(f"{fit(x, -2 * x):.6f}")
print(main_guard.__name__, os.path.basename(main_guard.__file__), fit is main_guard.slope)
print("main_guard" in sys.modules, sys.modules["__main__"].fit is fit)
