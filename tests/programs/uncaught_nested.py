"""An uncaught exception from deep inside: chained, through finally and a context manager."""
# tutor: exit=1

import contextlib

import torch


@contextlib.contextmanager
def region(name):
    print("enter", name)
    try:
        yield
    finally:
        print("leave", name)


class Layer(torch.nn.Module):
    def forward(self, x):
        if x.sum() > 2:
            raise ArithmeticError("sum too large")  # raises
        return x


def run(x):
    with region("layer"):
        try:
            return Layer()(x)
        except ArithmeticError as error:
            raise LookupError("in run") from error
        finally:
            print("finally", torch.is_grad_enabled())


print(run(torch.ones(2)))
run(torch.ones(3))
