# %% [raw] tutor="lesson"
# title = "Leaves"
# needs = ["nudge"]
# minutes = 5
# read = [
#     "torch.Tensor.is_leaf",
#     "Understanding requires_grad, retain_grad, Leaf, and Non-leaf Tensors",
# ]

# %% [markdown]
# # Leaves
#
# A *leaf* is a tensor that did not come out of a recorded operation.
# `backward()` stores gradients at leaves, so it pays to know them.
#
# Four tensors are made below. Only `x` is told to require grad. How many of
# the four are leaves?

# %%
import torch

x = torch.tensor(5.0, requires_grad=True)
c = torch.tensor(3.0)
y = x * c
d = c + 4
leaves = [x.is_leaf, c.is_leaf, y.is_leaf, d.is_leaf]  #? sum(leaves)
print(leaves)  #> [True, True, False, True]
y.backward()
print(x.grad, c.grad)  #> tensor(3.) None

# %% [markdown]
# Three: all but `y`. Who counts one takes "leaf" for "requires grad". Who
# counts two misses `d`, which was computed. But torch records an operation
# only if one of its inputs requires grad. Neither `c` nor 4 does, so `d` is
# as good as made by hand.
#
# For a leaf that does not require grad, such as `c`, no gradient is stored.
# The screen therefore writes *leaf* only for the other kind, here `x`.
#
# Now two programs that square a `w` of 4. They differ in how `w` is made.
# At which step do they first differ in what is known about `w`?

# %%
w = torch.tensor(4.0, requires_grad=True)
(w**2).backward()
print(w.grad)  #> tensor(8.)

# %%
w = torch.tensor(40.0, requires_grad=True) * 0.1
(w**2).backward()
print(w.grad)  #> None

# %% [markdown]
# Right at the first line. Both `w` are 4 and both require grad, but the
# second is the result of a multiplication. The leaf is the 40, and it has
# no name. The gradient goes through `w` to the 40 and is stored there; the
# graph shows it. The warning before None says so too: `w` is not a leaf.
#
# The rule: a tensor is a leaf if no recorded operation made it. A gradient
# is stored at a leaf that requires grad, and nowhere else unless you ask.
#
# One thing to change: write `torch.tensor(40.0 * 0.1, requires_grad=True)`
# in the cell above. What is printed then?

# %%
a = torch.tensor(4.0, requires_grad=True)
b = torch.tensor(6.0)
(a * b).backward()

# %% [raw] id="leaf-without-flag" tutor="quiz"
# type = "choice"
# prompt = """
# `a` is 4 and requires grad. `b` is 6 and does not. `backward()` ran on
# `a * b`. What is in `b.grad`?"""
# ask = "b.grad"
# hint = [
#     "Is `b` a leaf? Is that enough?",
#     "Which two things does a tensor need for a gradient to be stored?",
# ]
#
# [[wrong]]
# change = ["torch.tensor(6.0)", "torch.tensor(6.0, requires_grad=True)"]
# why = """
# That is the slope along `b`, and `b` would get it if it required grad. It
# is a leaf, but torch was not told to follow it."""
#
# [[wrong]]
# value = "0.0"
# why = """
# 0 would mean that `b` has no influence on the product. It was not asked,
# and torch says that with None."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# `backward()` fails if nothing it can reach requires grad. Here `a` does;
# `b` is left out without a word."""

# %%
t = torch.tensor(3.5, requires_grad=True)
same = t.to("cpu")
wide = t.to(torch.float64)

# %% [raw] id="leaf-after-to" tutor="quiz"
# type = "choice"
# prompt = """
# `t` is a float32 leaf on the CPU. `same` is `t.to("cpu")`, and `wide` is
# `t.to(torch.float64)`. Which of the two is a leaf? Answer with a pair:
# `same`, then `wide`."""
# ask = "(same.is_leaf, wide.is_leaf)"
# hint = [
#     "Which of the two calls has anything to do?",
#     "Is a conversion an operation? Does its input require grad?",
# ]
#
# [[wrong]]
# value = "(True, True)"
# why = """
# A conversion from float32 to float64 makes a new tensor out of one that
# requires grad. That is recorded like a multiplication, so the result is
# not a leaf."""
#
# [[wrong]]
# value = "(False, False)"
# why = """
# `t` is on the CPU already, so `t.to("cpu")` has nothing to do and gives
# back `t` itself."""
#
# [[wrong]]
# value = "(False, True)"
# why = """
# It is the other way round. `to("cpu")` gives back the very same tensor;
# `to(torch.float64)` computes a new one."""
