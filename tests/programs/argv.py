"""Arguments: sys.argv and argparse."""
# tutor: args=--rate,0.25,--turns,3,data.csv

import argparse
import os
import sys

import torch

print(len(sys.argv), os.path.basename(sys.argv[0]), sys.argv[1:])

parser = argparse.ArgumentParser()
parser.add_argument("path")
parser.add_argument("--rate", type=float, default=0.1)
parser.add_argument("--turns", type=int, default=1)
options = parser.parse_args()
print(parser.prog, options)

w = torch.tensor(1.0, requires_grad=True)
for turn in range(options.turns):
    (w**2).backward()
    with torch.no_grad():
        w -= options.rate * w.grad
    w.grad = None
    print(turn, w.item())
