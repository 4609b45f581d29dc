"""os.write to the file descriptors of output and error, between flushed prints."""

import os
import sys

import torch

print("printed first", flush=True)
os.write(1, b"written to descriptor 1\n")
print("printed second", torch.ones(2).sum().item(), flush=True)
os.write(2, b"written to descriptor 2\n")
copy = os.dup(1)
os.write(copy, "duplicated \u00e9\n".encode())
os.close(copy)
with os.fdopen(os.dup(1), "w") as stream:
    stream.write("through a stream of its own\n")
sys.stdout.write("last\n")
