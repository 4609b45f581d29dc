"""contextlib: contextmanager, ExitStack, suppress, redirect_stdout, nullcontext, closing."""

import contextlib
import io

import torch


@contextlib.contextmanager
def training(model):
    model.train()
    print("training", model.training)
    try:
        yield model
    finally:
        model.eval()
        print("training", model.training)


@contextlib.contextmanager
def temporary(tensor, value):
    before = tensor.detach().clone()
    with torch.no_grad():
        tensor.fill_(value)
    yield
    with torch.no_grad():
        tensor.copy_(before)


model = torch.nn.Linear(2, 1)
x = torch.ones(1, 2)
with training(model), temporary(model.weight, 3.0), temporary(model.bias, 1.0):
    print(model(x).item())

with contextlib.suppress(ZeroDivisionError, KeyError):
    {}["missing"]
    print("never printed")

with contextlib.ExitStack() as stack:
    stack.callback(print, "last")
    stack.enter_context(torch.no_grad())
    stack.callback(lambda: print("grad mode is", torch.is_grad_enabled()))
    print((torch.ones(1, requires_grad=True) * 2).requires_grad)

caught = io.StringIO()
with contextlib.redirect_stdout(caught):
    print("hidden", torch.arange(3))
print("caught:", caught.getvalue().strip())

for inference in (False, True):
    with torch.no_grad() if inference else contextlib.nullcontext():
        print(inference, (torch.ones(1, requires_grad=True) * 2).requires_grad)
