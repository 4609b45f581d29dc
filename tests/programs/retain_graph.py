"""retain_graph: the same graph walked three times, and what needs no retaining."""

import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w**3).sum()
for turn in range(2):
    loss.backward(retain_graph=True)
    print(turn, w.grad)
loss.backward()
print(w.grad)
try:
    loss.backward()
except RuntimeError as error:
    print(str(error)[:55])
plus = (w + 1).sum()
w.grad = None
plus.backward()
plus.backward()
print("nothing saved:", w.grad)
for share in (lambda t: t + 2, lambda t: t * 2):
    h = share(w)
    p, q = (h**2).sum(), h.exp().sum()
    w.grad = None
    p.backward()
    try:
        q.backward()
        print("the shared node saved nothing:", w.grad)
    except RuntimeError as error:
        print("the shared node saved the 2:", str(error)[:28], w.grad)
try:
    p.grad_fn.next_functions[0][0]._saved_self
except RuntimeError as error:
    print(str(error)[:45])
