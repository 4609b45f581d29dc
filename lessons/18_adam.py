# %% [raw] tutor="lesson"
# title = "How long is a step of Adam"
# needs = ["momentum"]
# minutes = 6
# read = ["Adam", "How to use an optimizer"]

# %% [markdown]
# # How long is a step of Adam
#
# `w` holds three numbers, all 5. The loss gives them the slopes 0.001, 1
# and 100. The learning rate is 0.1, and there is one `step()`.
#
# SGD would move the last number by 0.1 times 100, from 5 to -5. Where does
# Adam put it?

# %%
import torch

slopes = torch.tensor([0.001, 1.0, 100.0])
w = torch.full((3,), 5.0, requires_grad=True)
optimizer = torch.optim.Adam([w], lr=0.1)
(slopes * w).sum().backward()
optimizer.step()  #? w[2]
print(w.grad)  #> tensor([1.0000e-03, 1.0000e+00, 1.0000e+02])
print(w)  #> tensor([4.9000, 4.9000, 4.9000], requires_grad=True)

# %% [markdown]
# At 4.9, like the other two. Whoever expects a larger slope to make a
# longer step thinks of SGD. Adam's first step is as long as the learning
# rate; of the slope it uses only the sign.
#
# Here is SGD on the same slopes. Both runs hold the same gradient. Which is
# the first step at which they differ?

# %%
w = torch.full((3,), 5.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
(slopes * w).sum().backward()
optimizer.step()
print(w)  #> tensor([ 4.9999,  4.9000, -5.0000], requires_grad=True)

# %% [markdown]
# They differ inside `step()`. For each number Adam keeps two means, both
# beginning at 0: one of the gradients, one of their squares. A step moves
# the first a tenth of the way to the new gradient, and the second a
# thousandth of the way to its square.
#
# Means that begin at 0 are too small at first. So they are divided by 0.1
# and by 0.001 in the first step. Here it is by hand.

# %%
w = torch.full((3,), 5.0, requires_grad=True)
(slopes * w).sum().backward()
with torch.no_grad():
    mean = 0.1 * w.grad
    mean_square = 0.001 * w.grad**2
    corrected = mean / 0.1
    length = (mean_square / 0.001).sqrt()
    w -= 0.1 * corrected / (length + 1e-8)
print(w)  #> tensor([4.9000, 4.9000, 4.9000], requires_grad=True)

# %% [markdown]
# `corrected` is the gradient again, `length` is the gradient without its
# sign. One divided by the other is 1 or -1, whatever the slope was.
#
# The rule: Adam divides the mean of the gradients by their typical size.
# The learning rate says how far a weight moves, and the scale of the loss
# drops out. While the slopes keep their sign and size, each step is as long
# as the first. Where they change sign, their mean shrinks, and the steps
# with it.
#
# One thing to change: in the first program write `1e-9` for `0.001`. Does
# that number still move by 0.1? Look at the `1e-8` in the cell above.

# %%
u = torch.tensor(4.0, requires_grad=True)
optimizer = torch.optim.Adam([u], lr=0.1)
for turn in range(2):
    optimizer.zero_grad()
    (8 * u).backward()
    optimizer.step()

# %% [raw] id="adam-same-slope" tutor="quiz"
# type = "number"
# prompt = """
# `u` begins at 4, the loss is `8 * u`, and Adam has the learning rate 0.1.
# Where is `u` after two turns?"""
# ask = "u"
# hint = [
#     "The slope is 8 in both turns.",
#     "What is the mean of the gradients, once corrected? And the length?",
# ]
#
# [[wrong]]
# read_as = "adam_is_sgd"
# why = """
# That takes 0.1 times 8 away, twice. Adam divides the 8 by its own size
# first."""
#
# [[wrong]]
# value = "torch.tensor(3.71)"
# why = """
# That lets the second step carry 0.9 of the first, as momentum does. Adam's
# mean is corrected: with the same slope twice it is 8 both times."""
#
# [[wrong]]
# value = "torch.tensor(3.9)"
# why = "That is where `u` is after one turn. There are two."

# %%
p = torch.tensor([3.0, 3.0, 3.0], requires_grad=True)
optimizer = torch.optim.Adam([p], lr=0.5)
(torch.tensor([40.0, -0.02, 0.0]) * p).sum().backward()
optimizer.step()

# %% [raw] id="adam-each-number" tutor="quiz"
# type = "tensor"
# prompt = """
# The three numbers of `p` are 3, and their slopes are 40, -0.02 and 0. What
# is `p` after one `step()` of Adam with the learning rate 0.5?"""
# ask = "p"
# hint = [
#     "Each number has its own two means.",
#     "Which way does a negative slope move a weight? And a slope of 0?",
# ]
#
# [[wrong]]
# read_as = "adam_is_sgd"
# why = """
# That is 0.5 times each slope. Adam divides each slope by its own size
# first, so only the sign is left."""
#
# [[wrong]]
# value = "torch.tensor([2.5, 2.5, 2.5])"
# why = """
# That moves every number down. The sign counts: a negative slope moves the
# number up. And 0 divided by `0 + 1e-8` is 0, so the last one stays."""
#
# [[wrong]]
# value = "torch.tensor([2.5, 3.0, 3.0])"
# why = """
# That takes -0.02 for too small to matter next to 40. Each number is
# divided by its own size, not by the largest."""
