# %% [raw] tutor="lesson"
# title = "What backward() does"
# needs = ["grad_fn"]
# minutes = 6
# read = [
#     "torch.Tensor.backward",
#     "A Gentle Introduction to torch.autograd",
# ]

# %% [markdown]
# # What backward() does
#
# A straight line: `y = x * w + b`. The input `x` is 5, the slope `w` of the
# line is 4 and `b` is 2, so `y` is 22.
#
# `y.backward()` asks: how fast does `y` change with each leaf that requires
# grad? Those are `w` and `b` here. Which number will be in `w.grad`?

# %%
import torch

x = torch.tensor(5.0)
w = torch.tensor(4.0, requires_grad=True)
b = torch.tensor(2.0, requires_grad=True)
y = x * w + b
y.backward()  #? w.grad
print(y)  #> tensor(22., grad_fn=<AddBackward0>)
print(w.grad, b.grad)  #> tensor(5.) tensor(1.)

# %% [markdown]
# It is 5, the value of `x`: when `w` grows a little, `y` grows five times
# as much. For `b` it is 1. Who said 4 has found the slope along `x`, which
# nobody asked for, and 22 is the value of `y`.
#
# Step through `y.backward()` once more. It starts with 1.0 at the result,
# since `y` changes exactly as fast as `y`. Each node turns the gradient
# that arrives into one for each of its inputs. AccumulateGrad stores it.
# The values of `x`, `w`, `b` and `y` stay as they are.
#
# Next, two programs in which `a` is 6 and `y` is `a**2`. In one of them `a`
# is computed, in the other it is made. Which of the two will have a number
# in `a.grad`?

# %%
x = torch.tensor(3.0, requires_grad=True)
a = x * 2
y = a**2
y.backward()
print(x.grad)  #> tensor(24.)

# %%
a = torch.tensor(6.0, requires_grad=True)
y = a**2
y.backward()
print(a.grad)  #> tensor(12.)

# %% [markdown]
# Only the second. In both runs a gradient of 12 arrives at `a`. In the
# second it is stored, because `a` is a leaf. In the first it is handed on
# to the node of `x * 2`, which doubles it to 24 for `x`. The row of `a`
# says *not kept*.
#
# The rule: `backward()` walks from the result back to the leaves and fills
# `.grad` of the leaves that require grad. What passes through on the way is
# not kept, and no value changes.
#
# One thing to change: give `requires_grad=True` to `x` in the first cell.
# Which number will be in `x.grad`? Do the other two change?

# %%
m = torch.tensor(7.0, requires_grad=True)
n = torch.tensor(4.0, requires_grad=True)
y = (m * 3 - n) * 5
y.backward()

# %% [raw] id="backward-minus" tutor="quiz"
# type = "number"
# prompt = """
# `m` is 7, `n` is 4, and `y` is `(m * 3 - n) * 5`. What is in `n.grad`
# after `y.backward()`?"""
# ask = "n.grad"
# hint = [
#     "Nudge `n`: if it grows by 0.1, what does `m * 3 - n` do?",
#     "And what does the factor 5 make of that?",
# ]
#
# [[wrong]]
# read_as = "upstream_ignored"
# why = """
# That is what the subtraction does on its own. Its node receives a gradient
# of 5 from the multiplication, and passes on -1 times what it received."""
#
# [[wrong]]
# value = "-n.grad"
# why = """
# The size is right. But `n` is subtracted: when it grows, `y` falls, so the
# gradient is negative."""
#
# [[wrong]]
# value = "n"
# why = """
# That is the value of `n`. It plays no part in how fast `y` changes with
# `n`, since `y` is a straight line in `n`."""

# %%
k = torch.tensor(5.0, requires_grad=True)
h = k * 6
y = h**2
y.backward()

# %% [raw] id="backward-on-the-way" tutor="quiz"
# type = "choice"
# prompt = """
# `k` is a leaf that requires grad, `h` is `k * 6`, and `backward()` ran on
# `h**2`. What is in `h.grad`?"""
# ask = "h.grad"
# hint = [
#     "Which of the three tensors are leaves?",
#     "What happens to a gradient on its way?",
# ]
#
# [[wrong]]
# read_as = "nonleaf_keep_grad"
# why = """
# That gradient does arrive at `h`. But a recorded multiplication made `h`,
# so it is not a leaf, and the gradient is passed on and not kept."""
#
# [[wrong]]
# value = "k.grad"
# why = """
# That is the gradient of `k`. It is six times the one that passed through
# `h`, and it was stored at `k` only."""
#
# [[wrong]]
# value = "0.0"
# why = """
# 0 would say that `y` does not depend on `h`. Nothing was stored, and that
# is written None."""
