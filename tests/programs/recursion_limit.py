"""Recursion to the limit, caught as RecursionError, and the program goes on."""

import sys

import torch


def deeper(x, depth):
    global reached
    reached = depth
    return deeper(x + 1, depth + 1)


def plain(depth):
    return plain(depth + 1)


sys.setrecursionlimit(600)
reached = 0
try:
    deeper(torch.zeros(2), 0)
except RecursionError as error:
    print(type(error).__name__, str(error)[:32], reached > 300)

try:
    plain(0)
except RecursionError as error:
    print(type(error).__name__, str(error)[:32])

x = torch.tensor(3.0, requires_grad=True)
(x * x).backward()
print("afterwards", x.grad.item(), sys.getrecursionlimit())
