# %% [raw] tutor="lesson"
# title = "What was copied is summed"
# needs = ["fan_out", "broadcasting"]
# minutes = 5
# read = ["Broadcasting semantics", "torch.Tensor.expand"]

# %% [markdown]
# # What was copied is summed
#
# `b` has two numbers, `rows` has three rows of two. In `rows + b`
# broadcasting adds `b` to every row, as if there were three copies of it.
#
# The sum of a tensor has slope 1 for each of its numbers. Which number will
# be the first in `b.grad`?

# %%
import torch

rows = torch.tensor([[1.0, 5.0], [2.0, 6.0], [4.0, 7.0]])
b = torch.tensor([10.0, 20.0], requires_grad=True)
moved = rows + b
moved.sum().backward()  #? b.grad
print(moved.shape, b.grad)  #> torch.Size([3, 2]) tensor([3., 3.])

# %% [markdown]
# It is 3. Raise the first number of `b` by 1, and three numbers in `moved`
# rise by 1, so the sum rises by 3. Whoever answered 1 counts one use of `b`;
# there are three, on one line.
#
# Now the same without broadcasting: `b` is added to each row by hand. The
# same 3 comes out. Step through both `backward()` calls. Where do they
# first differ, and where do the three ones become 3?

# %%
b = torch.tensor([10.0, 20.0], requires_grad=True)
moved = torch.stack([rows[0] + b, rows[1] + b, rows[2] + b])
moved.sum().backward()
print(moved.shape, b.grad)  #> torch.Size([3, 2]) tensor([3., 3.])

# %% [markdown]
# They differ at the first node after the sum. By hand, `b` has three
# edges, each brings `[1, 1]`, and they are added where they meet. With
# broadcasting there is one edge, and `AddBackward0` does the adding: three
# rows go in, one row `[3, 3]` comes out.
#
# A factor is treated the same way. `column` below has one number for each
# row, used twice, once in each column. Work out `column.grad` before it is
# printed.

# %%
column = torch.tensor([[10.0], [20.0], [30.0]], requires_grad=True)
scaled = rows * column
scaled.sum().backward()  #? column.grad
print(column.grad)
#> tensor([[ 6.],
#>         [ 8.],
#>         [11.]])

# %% [markdown]
# The slope for one use of 10 is the number it meets: 1 in one place and 5
# in the other, together 6.
#
# The rule: a gradient has the shape of its leaf, never the shape that
# broadcasting made of it. Along every dimension that was stretched, the
# gradients of the copies are summed.
#
# One thing to change: in the first program write `mean()` for `sum()`.
# What is in `b.grad` then, and why is it not 3 divided by 3?

# %%
w = torch.tensor([[2.0], [3.0]], requires_grad=True)
t = torch.tensor([1.0, 4.0, 7.0])
(w * t).sum().backward()

# %% [raw] id="broadcast-gradient-column" tutor="quiz"
# type = "tensor"
# prompt = """
# `w` has the shape (2, 1) and `t` is `[1, 4, 7]`, so `w * t` has the shape
# (2, 3). What is in `w.grad` after `(w * t).sum().backward()`?"""
# ask = "w.grad"
# hint = [
#     "Which shape must it have?",
#     "Each number of `w` meets every number of `t` once.",
# ]
#
# [[wrong]]
# value = "t.expand(2, 3)"
# why = """
# Those are the gradients of the six products, before the copies of `w` are
# put together. `.grad` has the shape of `w`: each row is summed."""
#
# [[wrong]]
# read_as = "sum_is_mean"
# why = """
# That is a sixth of it, as `mean()` would give. The copies are summed, and
# nothing in this program divides."""
#
# [[wrong]]
# value = "torch.tensor([[3.0], [3.0]])"
# why = """
# That counts the copies. Here `w` is a factor, so each copy brings the
# number of `t` that it meets, not 1."""

# %%
a = torch.tensor(2.5, requires_grad=True)
t = torch.tensor([1.0, 3.0, 5.0])
(a * t + a**2).sum().backward()

# %% [raw] id="broadcast-gradient-two-paths" tutor="quiz"
# type = "number"
# prompt = """
# `a` is 2.5, `t` is `[1, 3, 5]`. What is in `a.grad` after
# `(a * t + a**2).sum().backward()`?"""
# ask = "a.grad"
# hint = [
#     "There are two paths back to `a`, and on both something was copied.",
#     "How often is `a**2` in the sum?",
# ]
#
# [[wrong]]
# read_as = "last_path_only"
# why = """
# That is the path through `a**2` alone: three times 5. The path through
# `a * t` brings 9 more, and the two meet at `a` and are added."""
#
# [[wrong]]
# value = "t.sum() + 2 * a"
# why = """
# That takes `a**2` once. It is one number added to three, so it is in the
# sum three times, and its slope counts three times."""
#
# [[wrong]]
# value = "t.sum()"
# why = """
# That is the path through `a * t` alone. The path through `a**2` brings
# three times 5 on top."""
