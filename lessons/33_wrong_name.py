# %% [raw] tutor="lesson"
# title = "Ten turns and nothing moves"
# needs = ["sum_or_mean"]
# minutes = 8
# read = ["Automatic Differentiation with torch.autograd"]

# %% [markdown]
# # Ten turns and nothing moves
#
# The next program of the same notebook ends without an error, and its ten
# lines of output are equal: `w = 1.500, loss = 30.00000000`. Its author did
# not notice.
#
# An earlier cell is part of the story, so it comes first. It checks one
# slope by hand: `(w * x - y)**2` at `w = 1.5`, `x = 1` and `y = 2`. What is
# that slope?

# %%
import torch

x = torch.tensor(1.0)
y = torch.tensor(2.0)
w = torch.tensor(1.5, requires_grad=True)
loss = (w * x - y) ** 2
loss.backward()  #? w.grad
print(loss)  #> tensor(0.2500, grad_fn=<PowBackward0>)
print(w.grad)  #> tensor(-1.)
w.grad.zero_()

# %% [markdown]
# -1: twice the difference of -0.5, times `x`. Then `w.grad` is emptied, and
# `w` stays in memory, as everything in a notebook does.
#
# Now the training. One line should change the weight and names another
# tensor. Step through two turns and look at what each line changes. Each
# slope is -30. What is in `W.grad` after the second `backward()`?

# %%
X = torch.tensor([1.0, 2.0, 3.0, 4.0])
Y = torch.tensor([2.0, 4.0, 6.0, 8.0])
W = torch.tensor(0.0, requires_grad=True)
for turn in range(10):
    loss = ((W * X - Y) ** 2).mean()
    loss.backward()  #? W.grad @ turn 2
    with torch.no_grad():
        W -= 0.01 * w.grad
    w.grad.zero_()
    print(f"w = {w.item():.3f}, loss = {loss.item():.8f}")
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000
    #> w = 1.500, loss = 30.00000000

# %% [markdown]
# It is -60, and `W` is still 0: `backward()` adds to `W.grad`, and the
# update reads `w.grad`, the emptied gradient of the leftover tensor. Update,
# reset and print say `w` and mean `W`. In a fresh program Python would have
# said that `w` is not defined.
#
# Here is the loop with the right name. At which step does it differ?

# %%
W = torch.tensor(0.0, requires_grad=True)
for turn in range(3):
    loss = ((W * X - Y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        W -= 0.01 * W.grad
    W.grad.zero_()
    print(f"w = {W.item():.3f}, loss = {loss.item():.8f}")
    #> w = 0.300, loss = 30.00000000
    #> w = 0.555, loss = 21.67499924
    #> w = 0.772, loss = 15.66018772

# %% [markdown]
# At the update, where 0.01 is multiplied by -30 and not by 0. Everything
# before it is the same: forward pass, loss and `backward()` never were at
# fault.
#
# The rule: if nothing is learned and nothing is raised, follow one turn. In
# which tensor did a gradient arrive? Did the update read that one? Did it
# write to the tensor that the loss is computed from?
#
# One thing to change: take `w.grad.zero_()` out of the first cell. Which
# weight moves in the training then, and in which turn does it stop?

# %%
V = torch.tensor(0.0, requires_grad=True)
for turn in range(3):
    loss = ((V * X - Y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        V -= 0.01 * w.grad
    w.grad.zero_()

# %% [raw] id="wrong-name-piled-up" tutor="quiz"
# type = "number"
# prompt = """
# The loop with the wrong name once more, with `V`, for three turns. Each
# turn's slope for `V` is -30. What is in `V.grad`?"""
# ask = "V.grad"
# hint = [
#     "Which tensor is emptied at the end of each turn?",
#     "Three calls of `backward()` reached `V`.",
# ]
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = """
# That is one turn's slope. `w.grad.zero_()` empties another tensor, so in
# `V.grad` the three slopes add up."""
#
# [[wrong]]
# value = "torch.tensor(0.0)"
# why = """
# That is `w.grad`. The reset has the wrong name too, so `V.grad` is never
# emptied."""
#
# [[wrong]]
# value = "None"
# why = """
# The loss is computed from `V`, so each `backward()` puts a gradient there.
# It is the update that never reads it."""

# %%
old = torch.tensor(1.5, requires_grad=True)
((old - 2) ** 2).backward()
U = torch.tensor(0.0, requires_grad=True)
for turn in range(2):
    loss = ((U * X - Y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        U -= 0.01 * old.grad
    old.grad.zero_()

# %% [raw] id="wrong-name-first-turn" tutor="quiz"
# type = "number"
# prompt = """
# This time the leftover tensor is `old`, and nobody emptied its gradient,
# -1, before the loop. The slope for `U` is -30. Where is `U` after two
# turns?"""
# ask = "U"
# hint = [
#     "What does the first update read, and what the second?",
#     "The reset does empty `old.grad`.",
# ]
#
# [[wrong]]
# value = "torch.tensor(0.0)"
# why = """
# That would hold if `old.grad` had been emptied before. The first update
# finds -1 there and moves `U` by 0.01."""
#
# [[wrong]]
# change = ["old.grad.zero_()", ""]
# why = """
# That uses the -1 twice. After the first turn the reset has emptied
# `old.grad`, and no `backward()` fills it again."""
#
# [[wrong]]
# change = ["U -= 0.01 * old.grad", "U -= 0.01 * U.grad; U.grad = None"]
# why = """
# That is two updates with the slope of `U`. It arrives in `U.grad`, and
# this loop never reads it."""
