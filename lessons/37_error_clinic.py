# %% [raw] tutor="lesson"
# title = "Silencing an error is not fixing it"
# needs = ["in_place", "retain_graph", "requires_grad_error"]
# minutes = 9
# read = [
#     "Autograd mechanics",
#     "In-place correctness checks",
#     "torch.Tensor.backward",
# ]

# %% [markdown]
# # Silencing an error is not fixing it
#
# An error can be made to go away without touching what is wrong. Three
# errors follow, each with a change that only silences it.
#
# First a program that is in order: `w` begins at -1 and is to reach 5, with
# learning rate 0.2. The cell after it computes the loss once, above the
# loop, and raises an error. In which turn, and why?

# %%
import torch

w = torch.tensor(-1.0, requires_grad=True)
for turn in range(3):
    loss = (w - 5) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.2 * w.grad
    w.grad = None
print(w)  #> tensor(3.7040, requires_grad=True)

# %%
w = torch.tensor(-1.0, requires_grad=True)
loss = (w - 5) ** 2
for turn in range(3):
    loss.backward()
    #! RuntimeError: Trying to backward through the graph a second ...
    with torch.no_grad():
        w -= 0.2 * w.grad
    w.grad = None

# %% [markdown]
# In the second turn. The graph was freed in the first, and no new one was
# made. The message names `retain_graph=True`, and the next cell takes it at
# its word: the error is gone.
#
# The slope of `(w - 5)**2` at -1 is -12. Where will `w` be after three
# turns: short of 5, at 5, past it? Settle on a number before you step.

# %%
w = torch.tensor(-1.0, requires_grad=True)
loss = (w - 5) ** 2
for turn in range(3):
    loss.backward(retain_graph=True)
    with torch.no_grad():
        w -= 0.2 * w.grad  #? w
    w.grad = None
print(w)  #> tensor(6.2000, requires_grad=True)

# %% [markdown]
# It is 6.2, past 5, and each further turn would add another 2.4. Whoever
# answered 3.704 takes `retain_graph=True` for a repair. It does what its
# name says: the old graph stays. That graph holds `w - 5` as it was at the
# start, -6, so each `backward()` computes the slope -12 again, wherever `w`
# is by then. The repair is to compute the loss inside the loop.
#
# The next error is about a root. `sqrt` saves its own result, since its
# slope is 1 divided by twice that result. At 16 that is 1 / 8.

# %%
x = torch.tensor(16.0, requires_grad=True)
y = x.sqrt()
y += 1
y.backward()
#! RuntimeError: one of the variables needed for gradient computation has
#! been modified by an inplace operation...

# %%
x = torch.tensor(16.0, requires_grad=True)
y = x.sqrt()
y.data += 1
y.backward()  #? x.grad
print(y, x.grad)  #> tensor(5., grad_fn=<SqrtBackward0>) tensor(0.1000)

x = torch.tensor(16.0, requires_grad=True)
y = x.sqrt()
y = y + 1
y.backward()
print(y, x.grad)  #> tensor(5., grad_fn=<AddBackward0>) tensor(0.1250)

# %% [markdown]
# `y` is 5 both times, and only the last gradient is right. `y += 1` wrote
# over a number that `backward()` still needed; torch counts such writes and
# refused. A write through `.data` is not counted. `backward()` then read 5
# where 4 had been, and 1 / 10 came out without a word.
#
# The third error is the one about None. The first cell ends with it. In the
# second, an `if` keeps the failing line from running.

# %%
w = torch.tensor(28.0, requires_grad=True) / 8
loss = (w - 5) ** 2
loss.backward()
with torch.no_grad():
    w -= 0.2 * w.grad
    #! TypeError: unsupported operand type(s) for *: 'float' and ...

# %%
w = torch.tensor(28.0, requires_grad=True) / 8
loss = (w - 5) ** 2
loss.backward()
with torch.no_grad():
    if w.grad is not None:
        w -= 0.2 * w.grad
print(w)  #> tensor(3.5000, grad_fn=<DivBackward0>)

# %% [markdown]
# `w` is the result of a division, so it is not a leaf and keeps no
# gradient. The cause is the first line. The `if` leaves it in place and
# takes away the only sign of it: `w` is 28 / 8 = 3.5 as before.
#
# The rule: an error names the line that could not go on. Look for the line
# that first made something other than you meant, and change that one. A
# change that only removes the message can leave a program that runs and
# computes something else.
#
# One thing to change: in the last cell, write the first line as
# `w = torch.tensor(28.0 / 8, requires_grad=True)`. The slope at 3.5 is -3.
# Where is `w` at the end?

# %%
X = torch.tensor([1.0, 3.0])
Y = torch.tensor([4.0, 3.0])
v = torch.tensor(2.0, requires_grad=True)
losses = (v * X - Y) ** 2
losses[0].backward()

# %% [raw] id="clinic-first-of-two" tutor="quiz"
# type = "number"
# prompt = """
# `losses.backward()` raised "grad can be implicitly created only for scalar
# outputs", so somebody wrote `losses[0].backward()`. `losses` is [4, 9].
# What is in `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "Which points does `losses[0]` depend on?",
#     "The slope for one point is `2 * x * (v * x - y)`.",
# ]
#
# [[wrong]]
# change = ["losses[0].backward()", "losses.mean().backward()"]
# why = """
# That is the slope of the mean, which was probably meant. `losses[0]` is
# the first point alone, so the second has no say in the gradient."""
#
# [[wrong]]
# change = ["losses[0].backward()", "losses.sum().backward()"]
# why = """
# That is the slope of the sum of both losses. An index picks one element,
# and gradients come back from that one only."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# The error is about results with more than one element. `losses[0]` has
# one, so nothing is raised, and the second point is dropped in silence."""

# %%
u = torch.tensor(4.0, requires_grad=True)
squared = u**2
factor = torch.tensor(squared)
(factor * u).backward()

# %% [raw] id="clinic-rewrapped" tutor="quiz"
# type = "number"
# prompt = """
# `u` is 4 and `squared` is 16. `factor = torch.tensor(squared)` gave a
# warning, no error. What is in `u.grad` after `(factor * u).backward()`?"""
# ask = "u.grad"
# hint = [
#     "`torch.tensor` makes a new tensor out of numbers.",
#     "Does the new tensor know where its number came from?",
# ]
#
# [[wrong]]
# change = ["torch.tensor(squared)", "squared"]
# why = """
# That is the slope of `u**3`. It counts the path through `squared`, and
# `torch.tensor()` copied the number 16 without the graph behind it."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# The product requires grad, since one factor is `u` itself. There is a path
# back to `u`, so `backward()` has work to do."""
#
# [[wrong]]
# change = ["(factor * u).backward()", "squared.backward()"]
# why = """
# That is the slope of `squared` alone. It was not `squared` on which
# `backward()` was called, and `factor` has no path back to it."""
