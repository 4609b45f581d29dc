"""sys.stdout.write, print with end and sep, flush, a replaced sys.stdout, bytes in the buffer."""

import io
import sys

import torch

count = sys.stdout.write("written\n")
print(count, end="")
print("", "a", "b", sep="|", end=" end\n", flush=True)
for i in range(3):
    print(".", end="", flush=True)
print()
sys.stdout.writelines(["one\n", "two\n"])
sys.stdout.flush()
sys.stdout.buffer.write(b"bytes \xc3\xa9\n")
sys.stdout.buffer.flush()


class Upper(io.TextIOBase):
    def write(self, text):
        return original.write(text.upper())


original = sys.stdout
sys.stdout = Upper()
print("loud", torch.tensor([1.0]))
sys.stdout = original
print("quiet", sys.stdout.fileno() == 1)
print("tab\tbell\\a null:" + repr("\0"), "\rcarriage")
print("no newline at the end", end="")
