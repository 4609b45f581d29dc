"""gradcheck and gradgradcheck: a right function, a wrong one, and the message."""

import torch
from torch.autograd import Function, gradcheck, gradgradcheck


class Right(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.saved_tensors[0]


class Wrong(Right):
    @staticmethod
    def backward(ctx, grad):
        return grad * 3 * ctx.saved_tensors[0]


x = torch.tensor([0.5, -1.5], dtype=torch.float64, requires_grad=True)
print(gradcheck(Right.apply, x), gradgradcheck(Right.apply, x))
print(gradcheck(Wrong.apply, x, raise_exception=False))
try:
    gradcheck(Wrong.apply, x)
except RuntimeError as error:
    print(str(error).splitlines()[0])
print(gradcheck(torch.nn.functional.softplus, x), gradcheck(lambda a, b: a @ b, (x, x.detach().clone().requires_grad_())))
print(gradcheck(torch.sin, x, fast_mode=True))
