# %% [raw] tutor="lesson"
# title = "One tensor, two paths"
# needs = ["chain_rule"]
# minutes = 5
# read = ["The Fundamentals of Autograd", "Autograd mechanics"]

# %% [markdown]
# # One tensor, two paths
#
# `x` is 5 and is used twice: `a = 3 * x` is 15, and `b = x**2` is 25. Their
# product `y` is 375.
#
# Along the path through `a` the chain rule gives `b * 3`, which is 75.
# Along the path through `b` it gives `a * 2 * x`, which is 150. Two paths
# lead to one leaf. Which number will be in `x.grad`?

# %%
import torch

x = torch.tensor(5.0, requires_grad=True)
a = 3 * x
b = x**2
y = a * b
y.backward()  #? x.grad
print(x.grad)  #> tensor(225.)

# %% [markdown]
# It is 225, the sum of 75 and 150. The answer 150 takes only the last use
# of `x`, as if it replaced the one before. Who multiplied the two got
# 11250; but slopes are multiplied along one path, not across paths.
#
# `y` is also `3 * x**3`, and the derivative of that is `9 * x**2`, which is
# 225 at 5.
#
# In the next cell the same numbers are computed from two leaves, both 5. At
# which step do the two runs first hold something different?

# %%
p = torch.tensor(5.0, requires_grad=True)
q = torch.tensor(5.0, requires_grad=True)
a = 3 * p
b = q**2
y = a * b
y.backward()
print(p.grad, q.grad)  #> tensor(75.) tensor(150.)

# %% [markdown]
# The values never differ. The graphs do from `b` on: its node leads to
# another leaf. So the 75 and the 150 arrive in two places and stay apart.
# In the first run both arrive at `x` and are added.
#
# Why a sum? When `x` grows by 0.001, `y` grows by about 0.075 through `a`
# and by about 0.15 through `b`. Both happen.
#
# The rule: a tensor that is used several times gets the sum of the
# gradients of all its uses. This holds inside the graph as it does at a
# leaf: a node runs once, when the gradients of all uses have come.
#
# One thing to change: write `y = a + b` in the first cell. The paths are
# the same. What are the two numbers now, and their sum?

# %%
x = torch.tensor(3.0, requires_grad=True)
h = x * 2
y = h**2 + 5 * h
y.backward()

# %% [raw] id="fan-out-inside" tutor="quiz"
# type = "number"
# prompt = """
# `x` is 3, `h = x * 2` is 6, and `y = h**2 + 5 * h` is 66. What is in
# `x.grad` after `y.backward()`?"""
# ask = "x.grad"
# hint = [
#     "Where do the two paths meet: at `x` or before it?",
#     "Add the two gradients at `h`, then take the last link.",
# ]
#
# [[wrong]]
# read_as = "last_path_only"
# why = """
# That follows the path through `5 * h` alone. The one through `h**2` brings
# its gradient to `h` as well, and the two are added."""
#
# [[wrong]]
# value = "2 * h + 5"
# why = """
# That is the sum at `h`. One link is left: `h` changes twice as fast as
# `x`."""
#
# [[wrong]]
# value = "2 * h * 5 * 2"
# why = """
# That multiplies the gradients of the two paths. Along a path one
# multiplies; where paths meet, one adds."""

# %%
x = torch.tensor(7.0, requires_grad=True)
k = torch.tensor(7.0)
y = x * k + x
y.backward()

# %% [raw] id="fan-out-equal-number" tutor="quiz"
# type = "number"
# prompt = """
# `x` is 7 and requires grad. `k` is 7 and does not. What is in `x.grad`
# after `backward()` on `x * k + x`?"""
# ask = "x.grad"
# hint = [
#     "How often is the tensor `x` used? Equal numbers do not count.",
#     "Which gradient comes back along each of its uses?",
# ]
#
# [[wrong]]
# change = ["k = torch.tensor(7.0)", "k = x"]
# why = """
# That is the slope of `x * x + x`. `k` holds the same number, but it is
# another tensor, and it does not require grad."""
#
# [[wrong]]
# read_as = "last_path_only"
# why = """
# That is what comes from the last use, `+ x`. The use in `x * k` brings its
# own gradient, and the two are added."""
#
# [[wrong]]
# value = "k"
# why = """
# That is what comes from `x * k` alone. `x` is used once more, in the
# addition."""
