"""KeyboardInterrupt: caught once, then left to end the program."""
# tutor: exit=-2

import torch

w = torch.ones(1, requires_grad=True)
try:
    for turn in range(5):
        (w * 2).backward()
        if turn == 2:
            raise KeyboardInterrupt
except KeyboardInterrupt:
    print("interrupted by hand at", turn, w.grad)
try:
    print("working", flush=True)
    raise KeyboardInterrupt("second")
finally:
    print("finally", flush=True)
