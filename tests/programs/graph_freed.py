"""The graph is freed after backward: intermediates and saved tensors are gone at once."""

import gc
import weakref

import torch

gc.disable()


class Token:
    pass


class Saved(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        kept = x * 2
        ctx.save_for_backward(kept)
        alive.append(weakref.ref(kept))
        return kept + 1

    @staticmethod
    def backward(ctx, grad):
        (kept,) = ctx.saved_tensors
        return grad * kept


alive = []
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w.exp()
intermediate = weakref.ref(h)
loss = (h * h).sum()
token = h.grad_fn.metadata["token"] = Token()
node = weakref.ref(token)
del token
del h
print("before", intermediate() is None, node() is None, loss.grad_fn is not None)
loss.backward()
print("after", intermediate() is None, w.grad)
del loss
print("loss gone", node() is None)

out = Saved.apply(w)
out.sum().backward()
del out
print("custom", [r() is None for r in alive])

history = []
for turn in range(3):
    loss = (w * turn).sum()
    history.append(weakref.ref(loss))
    loss.backward()
print([r() is None for r in history], gc.isenabled())
del loss
print([r() is None for r in history])
(g,) = torch.autograd.grad((w**3).sum(), w, create_graph=True)
kept = weakref.ref(g)
g = None
print(kept() is None)
gc.enable()
