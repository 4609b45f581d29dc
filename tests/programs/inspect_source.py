"""inspect.getsource, signatures, line numbers and the frame of the moment."""

import inspect
import os
import sys

import torch


def loss(w, x=1.0, *, power=2):
    """Raises."""
    # a comment that must survive
    return ((w - x) ** power).sum()


class Model(torch.nn.Module):
    def forward(self, x): return x * 2


print(inspect.getsource(loss))
print(inspect.getsource(Model), inspect.getsourcelines(Model.forward)[1])
print(inspect.signature(loss), inspect.getdoc(loss), inspect.getcomments(loss), inspect.getmodule(loss).__name__)
print(os.path.basename(inspect.getfile(Model)), loss.__code__.co_firstlineno)


def here():
    frame = inspect.currentframe()
    caller = frame.f_back
    return frame.f_lineno, caller.f_lineno, caller.f_code.co_name, sorted(frame.f_locals)


print(here())
y = loss(torch.ones(2, requires_grad=True)); print(sys._getframe().f_lineno, y.item())
print((lambda: sys._getframe(1).f_lineno)(), [line.strip() for line in inspect.stack()[0].code_context])
print(sys._getframe().f_trace, sys.gettrace(), sys.getprofile(), sys._getframe().f_code.co_name)
