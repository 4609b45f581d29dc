# %% [raw] tutor="lesson"
# title = "Gradients add up"
# needs = ["backward"]
# minutes = 6
# read = ["torch.Tensor.backward", "Autograd mechanics"]

# %% [markdown] id="opening"
# # Gradients add up
#
# The slope of `x**2` is `2 * x`. At `x = 3` that is 6, and one call of
# `backward()` computes exactly this 6.
#
# The program below calls `backward()` three times, each time on a new
# `x**2`, and `x` never moves. Which number is in `x.grad` at the end?
# Settle on one before you step.

# %%
import torch

x = torch.tensor(3.0, requires_grad=True)
for turn in range(3):
    y = x**2
    y.backward()  #? x.grad
print(x.grad)  #> tensor(18.)

# %% [markdown] id="running-total"
# It is 18, which is 6 + 6 + 6. Whoever expects 6 thinks of `.grad` as the
# result of the latest call. It is a running total instead.
#
# Step back to the three calls and look at what each one does to `.grad`.
# The first finds None there, and its 6 becomes `.grad`. The second and the
# third find a number and add to it.
#
# Now a loop over four weights, twice, each in a cell of its own. The output
# is 12 in every turn of both, and the slope for each weight is 3. The
# second loop has one line more. At which step do the two runs first hold
# different numbers?

# %%
weights = torch.ones(4, requires_grad=True)
for turn in range(3):
    output = (weights * 3).sum()
    output.backward()
    print(output.item(), weights.grad)
    #> 12.0 tensor([3., 3., 3., 3.])
    #> 12.0 tensor([6., 6., 6., 6.])
    #> 12.0 tensor([9., 9., 9., 9.])

# %%
weights = torch.ones(4, requires_grad=True)
for turn in range(3):
    output = (weights * 3).sum()
    output.backward()
    print(output.item(), weights.grad)
    #> 12.0 tensor([3., 3., 3., 3.])
    #> 12.0 tensor([3., 3., 3., 3.])
    #> 12.0 tensor([3., 3., 3., 3.])
    weights.grad.zero_()

# %% [markdown] id="rule"
# Right after the first turn has printed, at `weights.grad.zero_()`. What is
# printed shows it a turn later: a forgotten reset is never seen in the turn
# that forgot it.
#
# The rule: `backward()` adds to the `.grad` of every leaf that requires
# grad, and torch never empties `.grad` by itself. A training loop has to do
# it once a turn. Adding is on purpose: a batch too large for the memory can
# be fed in pieces, one `backward()` for each, before one update.
#
# One thing to change: move `weights.grad.zero_()` up, in front of
# `output.backward()`, and run the loop again. What is in `.grad` when that
# line is reached for the first time?

# %% [raw] id="accumulation-after-zero" tutor="quiz"
# type = "tensor"
# prompt = "The second loop has ended. What is in `weights.grad` now?"
# ask = "weights.grad"
# hint = [
#     "The last thing printed is not the last thing done.",
#     "Which line runs after the last `print`?",
# ]
#
# [[wrong]]
# value = "torch.full((4,), 3.0)"
# why = """
# That is what the last turn printed. After printing, the turn goes on to
# `zero_()`, and no `backward()` follows it."""
#
# [[wrong]]
# value = "None"
# why = """
# `zero_()` writes zeros into the tensor that is there. `.grad` is None only
# before the first `backward()`, or after it was set to None."""
#
# [[wrong]]
# change = ["weights.grad.zero_()", ""]
# why = """
# That is the total of three turns. This loop empties `.grad` at the end of
# each turn, so no total can form."""

# %%
v = torch.tensor(2.0, requires_grad=True)
(v**2).backward()
(v**3).backward()

# %% [raw] id="accumulation-two-losses" tutor="quiz"
# type = "number"
# prompt = """
# `v` is 2. `backward()` ran on `v**2`, then on `v**3`. What is in
# `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "The slopes are `2 * v` and `3 * v**2`.",
#     "Two different results, one leaf, one `.grad`.",
# ]
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = """
# That is the slope of `v**3` alone. The slope of `v**2` was in `.grad`
# already, and `backward()` added to it."""
#
# [[wrong]]
# value = "2 * v"
# why = """
# That is the slope of `v**2` alone. The second call does not need the same
# expression to add to the same `.grad`."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# A second `backward()` fails when it enters the *same* graph again. `v**3`
# built a graph of its own."""
