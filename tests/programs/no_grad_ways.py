"""no_grad, enable_grad and set_grad_enabled as block, decorator, function and generator."""

import torch

w = torch.ones(2, requires_grad=True)


@torch.no_grad()
def evaluate(x):
    return (w * x).sum()


@torch.enable_grad()
def with_graph(x):
    return (w * x).sum()


@torch.no_grad()
def stream(count):
    for i in range(count):
        yield w * i


with torch.no_grad():
    inside = w * 2
    new_leaf = torch.ones(1, requires_grad=True)
    again = with_graph(torch.ones(2))
    w.mul_(3)
print(inside.requires_grad, new_leaf.requires_grad, again.requires_grad, w)
print(evaluate(torch.ones(2)).requires_grad, with_graph(torch.ones(2)).requires_grad)
for y in stream(2):
    print(y.requires_grad, (w * 2).requires_grad, torch.is_grad_enabled())

for train in (True, False):
    with torch.set_grad_enabled(train):
        print(train, (w * 2).requires_grad)

previous = torch.is_grad_enabled()
torch.set_grad_enabled(False)
print((w * 2).requires_grad)
torch.set_grad_enabled(previous)
try:
    with torch.no_grad():
        raise ValueError("out of the block")
except ValueError as error:
    print(error, torch.is_grad_enabled())
parameter = torch.nn.Parameter(evaluate(torch.ones(2)))
print(parameter, torch.no_grad().__class__.__name__)
