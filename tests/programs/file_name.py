"""__file__ and what follows from it."""

import os
import pathlib

import torch

print(os.path.basename(__file__))
here = pathlib.Path(__file__)
print(here.stem, here.suffix, here.exists())
source = here.read_text(encoding="utf-8")
print(source.splitlines()[0])


def where():
    return os.path.basename(where.__code__.co_filename), where.__code__.co_firstlineno


print(where(), where.__code__.co_filename == __file__)
print(torch.tensor(len(source.splitlines())).item())
