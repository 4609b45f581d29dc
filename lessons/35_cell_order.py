# %% [raw] tutor="lesson"
# title = "The notebook that was run out of order"
# needs = ["scalar"]
# minutes = 5
# read = ["Automatic Differentiation with torch.autograd"]

# %% [markdown]
# # The notebook that was run out of order
#
# A notebook has three cells. The first makes `x` and prints it: 0.8152,
# 0.0337, 0.0456. The second says `y = x + 2`. The third says
# `z = y * y * 2` and prints `z`. Below it one reads 12.36, 12.44 and so on.
#
# Here are the three, run once from top to bottom. What is the first number
# in `z`, to two digits?

# %%
import torch

x = torch.tensor([0.8152, 0.0337, 0.0456], requires_grad=True)
y = x + 2
z = y * y * 2  #? z[0]
print(z)
#> tensor([15.8507,  8.2719,  8.3690], grad_fn=<MulBackward0>)
z.mean().backward()
print(x.grad)  #> tensor([3.7536, 2.7116, 2.7275])

# %% [markdown]
# It is 15.85: 2.8152 squared, times 2. With this `x` the line `z = y * y * 2`
# cannot print 12.36, and nothing in the notebook is computed wrongly. So
# the `x` that is printed is not the one that `z` came from.
#
# Go backwards from 12.36. Half of it is 6.18, the root of that is 2.486, so
# the first number in `x` was 0.486. In the same way 12.44 gives 0.494.
#
# Below are the cells in the order in which they must have been run. The
# third number of the old `x` is made up. At which line do `x` and `y` stop
# belonging together?

# %%
x = torch.tensor([0.4860, 0.4940, 0.7310], requires_grad=True)
y = x + 2

# %%
x = torch.tensor([0.8152, 0.0337, 0.0456], requires_grad=True)
print(x)
#> tensor([0.8152, 0.0337, 0.0456], requires_grad=True)

# %%
z = y * y * 2
print(z)
#> tensor([12.3604, 12.4401, 14.9167], grad_fn=<MulBackward0>)
z.mean().backward()
print(x.grad)  #> None

# %% [markdown]
# At `x = ...` in the middle cell. It was run again, and the cell with
# `y = x + 2` was not. `y` was computed once, from the tensor that `x` named
# then. `backward()` went back to that old leaf, which has no name any more,
# and the new `x` has None.
#
# The rule: a name means what it was given last, in the order in which the
# cells *ran*. The page shows another order, and keeps old outputs. Restart
# the notebook and run all cells before you believe a number in it. `tutor`
# always runs a notebook that way.
#
# One thing to change: put `y = x + 2` in front of the last cell's first
# line. Which outputs then agree with the first run?

# %%
m = torch.tensor(3.5)
n = m * 4
m = torch.tensor(10.0)
total = m + n

# %% [raw] id="cell-order-rebound" tutor="quiz"
# type = "number"
# prompt = """
# `m` is 3.5 and `n` is `m * 4`. Then `m` is made anew, as 10. What is
# `m + n`?"""
# ask = "total"
# hint = [
#     "When was `n` computed, and from what?",
#     "Did anything compute `n` again?",
# ]
#
# [[wrong]]
# value = "m + m * 4"
# why = """
# That takes `n` for a formula that follows `m`. `n` is a tensor that was
# computed once, when `m` was 3.5."""
#
# [[wrong]]
# change = ["m = torch.tensor(10.0)", ""]
# why = """
# That uses the old `m` in both places. The sum looks up the name `m` when
# it runs, and by then it means 10."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# Mixing an old result with a new tensor is allowed, which is why nobody
# notices. Both are ordinary tensors."""

# %%
p = torch.tensor([4.5, 1.5, 6.0], requires_grad=True)
q = p * p * 2
q.mean().backward()

# %% [raw] id="cell-order-mean" tutor="quiz"
# type = "number"
# prompt = """
# `p` is `[4.5, 1.5, 6]`, `q` is `p * p * 2`, and `backward()` ran on
# `q.mean()`. What is the first number in `p.grad`?"""
# ask = "p.grad[0]"
# hint = [
#     "The slope of `2 * p**2` is `4 * p`.",
#     "How many numbers share in the mean?",
# ]
#
# [[wrong]]
# read_as = "mean_is_sum"
# why = """
# That is the slope for the sum. The mean of three numbers divides by three,
# and the slopes with it."""
#
# [[wrong]]
# value = "q[0]"
# why = """
# That is the first value of `q`. The gradient is how fast the mean changes
# with `p[0]`."""
#
# [[wrong]]
# value = "2 * p[0] / 3"
# why = """
# That counts one of the two uses of `p` in `p * p`. Each brings the same
# gradient, and they are added."""
