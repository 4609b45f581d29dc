# %% [raw] tutor="lesson"
# title = "The gradient of a gradient"
# needs = ["accumulation", "requires_grad_error"]
# minutes = 6
# read = [
#     "torch.autograd.grad",
#     "torch.Tensor.backward",
# ]

# %% [markdown]
# # The gradient of a gradient
#
# `torch.autograd.grad(y, x)` computes a gradient and returns it, instead of
# adding it to `x.grad`. It returns one for each input asked for, so the
# program below unpacks a tuple of one.
#
# `y` is `x**3` at `x = 4`, which is 64. The slope, `3 * x**2`, is 48. With
# `create_graph=True` torch is asked for the slope, and then for the
# gradient of that slope. Which number will `second` be?

# %%
import torch

x = torch.tensor(4.0, requires_grad=True)
y = x**3
(slope,) = torch.autograd.grad(y, x, create_graph=True)
print(slope)  #> tensor(48., grad_fn=<MulBackward0>)
(second,) = torch.autograd.grad(slope, x)  #? second
print(second, x.grad)  #> tensor(24.) None

# %% [markdown]
# `second` is 24: the slope of `3 * x**2` is `6 * x`. Whoever answered 48
# expected the first slope again. Nothing was put into `x.grad`.
#
# Look at the nodes of the second call: two products and a power. They are
# how the first call computed `1 * (3 * x**2)`, and torch recorded them like
# a line of your own. So `slope` has a `grad_fn`, and that is all that
# `create_graph=True` does. `second` was asked for without it and has none.
#
# Here is the same program without it. The number in `slope` is 48 again. At
# which step do the two runs first hold something different?

# %%
x = torch.tensor(4.0, requires_grad=True)
y = x**3
(slope,) = torch.autograd.grad(y, x)
print(slope)  #> tensor(48.)
(second,) = torch.autograd.grad(slope, x)
#! RuntimeError: element 0 of tensors does not require grad and does not
#! have a grad_fn

# %% [markdown]
# The error comes at the second call, but the runs part at the first: this
# `slope` is the number 48 and has no `grad_fn`.
#
# `backward()` takes `create_graph` as well. It puts the first gradient into
# `x.grad`, and that gradient has a graph of its own. Before you step on:
# what is in `x.grad` after `backward()` has been called on it?

# %%
x = torch.tensor(4.0, requires_grad=True)
y = x**3
y.backward(create_graph=True)
print(x.grad)  #> tensor(48., grad_fn=...)
x.grad.backward()  #? x.grad
print(x.grad)  #> tensor(72., grad_fn=...)

# %% [markdown]
# It is 72, which is 48 + 24: the second gradient is added to the first, as
# in every `backward()`. 24 would be right if it replaced the first.
#
# torch also warns: `x` and `x.grad` now keep each other in memory.
#
# The rule: a gradient is a number without history unless
# `create_graph=True` asks for its graph. With it, a gradient can be part of
# a loss. To differentiate twice, take `torch.autograd.grad`, which adds
# nothing to `.grad`.
#
# One thing to change: in the first program, give the second call
# `create_graph=True` too, and ask for a third derivative. Does it still
# depend on `x`?

# %%
v = torch.tensor(3.0, requires_grad=True)
(slope,) = torch.autograd.grad(v**2, v, create_graph=True)
loss = slope**2 + 5 * v
loss.backward()

# %% [raw] id="double-backward-penalty" tutor="quiz"
# type = "number"
# prompt = """
# `v` is 3 and `slope` is 6, the slope of `v**2`. The loss is
# `slope**2 + 5 * v`. What is in `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "Write `slope` as a formula in `v`, then the loss.",
#     "The loss is `(2 * v)**2 + 5 * v`.",
# ]
#
# [[wrong]]
# change = ["grad(v**2, v, create_graph=True)", "grad(v**2, v)"]
# why = """
# That is the share of `5 * v` alone. It is the answer without
# `create_graph=True`: then `slope` is the number 6 and brings nothing
# back, and no error tells you."""
#
# [[wrong]]
# value = "2 * slope + 5"
# why = """
# That is the gradient of `slope**2` for `slope`, plus 5. It has to be
# multiplied by how `slope` moves with `v`: 2 for each step of 1."""
#
# [[wrong]]
# change = ["loss = slope**2 + 5 * v", "loss = v**2 + 5 * v"]
# why = """
# That is the slope of `v**2`, plus 5. The loss contains the square of the
# slope, not the square of `v`."""

# %%
u = torch.tensor(2.0, requires_grad=True)
(slope,) = torch.autograd.grad(u**4, u, create_graph=True)
slope.backward()

# %% [raw] id="double-backward-what-is-kept" tutor="quiz"
# type = "number"
# prompt = """
# `u` is 2. `slope` is 32, the slope of `u**4`, and the slope of that is 48.
# What is in `u.grad` after `slope.backward()`?"""
# ask = "u.grad"
# hint = [
#     "Which of the two calls writes into `.grad`?",
#     "`torch.autograd.grad` returns what it computes.",
# ]
#
# [[wrong]]
# change = [
#     "(slope,) = torch.autograd.grad(u**4, u, create_graph=True)",
#     "(u**4).backward(create_graph=True); slope = u.grad",
# ]
# why = """
# 80 is 32 + 48. That is what comes out when both gradients go through
# `backward()`. Here the first was returned, not added to `.grad`."""
#
# [[wrong]]
# value = "slope"
# why = """
# 32 is what `torch.autograd.grad` returned. It put nothing into `.grad`;
# `backward()` did, and it put the slope of `slope` there."""
#
# [[wrong]]
# value = "None"
# why = """
# After `torch.autograd.grad` it is still None. Then `slope.backward()` runs,
# and that call adds its gradient to the leaf."""
