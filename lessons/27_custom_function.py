# %% [raw] tutor="lesson"
# title = "An operation of your own"
# needs = ["chain_rule"]
# minutes = 7
# read = [
#     "Extending PyTorch",
#     "Gradcheck mechanics",
# ]

# %% [markdown]
# # An operation of your own
#
# For its own operations torch knows the slope. For one that you write as a
# `torch.autograd.Function`, you say it: `forward` computes the result, and
# `backward` is given the gradient of the result and returns the gradient of
# the input. `ctx` carries what `backward` will need from one to the other.
#
# The program below computes `5 * x**2` at 3, with the square done by
# `Square`. The last line of its `backward` has two factors that belong to
# the square, `2 * x`, and one that was handed in. Which number will be
# handed in as `gradient`?

# %%
import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors  #? gradient
        return gradient * 2 * x


x = torch.tensor(3.0, requires_grad=True)
y = 5 * Square.apply(x)
y.backward()
print(x.grad)  #> tensor(30.)

# %% [markdown]
# It is 5. `y` moves five times as far as the square does, so the product
# hands 5 back to it. Whoever answered 1 forgot that something follows the
# square; whoever answered 9 took its value for a gradient. `backward` then
# returns `5 * 2 * 3`, which is 30.
#
# The square is called with `Square.apply`, not with `Square.forward`:
# `apply` runs `forward` and makes the node in the graph.
#
# `Careless` keeps `forward` and has another `backward`. Both runs compute
# 45 for `y`. At which step do they first hold different numbers?

# %%
class Careless(Square):
    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 2 * x


x = torch.tensor(3.0, requires_grad=True)
y = 5 * Careless.apply(x)
y.backward()
print(x.grad)  #> tensor(6.)

# %% [markdown]
# The same 5 arrives, and the runs part at what is returned, 30 there and 6
# here. Nobody multiplies by `gradient` afterwards. The mistake is hard to
# see: with `y = Careless.apply(x)` alone, 1 is handed in, and 6 is right.
#
# `gradcheck` finds it all the same. It nudges the input to measure the
# slope, and compares: 6 and 6. Then it hands in 0, for which every
# `backward` has to return 0, and `Careless` returns 6. The input has to be
# `float64`, since small nudges drown in the rounding of `float32`.
#
# `n` goes past the many steps inside `gradcheck`.

# %%
point = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
matches = torch.autograd.gradcheck(
    Careless.apply, point, raise_exception=False
)
print(matches)  #> False

# %% [markdown]
# The rule: `backward` returns the incoming gradient times the slope, for
# each input of `forward`. torch does not multiply for you. Give every
# `Function` that you write to `gradcheck` before you train with it.
#
# One thing to change: in `Careless`, return `gradient + 2 * x`. What is in
# `x.grad` then, and what would it be for `y = Careless.apply(x)`?

# %%
v = torch.tensor(4.0, requires_grad=True)
(5 * Careless.apply(3 * v)).backward()

# %% [raw] id="custom-function-in-a-chain" tutor="quiz"
# type = "number"
# prompt = """
# `Careless` returns `2 * x` and leaves out `gradient`. `v` is 4, and
# `backward()` ran on `5 * Careless.apply(3 * v)`. What is in `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "Which number does `Careless` have as its `x`?",
#     "One of the three slopes 5, 24 and 3 gets lost.",
# ]
#
# [[wrong]]
# change = ["(5 * Careless.apply(3 * v))", "(5 * Square.apply(3 * v))"]
# why = """
# That is the true slope, `5 * 24 * 3`. The 5 arrives at `Careless` and is
# not in what it returns, so it is lost there."""
#
# [[wrong]]
# value = "torch.tensor(24.0)"
# why = """
# 24 is what `Careless` returns. That goes on to the product `3 * v`, whose
# own `backward` does multiply by what it is given."""
#
# [[wrong]]
# value = "torch.tensor(120.0)"
# why = """
# That is `5 * 24`, without the 3. It is the other way round: the 5 comes
# from the result and gets lost, the 3 lies towards the leaf and is still to
# come."""

# %%
class Snap(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, gradient):
        return gradient


u = torch.tensor(2.6, requires_grad=True)
(Snap.apply(u) ** 2).backward()

# %% [raw] id="custom-function-snap" tutor="quiz"
# type = "number"
# prompt = """
# `Snap` rounds, and its `backward` returns what it is given. `u` is 2.6,
# and `backward()` ran on `Snap.apply(u) ** 2`. What is in `u.grad`?"""
# ask = "u.grad"
# hint = [
#     "Which number is squared?",
#     "What is handed in to `backward` of `Snap`?",
# ]
#
# [[wrong]]
# change = ["Snap.apply(u)", "u.round()"]
# why = """
# That is the true slope: rounding is flat, and torch's own `round()` says
# so. `Snap` says something else, and torch believes it."""
#
# [[wrong]]
# change = ["Snap.apply(u)", "u"]
# why = """
# That is `2 * 2.6`. `Snap` lets the gradient through unchanged, but the
# gradient was computed for the rounded number, which is 3."""
#
# [[wrong]]
# value = "torch.tensor(1.0)"
# why = """
# That would be right for `Snap.apply(u)` alone. Here a square follows, and
# what it sends back is handed in."""
