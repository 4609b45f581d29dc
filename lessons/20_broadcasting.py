# %% [raw] tutor="lesson"
# title = "A target with one dimension too few"
# needs = ["linear"]
# minutes = 7
# read = ["Broadcasting semantics", "MSELoss"]

# %% [markdown]
# # A target with one dimension too few
#
# Four points lie on `y = 3 * x + 7`, and training begins with `w` and `b` at
# 0. The column `X` has the shape (4, 1), and so has `w * X + b`.
#
# The first program gives the target this shape too. In the second, the
# target is a plain row of four numbers, of the shape (4,). What will it do
# at `w * X + b - target`: raise an error, or go on? With how many
# differences?

# %%
import torch

X = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
target = torch.tensor([[1.0], [4.0], [10.0], [13.0]])
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.2)
for turn in range(2):
    difference = w * X + b - target
    loss = (difference**2).mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    print(f"loss {loss.item():.2f} w {w.item():.2f} b {b.item():.2f}")
    #> loss 71.50 w 3.00 b 2.80
    #> loss 17.64 w 3.00 b 4.48

# %%
target = torch.tensor([1.0, 4.0, 10.0, 13.0])
w = torch.tensor(0.0, requires_grad=True)
b = torch.tensor(0.0, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.2)
for turn in range(2):
    difference = w * X + b - target  #? tuple(difference.shape) @ turn 1
    loss = (difference**2).mean()
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    print(f"loss {loss.item():.2f} w {w.item():.2f} b {b.item():.2f}")
    #> loss 71.50 w 0.00 b 2.80
    #> loss 40.14 w 0.00 b 4.48

# %% [markdown]
# 16 differences, of the shape (4, 4), and no error. Whoever expected four
# pairs the elements in their order. Shapes are lined up from the right
# instead: (4,) counts as (1, 4), and each dimension of size 1 is stretched
# to fit the other. That is broadcasting.
#
# So each prediction is compared with all four targets. `w.grad` is -15 in
# the first run and 0 in this one: `w` stays at 0, and `b` goes to 7, the
# mean of the targets. The loss hides it: it begins at 71.50 and falls in
# both runs.
#
# `nn.functional.mse_loss` is given both tensors. Next, their shapes agree,
# and each prediction is exactly right.

# %%
from torch import nn

exact = torch.tensor([[1.0], [4.0], [6.0]])
column = torch.tensor([[1.0], [4.0], [6.0]])
print(nn.functional.mse_loss(exact, column))  #> tensor(0.)

# %% [markdown]
# The rule: before you subtract, compare the shapes. `mse_loss` warns if
# they differ, and goes on. A difference that you write yourself is not
# checked by anybody. `target.reshape(-1, 1)` turns a row of numbers into a
# column.
#
# One thing to change: in the second program, put
# `target = target.reshape(-1, 1)` below the first line. At which step do
# the numbers of the first program come back?

# %%
row = torch.tensor([1.0, 4.0, 6.0])
loss = nn.functional.mse_loss(exact, row)

# %% [raw] id="broadcasting-exact" tutor="quiz"
# type = "number"
# prompt = """
# `exact` is the column 1, 4, 6, and `row` holds 1, 4, 6 with shape (3,).
# There was a warning. What is `loss`?"""
# ask = "loss"
# hint = [
#     "How many differences are there?",
#     "Each of the pairs 1 and 4, 1 and 6, 4 and 6 occurs twice.",
# ]
#
# [[wrong]]
# read_as = "mse_elementwise"
# why = """
# That pairs the elements in their order. The shapes (3, 1) and (3,) make
# nine differences, and only three of them are 0."""
#
# [[wrong]]
# read_as = "mean_is_sum"
# why = """
# That is the sum of the nine squares. `mse_loss` divides it by nine."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# These shapes fit by the rules of broadcasting, so nothing is raised. The
# warning is all that there is."""

# %%
s = torch.ones(5, 1)
t = torch.ones(3)

# %% [raw] id="broadcasting-shape" tutor="quiz"
# type = "shape"
# prompt = """
# `s` has shape (5, 1) and `t` has shape (3,). What is the shape of
# `s * t`?"""
# ask = "tuple((s * t).shape)"
# hint = [
#     "Line the shapes up from the right.",
#     "A dimension that is missing, or is 1, takes the size of the other.",
# ]
#
# [[wrong]]
# value = "(5, 1)"
# why = """
# That keeps the shape of `s`. Its last dimension is 1 and is repeated to
# match the 3 of `t`."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# An error needs two sizes that differ and are both not 1. Here 1 meets 3,
# and 5 meets a dimension that is missing."""
#
# [[wrong]]
# value = "(15,)"
# why = "There are 15 products, but they stay in rows and columns."
