"""Errors raised by torch, shown through the frames of this program alone."""

import sys
import traceback

import torch
from torch import nn


def own_frames(error):
    return [
        (frame.name, frame.lineno, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == __file__
    ]


def multiply(a, b):
    return a @ b


model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(4, 1))

try:
    multiply(torch.ones(2, 3), torch.ones(2, 3))
except RuntimeError as error:
    print(error)
    print(own_frames(error))

try:
    model(torch.ones(5, 2))
except RuntimeError as error:
    print(str(error).splitlines()[0])
    print(own_frames(error))

x = torch.ones(2, requires_grad=True)
try:
    (x * 2).backward()
except RuntimeError as error:
    print(error, own_frames(error), error.__context__)

try:
    torch.ones(2).no_such_method()
except AttributeError:
    kind, error, trace = sys.exc_info()
    print(kind.__name__, error, trace.tb_lineno, trace.tb_frame.f_code.co_name)
print(sys.exc_info())
