"""sys.exit with a text: it goes to the standard error stream, the status is 1."""
# tutor: exit=1

import sys

import torch

try:
    sys.exit(0)
except SystemExit as stop:
    print("caught", stop.code, torch.ones(2).sum())
try:
    raise SystemExit
except BaseException as stop:
    print(repr(stop), stop.code)
sys.exit("no data: %d rows" % torch.zeros(0).numel())
