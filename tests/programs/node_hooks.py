"""Hooks on grad_fn nodes, and a walk over the graph by name."""

import torch

w = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
p = w * 3
s = p + b
loss = s**2


def names(node, depth=0):
    if node is None:
        return
    print("  " * depth + node.name())
    for parent, _ in node.next_functions:
        names(parent, depth + 1)


names(loss.grad_fn)
log = []
handles = [
    node.register_hook(lambda inputs, outputs, n=node.name(): log.append((n, [g.item() for g in outputs])))
    for node in (loss.grad_fn, s.grad_fn, p.grad_fn)
]
pre = s.grad_fn.register_prehook(lambda outputs: tuple(g * 2 for g in outputs))
loss.backward(retain_graph=True)
print(log)
print(w.grad.item(), b.grad.item())
pre.remove()
log.clear()
w.grad = b.grad = None
loss.backward()
print(log, w.grad.item(), b.grad.item())
accumulate = s.grad_fn.next_functions[1][0]
print(accumulate.name(), accumulate.variable is b, s.grad_fn.next_functions[0][0] is p.grad_fn)
s.grad_fn.metadata["mine"] = 1
print(s.grad_fn.metadata, p.grad_fn.metadata)
