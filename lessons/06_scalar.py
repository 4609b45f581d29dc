# %% [raw] tutor="lesson"
# title = "From many numbers to one"
# needs = ["fan_out"]
# minutes = 5
# read = [
#     "torch.Tensor.backward",
#     "A Gentle Introduction to torch.autograd",
# ]

# %% [markdown]
# # From many numbers to one
#
# So far each tensor held a single number, a *scalar*. `x` now holds four,
# and so does `x**2`. A loss is one number, so they have to be brought
# together. Here `mean()` does it.
#
# The slope of `x**2` at 5 is 10. Which number will stand in `x.grad` in the
# place of the 5?

# %%
import torch

x = torch.tensor([1.5, 3.0, 5.0, -4.0], requires_grad=True)
loss = (x**2).mean()
loss.backward()  #? x.grad[2]
print(loss.item())  #> 13.0625
print(x.grad)  #> tensor([ 0.7500,  1.5000,  2.5000, -2.0000])

# %% [markdown]
# It is 2.5. The gradient has the shape of `x`, one slope for each number:
# how fast does the *loss* change with it? The loss is a quarter of the sum
# of four squares, so each slope is a quarter of `2 * x`. Who said 10
# differentiated the square and forgot the mean.
#
# Below is the same with `sum()`, and then with neither: `backward()` is
# told what to begin with. Which gradient does the node of `x**2` receive in
# each of the three? Then come two cells with random numbers; one of them
# raises an error.

# %%
x = torch.tensor([1.5, 3.0, 5.0, -4.0], requires_grad=True)
loss = (x**2).sum()
loss.backward()
print(loss.item())  #> 52.25
print(x.grad)  #> tensor([ 3.,  6., 10., -8.])

# %%
x = torch.tensor([1.5, 3.0, 5.0, -4.0], requires_grad=True)
y = x**2
y.backward(torch.ones_like(y))
print(x.grad)  #> tensor([ 3.,  6., 10., -8.])

# %%
torch.manual_seed(0)
x = torch.rand(3, requires_grad=True)
y = x + 2
y.backward(torch.ones_like(y))
print(x.grad)  #> tensor([1., 1., 1.])

# %%
y = x + 2
y.backward()
#! RuntimeError: grad can be implicitly created only for scalar outputs

# %% [markdown]
# Four times 0.25 from the node of `mean`, four times 1 from that of `sum`.
# In the third run the four ones are yours, and the result is that of a sum.
#
# The last cell leaves the ones out. For one number `backward()` begins with
# 1.0; for three it would have to choose how much each counts, and refuses.
#
# The rule: `backward()` without an argument needs a scalar. `mean()` and
# `sum()` make one; with `n` numbers their gradients differ by a factor of
# `n`. Otherwise hand over a gradient in the shape of the result.
#
# One thing to change: in the third run, hand over `torch.ones_like(y) / 4`.
# Which of the other runs does it then agree with?

# %%
v = torch.tensor([2.5, 10.0, 4.0, 7.0, 3.0], requires_grad=True)
(v * 15).mean().backward()

# %% [raw] id="scalar-mean" tutor="quiz"
# type = "tensor"
# prompt = """
# `v` is `[2.5, 10, 4, 7, 3]`, and `backward()` ran on `(v * 15).mean()`.
# What is in `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "How many numbers go into the mean?",
#     "Does the slope of `v * 15` depend on `v`?",
# ]
#
# [[wrong]]
# read_as = "mean_is_sum"
# why = """
# That would be the gradient of the sum. The mean of five numbers is a fifth
# of it, and so is every slope."""
#
# [[wrong]]
# value = "torch.tensor(3.0)"
# why = """
# The number is right, the shape is not. A gradient has the shape of its
# tensor, so there is one slope for each of the five."""
#
# [[wrong]]
# value = "v * 3"
# why = """
# That multiplies the slope by `v` once more. `v * 15` is a straight line:
# its slope is the same everywhere."""

# %%
s = torch.tensor(6.0, requires_grad=True)
t = torch.tensor([2.5, 3.0, 4.0])
(t * s).sum().backward()

# %% [raw] id="scalar-used-by-all" tutor="quiz"
# type = "number"
# prompt = """
# `s` is one number, 6, and it is multiplied with each number of
# `t = [2.5, 3, 4]`. `backward()` ran on the sum. What is in `s.grad`?"""
# ask = "s.grad"
# hint = [
#     "In how many of the products is `s` used?",
#     "What happens to the gradients of several uses?",
# ]
#
# [[wrong]]
# value = "t"
# why = """
# Those are the gradients of the three uses of `s`. `s` is one number, so
# its gradient is one number, their sum."""
#
# [[wrong]]
# value = "t[2]"
# why = """
# That is the gradient of the last use alone. `s` is used three times, and
# gradients of several uses are added."""
#
# [[wrong]]
# read_as = "sum_is_mean"
# why = """
# That would be right for the mean of the products. The sum does not divide
# by three."""
