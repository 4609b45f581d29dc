# %% [raw] tutor="lesson"
# title = "Three ways out of the graph"
# needs = ["accumulation"]
# minutes = 6
# read = ["torch.Tensor.detach", "Locally disabling gradient computation"]

# %% [markdown]
# # Three ways out of the graph
#
# `z` below is `x**2 * x`, with one `detach()` on the way. At `x = 5` the
# value of `z` is 125 with or without it. The gradient is not the same.
#
# Which number is in `x.grad` after `backward()`: 75, the slope of `x**3`?
# None, because the graph is cut? Or something else?

# %%
import torch

x = torch.tensor(5.0, requires_grad=True)
y = x**2
z = y.detach() * x
z.backward()  #? x.grad
print(x.grad)  #> tensor(25.)

# %% [markdown]
# It is 25. `y.detach()` hands the number 25 to the multiplication and says
# nothing about where it came from. So `z` is 25 times `x` as far as
# `backward()` can tell, and the slope of that is 25.
#
# Who answered 75 took `detach()` for a call without effect. Who answered
# None took it for the end of all gradients: it ends one path, and the other
# factor, the plain `x`, still has its own.
#
# Here is the run without it. Compare the two graphs of `z`: one has two
# paths back to `x`, the other has one.

# %%
x = torch.tensor(5.0, requires_grad=True)
y = x**2
z = y * x
z.backward()
print(x.grad)  #> tensor(75.)

# %% [markdown]
# `detach()` is one of three ways to leave the graph. Each cell below uses
# another one. In what is printed, look for `requires_grad` and `grad_fn`:
# both are missing where a tensor has left the graph.
#
# The first way is a flag on the leaf itself.

# %%
weights = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
print(weights)  #> tensor([1., 2., 3.], requires_grad=True)
weights.requires_grad_(False)
print(weights)  #> tensor([1., 2., 3.])

# %% [markdown]
# The second is a new tensor. The old one stays as it was.

# %%
weights = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
outside = weights.detach()
print(outside)  #> tensor([1., 2., 3.])
print(weights)  #> tensor([1., 2., 3.], requires_grad=True)

# %% [markdown]
# The third is a region of the program. What is computed inside has no
# history; the same line outside has.

# %%
with torch.no_grad():
    moved = weights + 2
print(moved)  #> tensor([3., 4., 5.])
moved = weights + 2
print(moved)  #> tensor([3., 4., 5.], grad_fn=<AddBackward0>)

# %% [markdown]
# The rule:
#
# - `requires_grad_(False)` changes a leaf, in place, until you change it
#   back.
# - `detach()` makes a second tensor without history. It has the *same
#   storage*, so the numbers are shared, not copied.
# - `no_grad()` covers everything computed while it is active, and leaves
#   the tensors that go in untouched.
#
# One thing to change: in the first program write `z = y * x.detach()`. Now
# the path through `y` stays and the other one is cut. Work out `x.grad`
# before you run it.

# %%
row = torch.tensor([1.0, 2.0], requires_grad=True)
shared = row.detach()
shared[0] = 9.0

# %% [raw] id="detach-shares-storage" tutor="quiz"
# type = "tensor"
# prompt = """
# `shared` is `row.detach()`, and `shared[0]` was set to 9. What is in
# `row`?"""
# ask = "row"
# hint = [
#     "A tensor without history is not the same as a copy.",
#     "How many storages are there?",
# ]
#
# [[wrong]]
# read_as = "detach_copies"
# why = """
# That would hold if `detach()` copied the numbers. It makes a second tensor
# on the same storage; `detach().clone()` makes a copy."""
#
# [[wrong]]
# value = "torch.full((2,), 9.0)"
# why = "Only the first element was written. The second is still 2."
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# Writing into `row` itself would raise, since it is a leaf that requires
# grad. `shared` does not require grad, so nothing stops the write."""

# %%
v = torch.tensor(3.0, requires_grad=True)
(v**2).backward()
(v.detach() * v).backward()

# %% [raw] id="detach-and-accumulate" tutor="quiz"
# type = "number"
# prompt = """
# `v` is 3. `backward()` ran on `v**2`, then on `v.detach() * v`. What is in
# `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "Find the slope that each call computes.",
#     "Nothing emptied `.grad` between the calls.",
# ]
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = """
# That is the share of the second call alone. The first had left 6 in
# `.grad`, and 3 was added."""
#
# [[wrong]]
# read_as = "detach_identity"
# why = """
# That takes `v.detach() * v` for `v * v`, with a slope of 6. One of the two
# factors is outside the graph, so only 3 comes back."""
#
# [[wrong]]
# value = "2 * v"
# why = """
# That is the share of the first call alone. In the second, one factor is
# still inside the graph and brings 3 back."""
