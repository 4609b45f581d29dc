# %% [raw] tutor="lesson"
# title = "In place, and what was saved"
# needs = ["chain_rule", "detach"]
# minutes = 6
# read = [
#     "In-place operations with autograd",
#     "In-place correctness checks",
# ]

# %% [markdown]
# # In place, and what was saved
#
# `y.add_(1)` writes into `y`: no new tensor, the old numbers are gone. Some
# say that autograd does not allow this.
#
# Below, `y` is 4 times `x`, then 1 is added in place, then `y` is squared.
# If it runs, which number will be the first in `x.grad`? For `x = 3`, the
# number in `y` is 12 before `add_` and 13 after it.

# %%
import torch

x = torch.tensor([3.0, 5.0], requires_grad=True)
y = x * 4
y.add_(1)
z = y**2
z.sum().backward()  #? x.grad
print(x.grad)  #> tensor([104., 168.])

# %% [markdown]
# It runs, and 104 is right: 2 times 13, times 4. `x * 4` needs only the 4
# for its slope, so nobody misses the 12. `y**2` needs `y`, and its node
# kept it: a saved tensor. It was saved after `add_`, so it is the 13.
#
# A tensor also counts how often it was written to. This is its version:
# 0 when it is new, 1 after `add_`. A node notes the version of what it
# saves.
#
# In the next cell the two middle lines are swapped. Which line raises?

# %%
x = torch.tensor([3.0, 5.0], requires_grad=True)
y = x * 4
z = y**2
y.add_(1)  #? y._version
z.sum().backward()
#! RuntimeError: one of the variables needed for gradient computation has
#! been modified by an inplace operation: ... is at version 1; expected
#! version 0 instead. ...

# %% [markdown]
# Not `add_`, but `backward()`. The node of `y**2` saved `y` at version 0,
# and finds version 1 when it wants to use it. The 12 is gone, and 2 times
# 13 would be wrong, so it raises.
#
# The check counts writes; it does not compare numbers. A write through
# `.data` is not counted. Below, `x` is 1 when it is squared, then 99 is
# written that way. The slope at 1 is 2. What is in `x.grad`?

# %%
x = torch.tensor(1.0, requires_grad=True)
y = x**2
x.data.fill_(99.0)
y.backward()  #? x.grad
print(y.item(), x.grad)  #> 1.0 tensor(198.)

# %% [markdown]
# 198, which is 2 times 99. No error, no warning, and not the slope of
# anything that was computed: `y` is still 1.
#
# The rule: writing in place is fine as long as no node saved the old
# numbers. If one did, the version gives it away and `backward()` raises. A
# write through `.data` leaves no trace in the version, and the gradient is
# wrong without a word.
#
# One thing to change: in the last program write `x.detach().fill_(99.0)`.
# That is the same storage and the same 99. What does `backward()` do?

# %%
u = torch.tensor([0.5, 1.5], requires_grad=True)
e = u.exp()
e.mul_(3)
loss = e.sum()

# %% [raw] id="in-place-exp" tutor="quiz"
# type = "error"
# prompt = """
# The slope of `exp(u)` is `exp(u)` itself, so the node of `exp` saves its
# result. Then `e.mul_(3)` runs. What does `loss.backward()` do?"""
# ask = "loss.backward()"
# hint = [
#     "What does `mul_` do to the version of `e`?",
#     "Which node needs `e`, and which numbers does it need?",
# ]
#
# [[wrong]]
# read_as = "inplace_is_copy"
# why = """
# It would run if `mul_` made a new tensor and left `e` alone. It writes
# into `e`, and `e` is what the node of `exp` saved."""
#
# [[wrong]]
# value = "RuntimeError('a leaf Variable that requires grad is being used')"
# why = """
# That is raised when you write into a leaf, and at the write itself. `e` is
# a result, so the write is allowed; the trouble comes in `backward()`."""

# %%
a = torch.tensor(3.0, requires_grad=True)
b = a + 2
b.mul_(5)
(b * a).backward()

# %% [raw] id="in-place-nothing-lost" tutor="quiz"
# type = "number"
# prompt = """
# `a` is 3. `b = a + 2`, then `b.mul_(5)`, then `(b * a).backward()`. What
# is in `a.grad`?"""
# ask = "a.grad"
# hint = [
#     "Was anything saved before `mul_` wrote into `b`?",
#     "There are two paths back to `a`: through `b`, and directly.",
# ]
#
# [[wrong]]
# read_as = "inplace_is_copy"
# why = """
# That leaves `b` at `a + 2`. `mul_(5)` wrote 25 into `b` and became part of
# its graph, so the 5 is in both paths."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# An addition saves nothing, and `b * a` saves `b` after it was written to.
# No saved tensor was changed, so there is nothing to raise about."""
#
# [[wrong]]
# value = "b"
# why = """
# That is the direct path alone: `b` is 25. The path through `b` brings 5
# times 3 more, and the two are added."""
