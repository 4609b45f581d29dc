# %% [raw] tutor="lesson"
# title = "Zero, dead and NaN gradients"
# needs = ["chain_rule", "scalar"]
# minutes = 6
# read = [
#     "Gradients for non-differentiable functions",
#     "torch.where",
#     "Anomaly detection",
# ]

# %% [markdown]
# # Zero, dead and NaN gradients
#
# A gradient can be useless without any error.
#
# The slope of the square root is `1 / (2 * root)`. At 16 that is 0.125. At
# 0 the root is 0 and its slope is infinite. To stay away from that,
# `torch.where` picks the root only where `x` is above 0, and `x` itself
# elsewhere. For 0 it picks `x`, and the slope of `x` is 1.
#
# The result is [0, 4], as it should be. Which number is the first one in
# `x.grad`?

# %%
import torch

x = torch.tensor([0.0, 16.0], requires_grad=True)
y = torch.where(x > 0, x.sqrt(), x)
print(y)  #> tensor([0., 4.], grad_fn=<WhereBackward0>)
y.sum().backward()  #? x.grad
print(x.grad)  #> tensor([   nan, 0.1250])

# %% [markdown]
# It is nan, not a number. Whoever answered 1 expects that what was not
# picked was not computed. But `x.sqrt()` ran for both elements, before
# `where` chose, and so it is in the graph for both.
#
# Look at the node of `sqrt` in `backward()`. `where` hands it 0 for the
# element that was not picked. It multiplies by the slope, and 0 times
# infinity is nan. Then 1 is added from the other path, and nan + 1 is nan.
#
# The next cell chooses before the root, not after it. Compare the two nodes
# of `sqrt`: what did each of them save?

# %%
x = torch.tensor([0.0, 16.0], requires_grad=True)
safe = torch.where(x > 0, x, 1.0)
y = torch.where(x > 0, safe.sqrt(), x)
print(y)  #> tensor([0., 4.], grad_fn=<WhereBackward0>)
y.sum().backward()
print(x.grad)  #> tensor([1.0000, 0.1250])

# %% [markdown]
# The result is the same. The root saved 1 instead of 0 for the first
# element, its slope there is 0.5, and 0 times 0.5 is 0.
#
# One nan is enough to spoil a model: an update with nan makes the weight
# nan, and every later result with it. Another useless gradient is quieter.
# `torch.relu` returns 0 for everything below 0, so it is flat there. Below,
# `3 * w` should become 6, and begins at -1.5. Where is `w` after three
# turns?

# %%
w = torch.tensor(-0.5, requires_grad=True)
for turn in range(3):
    loss = (torch.relu(3 * w) - 6) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
    print(loss.item(), w.grad, w.item())
    #> 36.0 tensor(0.) -0.5
    #> 36.0 tensor(0.) -0.5
    #> 36.0 tensor(0.) -0.5
    w.grad = None

# %% [markdown]
# It has not moved. -12 arrives at the node of `relu`, and 0 leaves it. `w`
# would have to move for the gradient to change, and only the gradient moves
# `w`: such a unit is called dead. Rounding is flat too; its gradient is 0.
#
# The rule: `backward()` runs through all that was computed, picked or not,
# and multiplies. A slope of 0 ends a path without a word, an infinite one
# turns 0 into nan. Keep bad numbers out before the operation, not after it.
#
# One thing to change: in the first program, write
# `torch.autograd.set_detect_anomaly(True)` below the import. `backward()`
# then raises where the first nan is made. Which node does the error name?

# %%
v = torch.tensor([2.6, 5.3], requires_grad=True)
(v.round() * v).sum().backward()

# %% [raw] id="dead-rounded-factor" tutor="quiz"
# type = "tensor"
# prompt = """
# `v` is [2.6, 5.3], and `v.round()` is [3, 5]. `backward()` ran on the sum
# of `v.round() * v`. What is in `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "There are two paths back to `v`. What comes back along each?",
#     "One of the two paths goes through a flat function.",
# ]
#
# [[wrong]]
# change = ["v.round() * v", "v * v"]
# why = """
# That is `2 * v`, the slope of `v * v`. Rounding changes the number, and
# it is flat, so nothing comes back through it."""
#
# [[wrong]]
# value = "v.round() + v"
# why = """
# That lets the gradient through `round()` as if its slope were 1. It is 0,
# so only the plain factor `v` brings something back."""
#
# [[wrong]]
# value = "torch.zeros(2)"
# why = """
# The path through `round()` brings 0. The other factor is `v` itself, and
# its path is open."""

# %%
X = torch.tensor([0.0, 9.0])
u = torch.tensor(4.0, requires_grad=True)
(u * X).sqrt().sum().backward()

# %% [raw] id="dead-one-bad-point" tutor="quiz"
# type = "choice"
# prompt = """
# `u` is 4 and meets two points, 0 and 9. The roots of `u * X` are 0 and 6,
# and the point 9 alone would bring 0.75. What is in `u.grad`?"""
# ask = "u.grad"
# hint = [
#     "What does the node of `sqrt` send back for the point 0?",
#     "That is multiplied by the point, and both shares are added.",
# ]
#
# [[wrong]]
# change = ["X = torch.tensor([0.0, 9.0])", "X = torch.tensor([9.0])"]
# why = """
# 0.75 is the share of the point 9. The share of the point 0 is infinity
# times 0, which is nan and not 0, and a sum with nan in it is nan."""
#
# [[wrong]]
# value = "torch.tensor(float('inf'))"
# why = """
# Infinity leaves the node of `sqrt`. Then it is multiplied by the point,
# which is 0, and infinity times 0 is nan."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# nan is a number like any other to torch. It raises nothing, unless anomaly
# detection was switched on."""
