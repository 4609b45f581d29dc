# %% [raw] tutor="lesson"
# title = "Hooks: looking in on backward"
# needs = ["accumulation", "fan_out"]
# minutes = 7
# read = [
#     "torch.Tensor.register_hook",
#     "Backward Hooks execution",
# ]

# %% [markdown]
# # Hooks: looking in on backward
#
# A hook is a function of yours that torch calls during `backward()`. You
# hang it on a tensor with `register_hook`, and it is called with the
# gradient that arrives there.
#
# Below, `x` is 3, `a` is `2 * x` and `y` is `a**2`. Without a hook, 12
# arrives at `a` and 24 at `x`. The hook on `a` returns ten times what it is
# given. Which number is in `x.grad` in the end?

# %%
import torch


def tenfold(gradient):
    return gradient * 10


x = torch.tensor(3.0, requires_grad=True)
a = x * 2
a.register_hook(tenfold)
y = a**2
y.backward()  #? x.grad
print(x.grad)  #> tensor(240.)

# %% [markdown]
# It is 240. What a hook returns takes the place of the gradient, and
# `backward()` goes on with that: 12 became 120 at `a`, and twice that is
# handed on to `x`. Whoever answered 24 expects a hook only to look.
#
# The next cell has a hook that computes the same product. At which step do
# the two runs first hold different numbers?

# %%
def forgetful(gradient):
    gradient * 10


x = torch.tensor(3.0, requires_grad=True)
a = x * 2
a.register_hook(forgetful)
y = a**2
y.backward()
print(x.grad)  #> tensor(24.)

# %% [markdown]
# They part where the hook returns. Both compute 120, but `forgetful` has no
# `return`, so it returns None, and None means: leave the gradient as it is.
# No error tells you that the product was thrown away.
#
# A hook that only looks is therefore one that returns nothing. Here is one
# that prints what arrives. It is hung on `x`, then on `a`, then on `y`. In
# which order will it be called for them?

# %%
def show(gradient):
    print(gradient.item())
    #> 1.0
    #> 12.0
    #> 24.0


x = torch.tensor(3.0, requires_grad=True)
x.register_hook(show)
a = x * 2
a.register_hook(show)
y = a**2
y.register_hook(show)
y.backward()

# %% [markdown]
# First for `y` with 1, then for `a` with 12, then for `x` with 24: in the
# order of `backward()`, from the result to the leaf. When a hook was hung up
# makes no difference. And `a` shows its gradient, though it keeps none in
# `a.grad`.
#
# The rule: a hook is called when the gradient for its tensor has arrived,
# before anything is done with it. If it returns a tensor, `backward()` goes
# on with that one. If it returns None, nothing changes. It stays on its
# tensor for each later `backward()`, until the handle that `register_hook`
# returned is told to `remove()` it.
#
# One thing to change: in the first program, hang `tenfold` on `y` as well.
# Work out `x.grad` before you run it.

# %%
v = torch.tensor(5.0, requires_grad=True)
v.register_hook(lambda gradient: gradient * 0.3)
(v**2).backward()
(v**2).backward()

# %% [raw] id="hooks-on-a-leaf" tutor="quiz"
# type = "number"
# prompt = """
# `v` is 5. Its hook returns 0.3 times the gradient, and `backward()` ran on
# `v**2` twice. What is in `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "Each call computes the slope 10. What does each call bring to `v`?",
#     "Does a hook see the new share, or all that is in `.grad`?",
# ]
#
# [[wrong]]
# read_as = "hooks_observe_only"
# why = """
# That is 10 + 10. The hook returns a tensor, so what it returns is what
# arrives at `.grad`: 3 each time."""
#
# [[wrong]]
# value = "torch.tensor(13.0)"
# why = """
# That is 3 + 10, as if a hook were used up by its first call. It stays on
# the tensor until it is removed."""
#
# [[wrong]]
# value = "torch.tensor(3.9)"
# why = """
# That is `0.3 * (3 + 10)`, as if the hook worked on the total. It is given
# the gradient that arrives, before that is added to `.grad`."""

# %%
seen = []
u = torch.tensor(3.0, requires_grad=True)
u.register_hook(lambda gradient: seen.append(gradient.item()))
b = u * 2
c = u**2
(b * c).backward()

# %% [raw] id="hooks-two-paths" tutor="quiz"
# type = "number"
# prompt = """
# `u` is 3, and the result is `b * c` with `b = u * 2` and `c = u**2`. The
# hook on `u` notes down what it is called with. Which number is first in
# `seen`?"""
# ask = "seen[0]"
# hint = [
#     "Two paths lead back to `u`. Is the hook called for each of them?",
#     "A hook is called when the gradient of its tensor is complete.",
# ]
#
# [[wrong]]
# value = "c * 2"
# why = """
# 18 comes back through `b` alone. The paths are added before the hook is
# called, and it is called once."""
#
# [[wrong]]
# value = "b * 2 * u"
# why = """
# 36 comes back through `c` alone. The paths are added before the hook is
# called, and it is called once."""
#
# [[wrong]]
# value = "u.grad + seen[0]"
# why = """
# 108 counts the gradient twice. When the hook is called, nothing has been
# added to `u.grad` yet; what it is given is added afterwards."""
