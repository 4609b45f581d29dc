# %% [raw] tutor="lesson"
# title = "backward() on a vector"
# needs = ["scalar", "accumulation"]
# minutes = 6
# read = [
#     "torch.Tensor.backward",
#     "A Gentle Introduction to torch.autograd",
# ]

# %% [markdown]
# # backward() on a vector
#
# `y` below has three numbers. `backward()` then wants a vector, one number
# for each number of `y`. So far it was always made of ones. Here it is
# `v = [1, 0, 10]`.
#
# The slope of `x**2` is `2 * x`. At `x = [1.5, 3, 4]` that is 3, 6 and 8.
# Which number will be the last of the three in `x.grad`?

# %%
import torch

x = torch.tensor([1.5, 3.0, 4.0], requires_grad=True)
y = x**2
v = torch.tensor([1.0, 0.0, 10.0])
y.backward(v)  #? x.grad[2]
print(x.grad)  #> tensor([ 3.,  0., 80.])

# %% [markdown]
# It is 80, ten times the slope. Whoever expects 8 takes `v` for a formality
# or for a list of places to include. Each number in `v` is a factor: it
# says how much the number of `y` in its place counts.
#
# Step through `backward()` once more. What arrives at PowBackward0 is `v`;
# on a scalar it is the 1.0 that torch puts there by itself.
#
# Below is a run without a vector. `v` is a factor in an ordinary sum, and
# `backward()` begins with 1.0. At which node do the two runs meet?

# %%
x = torch.tensor([1.5, 3.0, 4.0], requires_grad=True)
y = x**2
(v * y).sum().backward()
print(x.grad)  #> tensor([ 3.,  0., 80.])

# %% [markdown]
# At PowBackward0. The nodes of the sum and of `v * y` turn the 1.0 into
# `v`, and from there on the runs are the same.
#
# So far each number of `y` came from one number of `x`. Below, each of two
# numbers comes from three. All the slopes form a table, the Jacobian: one
# row for each number of `y`, one column for each number of `x`. For
# `y = A @ x` that table is `A` itself.

# %%
A = torch.tensor([[1.0, 2.0, 7.0], [3.0, 4.0, 5.0]])
for v in [[1.0, 0.0], [0.0, 1.0], [10.0, 1.0]]:
    x = torch.tensor([5.0, 6.0, 8.0], requires_grad=True)
    y = A @ x
    y.backward(torch.tensor(v))
    print(x.grad)
    #> tensor([1., 2., 7.])
    #> tensor([3., 4., 5.])
    #> tensor([13., 24., 75.])

# %% [markdown]
# With `[1, 0]` it is the first row of the table, with `[0, 1]` the second,
# with `[10, 1]` ten times the first plus the second.
#
# The rule: `y.backward(v)` computes the vector-Jacobian product: each row
# of the table times its number in `v`, all added up. The result has the
# shape of `x`. torch never builds the table: it takes a call for each row.
#
# One thing to change: give `y.backward()` in the cell above a vector of
# three numbers, the length of `x`. What does the error say about shapes?

# %%
B = torch.tensor([[2.0, 5.0], [3.0, 7.0]])
t = torch.tensor([4.0, 6.0], requires_grad=True)
s = B @ t
s.backward(torch.tensor([10.0, 1.0]))

# %% [raw] id="vector-jacobian-rows" tutor="quiz"
# type = "tensor"
# prompt = """
# `B` has the rows `[2, 5]` and `[3, 7]`, and `s = B @ t`. What is in
# `t.grad` after `s.backward(torch.tensor([10.0, 1.0]))`?"""
# ask = "t.grad"
# hint = [
#     "Each number of the vector belongs to one number of `s`.",
#     "The vector weighs rows of `B`, not columns.",
# ]
#
# [[wrong]]
# value = "B @ torch.tensor([10.0, 1.0])"
# why = """
# That multiplies from the other side, table times vector, and gives one
# number for each number of `s`. `backward()` goes from `s` to `t`: it takes
# ten times the first row plus the second."""
#
# [[wrong]]
# read_as = "vjp_vector_ignored"
# why = """
# That adds the two rows as they are, as if the vector were ones. The 10
# multiplies the first row."""
#
# [[wrong]]
# value = "10 * B[0]"
# why = """
# That is the first row's share alone. The second row has weight 1, not
# 0."""

# %%
p = torch.tensor([2.0, 3.0], requires_grad=True)
(p**2).backward(torch.tensor([1.0, 0.0]))
(p**2).backward(torch.tensor([0.5, 5.0]))

# %% [raw] id="vector-jacobian-two-calls" tutor="quiz"
# type = "tensor"
# prompt = """
# `p` is `[2, 3]`. `backward()` ran on `p**2` with `[1, 0]`, then on a new
# `p**2` with `[0.5, 5]`. What is in `p.grad`?"""
# ask = "p.grad"
# hint = [
#     "The slopes are 4 and 6. Weigh them, once for each call.",
#     "What does the second call do with the `.grad` it finds?",
# ]
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = """
# That is the second call's share alone. The first had left `[4, 0]` in
# `.grad`, and the second added to it."""
#
# [[wrong]]
# read_as = "vjp_vector_ignored"
# why = """
# That counts every slope fully in both calls. Each vector weighs them
# first: 0 leaves a slope out, 0.5 takes half, 5 takes five times."""
#
# [[wrong]]
# value = "torch.tensor([4.0, 0.0])"
# why = """
# That is the first call's share alone. The second `p**2` is a new graph
# over the same leaf, so its share is added."""
