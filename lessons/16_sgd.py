# %% [raw] tutor="lesson"
# title = "torch.optim.SGD is the loop by hand"
# needs = ["manual_update"]
# minutes = 8
# read = ["torch.optim", "SGD"]

# %% [markdown]
# # torch.optim.SGD is the loop by hand
#
# One weight is to learn `y = 2 * x` from four points. It begins at 0, so
# every prediction is 0, and the mean of `2 * x * (0 - y)` over the points
# is -30. The learning rate is 0.01.
#
# An optimizer does the update here. What will `w` be after its first
# `step()`? And after ten, will it be at 2, short of 2, or past it?

# %%
import torch
from torch import nn

X = torch.tensor([1.0, 2.0, 3.0, 4.0])
Y = torch.tensor([2.0, 4.0, 6.0, 8.0])

# %%
w = torch.tensor(0.0, requires_grad=True)
mean_squared_error = nn.MSELoss()
optimizer = torch.optim.SGD([w], lr=0.01)
for turn in range(10):
    loss = mean_squared_error(w * X, Y)
    loss.backward()
    optimizer.step()  #? w @ turn 1
    optimizer.zero_grad()
    print(f"w {w.item():.3f} loss {loss.item():.8f}")
    #> w 0.300 loss 30.00000000
    #> w 0.555 loss 21.67499924
    #> w 0.772 loss 15.66018772
    #> w 0.956 loss 11.31448650
    #> w 1.113 loss 8.17471695
    #> w 1.246 loss 5.90623236
    #> w 1.359 loss 4.26725292
    #> w 1.455 loss 3.08308983
    #> w 1.537 loss 2.22753215
    #> w 1.606 loss 1.60939169

# %% [markdown]
# From 0 to 0.3, which is 0.01 times 30, and short of 2 after ten turns: the
# slope shrinks with the distance, and each step with it.
#
# Nothing in `step()` needs an optimizer. Below the update is written out.
# Compare what happens inside a `step()` with the line under `no_grad()`.

# %%
w = torch.tensor(0.0, requires_grad=True)
for turn in range(10):
    loss = torch.mean((w * X - Y) ** 2)
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad = None
    print(f"w {w.item():.3f} loss {loss.item():.8f}")
    #> w 0.300 loss 30.00000000
    #> w 0.555 loss 21.67499924
    #> w 0.772 loss 15.66018772
    #> w 0.956 loss 11.31448650
    #> w 1.113 loss 8.17471695
    #> w 1.246 loss 5.90623236
    #> w 1.359 loss 4.26725292
    #> w 1.455 loss 3.08308983
    #> w 1.537 loss 2.22753215
    #> w 1.606 loss 1.60939169

# %% [markdown]
# The same twenty numbers. `step()` is the update in place under
# `no_grad()`, and `zero_grad()` sets each `.grad` to None.
#
# The next loop has the same lines in another order. Find the first line
# after which it holds something else than the first loop.

# %%
w = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.01)
for turn in range(3):
    loss = mean_squared_error(w * X, Y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    print(f"w {w.item():.3f} loss {loss.item():.8f}")
    #> w 0.000 loss 30.00000000
    #> w 0.000 loss 30.00000000
    #> w 0.000 loss 30.00000000

# %% [markdown]
# `zero_grad()` takes the gradient away before `step()` can use it. A weight
# whose `.grad` is None is skipped without a word, so there is no error and
# no learning.
#
# The rule: between `backward()` and `step()` nothing may touch `.grad`.
# Whether `zero_grad()` comes first in a turn or last makes no difference.
#
# One thing to change: in the first loop, remove `optimizer.zero_grad()`. In
# which turn does `w` first differ, and does it get nearer to 2 or not?

# %%
v = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([v], lr=0.1)
for turn in range(3):
    loss = (v - 3) ** 2
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()

# %% [raw] id="sgd-step-first" tutor="quiz"
# type = "number"
# prompt = """
# Each turn runs the loss, then `step()`, `zero_grad()` and `backward()`.
# `v` begins at 1, its slope there is -4, and the learning rate is 0.1.
# Where is `v` after three turns?"""
# ask = "v"
# hint = [
#     "What is in `.grad` at the very first `step()`?",
#     "Every `step()` uses the slope of the turn before.",
# ]
#
# [[wrong]]
# value = "torch.tensor(1.976)"
# why = """
# That is three updates in the usual order. Here the first `step()` finds no
# gradient and does nothing, and each later one uses a slope that is a turn
# old."""
#
# [[wrong]]
# value = "torch.tensor(1.0)"
# why = """
# `zero_grad()` comes before `backward()`, so the new gradient lives until
# the next turn's `step()`. Only the first `step()` is lost."""
#
# [[wrong]]
# change = ["optimizer.zero_grad()", ""]
# why = """
# That is what comes out if the gradients pile up. `zero_grad()` empties
# `.grad` in every turn, just before the next `backward()`."""

# %%
u = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([u], lr=0.1)
u = torch.tensor(5.0, requires_grad=True)
loss = (u - 3) ** 2
loss.backward()
optimizer.step()

# %% [raw] id="sgd-new-tensor" tutor="quiz"
# type = "number"
# prompt = """
# After the optimizer was made, `u` became a new tensor with value 5. Its
# slope is 4 and the learning rate is 0.1. What is `u` after `step()`?"""
# ask = "u"
# hint = [
#     "An optimizer is given tensors, not names.",
#     "Which tensor has a gradient, and which one does it know?",
# ]
#
# [[wrong]]
# value = "torch.tensor(4.6)"
# why = """
# That would be the update of the new tensor. The optimizer still holds the
# old one, to which `u` no longer points, and steps that."""
#
# [[wrong]]
# value = "torch.tensor(1.0)"
# why = """
# The old tensor is still 1, since its `.grad` is None. The name `u` stands
# for the new one."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# The optimizer finds no gradient on the tensor that it knows and skips it.
# It cannot notice that a name now means something else."""
