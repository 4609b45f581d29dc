# %% [raw] tutor="lesson"
# title = "numpy and torch side by side"
# needs = ["scalar"]
# minutes = 6
# read = ["torch.from_numpy", "torch.Tensor.numpy", "torch.tensor"]

# %% [markdown]
# # numpy and torch side by side
#
# `torch.from_numpy` makes a tensor from an array. Here `t` is made from
# `a`, whose second number is 4, and then multiplied by 10 in place: `t`
# itself is changed, no new tensor is made.
#
# Nothing is done to `a` after that. What is its second number at the end?

# %%
import numpy as np
import torch

a = np.array([1.5, 4.0])
t = torch.from_numpy(a)
t *= 10  #? a[1]
print(a)  #> [15. 40.]
print(t)  #> tensor([15., 40.], dtype=torch.float64)

# %% [markdown]
# It is 40. `from_numpy` copies no numbers: the array and the tensor use the
# same memory, and what is written through one is seen in the other. Whoever
# answered 4 expected a copy.
#
# It also keeps the kind of number. numpy counts in float64, torch in
# float32 unless told otherwise; this tensor says that it is float64.
#
# The next cell has `torch.tensor` instead. At which step do the two runs
# first differ: where `t` is made, or where it is multiplied?

# %%
a = np.array([1.5, 4.0])
t = torch.tensor(a)
t *= 10
print(a)  #> [1.5 4. ]
print(t)  #> tensor([15., 40.], dtype=torch.float64)

# %% [markdown]
# The numbers differ at `t *= 10`: in the first run both rows change there,
# though the line names only `t`, and in the second just one does. The cause
# is a line earlier. `torch.tensor` copies, so `t` has memory of its own.
#
# numpy knows nothing of graphs. That makes it a good second opinion. Next,
# a nudge in numpy measures the slope that `backward()` computes in torch.
# Will they agree? And which of the two ways to numpy in the last cell will
# torch refuse?

# %%
points = np.array([2.5, 4.0, 7.0])


def loss_of(weight, inputs):
    return ((weight * inputs - 3) ** 2).mean()


measured = (loss_of(1.501, points) - loss_of(1.499, points)) / 0.002
print(f"{measured:.3f}")  #> 44.250
w = torch.tensor(1.5, requires_grad=True)
loss_of(w, torch.from_numpy(points)).backward()
print(w.grad)  #> tensor(44.2500)

# %%
print(w.detach().numpy())  #> 1.5
w.numpy()
#! RuntimeError: Can't call numpy() on Tensor that requires grad. Use
#! tensor.detach().numpy() instead.

# %% [markdown]
# They agree. The second way to numpy is refused: `w` requires grad, and
# nothing that numpy does with its numbers would be recorded. `detach()`
# gives a tensor on the same memory that does not require grad. That one may
# go, and the call says that you mean it.
#
# The rule: `from_numpy` and `numpy()` share memory, `torch.tensor` copies.
# What is computed in numpy is not part of any graph.
#
# One thing to change: in the first cell, write `t = t * 10` for `t *= 10`.
# What is in `a` then?

# %%
row = np.array([3.5, 6.0])
view = torch.from_numpy(row)
row[0] = 20.0
row = row + 1

# %% [raw] id="numpy-shared-or-new" tutor="quiz"
# type = "tensor"
# prompt = """
# `row` is `[3.5, 6]` and `view` is `torch.from_numpy(row)`. Then `row[0]`
# is set to 20, and `row = row + 1` runs. What is in `view`?"""
# ask = "view"
# hint = [
#     "One of the two lines writes into the memory, the other does not.",
#     "What does `row + 1` do: change an array, or make one?",
# ]
#
# [[wrong]]
# change = ["torch.from_numpy(row)", "torch.tensor(row)"]
# why = """
# That would be a copy, made before anything was written. `from_numpy` uses
# the memory of the array, so the 20 is seen."""
#
# [[wrong]]
# change = ["row = row + 1", "row += 1"]
# why = """
# `row += 1` would write into the shared memory. `row = row + 1` makes a new
# array and gives it the old name; `view` stays with the old one."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# Writing into shared memory is allowed. Nothing here requires grad, so
# there is no graph that it could harm."""

# %%
x = torch.tensor([5.0], requires_grad=True)
square = x.detach().numpy() ** 2
y = x * torch.from_numpy(square)
y.backward()

# %% [raw] id="numpy-outside-the-graph" tutor="quiz"
# type = "number"
# prompt = """
# `x` holds one number, 5. Its square is computed in numpy, brought back,
# and multiplied with `x`. `y` is 125. What is in `x.grad` after
# `y.backward()`?"""
# ask = "x.grad[0]"
# hint = [
#     "Which of the two factors of `y` does torch know the history of?",
#     "To `backward()`, the square is the plain number 25.",
# ]
#
# [[wrong]]
# change = ["torch.from_numpy(square)", "x**2"]
# why = """
# That is the slope of `x**3`. The square was computed in numpy, so no path
# leads through it back to `x`."""
#
# [[wrong]]
# value = "2 * x[0] * x[0]"
# why = """
# That is what a path through the square alone would bring. It is just this
# path that is missing; the one through the factor `x` is there."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# `x.numpy()` would raise. After `detach()` it is allowed, and the price is
# that this part has no gradient."""
