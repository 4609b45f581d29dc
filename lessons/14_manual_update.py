# %% [raw] tutor="lesson"
# title = "An update by hand"
# needs = ["accumulation"]
# minutes = 7
# read = ["Learning PyTorch with Examples"]

# %% [markdown]
# # An update by hand
#
# A model that turns Celsius into Fahrenheit: `w * x + b`, beginning at
# `w = 2` and `b = 30`. The true rule is `1.8 * x + 32`, so `w` is too large
# and `b` is too small.
#
# The learning rate is 0.0001. After one update, which of the two will have
# moved further towards its true value? Or will both move alike? Decide,
# then step.

# %%
import torch

w = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(30.0, requires_grad=True)


def forward(x):
    return w * x + b


def mse(predicted, target):
    difference = predicted - target
    return torch.mean(difference**2)


print(forward(torch.tensor(20.0)))
#> tensor(70., grad_fn=<AddBackward0>)

# %%
celsius = torch.tensor([[-40.0], [-10.0], [15.0], [30.0], [50.0]])
fahrenheit = torch.tensor([[-40.0], [14.0], [59.0], [86.0], [122.0]])

predicted = forward(celsius)
print(predicted)
#> tensor([[-50.],
#>         [ 10.],
#>         [ 60.],
#>         [ 90.],
#>         [130.]], grad_fn=<AddBackward0>)
loss = mse(predicted, fahrenheit)
print(loss)  #> tensor(39.4000, grad_fn=<MeanBackward0>)

loss.backward()
print(w.grad)  #> tensor(390.)
print(b.grad)  #> tensor(-0.4000)

# %%
with torch.no_grad():
    w -= 1e-4 * w.grad  #? w
    b -= 1e-4 * b.grad  #? b
w.grad.zero_()
b.grad.zero_()

predicted = forward(celsius)
print(predicted)
#> tensor([[-48.4400],
#>         [ 10.3900],
#>         [ 59.4150],
#>         [ 88.8300],
#>         [128.0500]], grad_fn=<AddBackward0>)
print(mse(predicted, fahrenheit))
#> tensor(25.8098, grad_fn=<MeanBackward0>)

# %% [markdown]
# `w` went from 2 to 1.961, a fifth of its way. `b` has hardly left 30.
#
# The five errors -10, -4, 1, 4 and 8 nearly cancel: twice their mean is
# -0.4, the slope for `b`. For `w` each is first multiplied by its
# temperature. No product is negative, and twice their mean is 390.
#
# A small gradient does not say that a weight is right. It says that moving
# this weight alone would change the loss little.
#
# The next two cells do one turn each, from `w = 1` towards 3. They differ
# in one line. Compare all that is known about `w` at the end.

# %%
w = torch.tensor(1.0, requires_grad=True)
loss = (w - 3) ** 2
loss.backward()
with torch.no_grad():
    w -= 0.1 * w.grad
print(w)  #> tensor(1.4000, requires_grad=True)

# %%
w = torch.tensor(1.0, requires_grad=True)
loss = (w - 3) ** 2
loss.backward()
with torch.no_grad():
    w = w - 0.1 * w.grad
print(w)  #> tensor(1.4000)

# %% [markdown]
# The numbers agree, the tensors do not. `w -= ...` writes into the leaf
# that was there. `w = w - ...` makes a new tensor and gives it the old
# name; made under `no_grad()`, it does not require grad, and the next
# `backward()` finds nothing to do and raises an error.
#
# The rule for an update by hand: in place, under `no_grad()`, and then
# empty `.grad`.
#
# One thing to change: in the cell above, take the line with `no_grad()`
# away and keep the update. What does `print(w)` say about `w` then?

# %%
w = torch.tensor(1.0, requires_grad=True)
loss = (w - 3) ** 2
loss.backward()
w = w - 0.1 * w.grad
loss = (w - 3) ** 2
loss.backward()

# %% [raw] id="manual-rebound-grad" tutor="quiz"
# type = "choice"
# prompt = """
# Without `no_grad()`, `w = w - 0.1 * w.grad` ran once, and `backward()` ran
# again. What is in `w.grad` now?"""
# ask = "w.grad"
# hint = [
#     "Which tensor does the name `w` stand for after the update?",
#     "Only leaves keep a gradient, unless told otherwise.",
# ]
#
# [[wrong]]
# read_as = "nonleaf_keep_grad"
# why = """
# -3.2 is the slope at 1.4, and it did reach the new `w`. But the new `w` is
# the result of a subtraction, not a leaf, so it was passed on and not
# kept."""
#
# [[wrong]]
# change = ["w = w - 0.1 * w.grad", "w.data -= 0.1 * w.grad"]
# why = """
# -7.2 is the total of -4 and -3.2. It would form if one leaf had received
# both. Here the second slope went into the graph of another tensor."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# The new `w` has a `grad_fn`, so `backward()` can run. Under `no_grad()` it
# would have none, and then it raises."""

# %%
u = torch.tensor(1.0, requires_grad=True)
for turn in range(2):
    loss = (u - 3) ** 2
    loss.backward()
    with torch.no_grad():
        u -= 0.25 * u.grad

# %% [raw] id="manual-no-reset" tutor="quiz"
# type = "number"
# prompt = """
# `u` begins at 1, the learning rate is 0.25, the loss is `(u - 3)**2`.
# Nothing empties `.grad`. Where is `u` after two turns?"""
# ask = "u"
# hint = [
#     "The slope is -4 at `u = 1`. What is it after the first update?",
#     "The second update uses `.grad`, not the latest slope.",
# ]
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = """
# That takes `.grad` for the second slope, -2. The first slope is still in
# it, so the second update uses -6 and goes past 3."""
#
# [[wrong]]
# value = "torch.tensor(3.0)"
# why = """
# That uses the first slope, -4, twice. The second turn adds the slope at
# `u = 2`, which is -2."""
#
# [[wrong]]
# value = "torch.tensor(2.0)"
# why = "That is where `u` is after one turn. There are two."
