"""A custom autograd.Function with a backward that can itself be differentiated."""

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 3 * x**2


class Clamp(Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.low, ctx.high = low, high
        ctx.mark_non_differentiable()
        inside = (x >= low) & (x <= high)
        ctx.save_for_backward(inside)
        return x.clamp(low, high)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_output):
        (inside,) = ctx.saved_tensors
        print("backward of Clamp", ctx.low, ctx.high, ctx.needs_input_grad)
        return grad_output * inside, None, None


class TwoOut(Function):
    @staticmethod
    def forward(x):
        return x.sin(), x.cos()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*output)

    @staticmethod
    def backward(ctx, grad_sin, grad_cos):
        sin, cos = ctx.saved_tensors
        return grad_sin * cos - grad_cos * sin


x = torch.tensor(2.0, requires_grad=True)
y = Cube.apply(x)
(first,) = torch.autograd.grad(y, x, create_graph=True)
(second,) = torch.autograd.grad(first, x, create_graph=True)
(third,) = torch.autograd.grad(second, x)
print(y.item(), first.item(), second.item(), third.item(), y.grad_fn.name())

v = torch.tensor([-2.0, 0.5, 3.0], requires_grad=True)
Clamp.apply(v * 1, 0.0, 1.0).sum().backward()
print(v.grad)

s, c = TwoOut.apply(x)
(s * c).backward()
print(f"{x.grad.item():.6f} {torch.cos(2 * x).item():.6f}", s.grad_fn is c.grad_fn)
print(torch.autograd.gradcheck(Cube.apply, torch.rand(3, dtype=torch.float64, requires_grad=True)))
