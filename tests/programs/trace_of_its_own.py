"""The program sets its own trace and profile functions, and takes them off again."""

import sys

import torch

lines = []
calls = []


def trace(frame, event, argument):
    if frame.f_code.co_filename != __file__:
        return None
    lines.append((event, frame.f_lineno))
    return trace


def profile(frame, event, argument):
    if event == "c_call" and argument.__name__ in ("len", "sorted"):
        calls.append(argument.__name__)


def f(n):
    total = 0
    for i in range(n):
        total += i
    return total


sys.settrace(trace)
f(2)
sys.settrace(None)
print(sorted({number for _, number in lines})[-4:], lines[0][0], lines[-1][0])
sys.setprofile(profile)
len([1])
sorted([2, 1])
sys.setprofile(None)
print(sorted(set(calls)), sys.gettrace(), torch.tensor(f(4)))
