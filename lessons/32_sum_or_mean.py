# %% [raw] tutor="lesson"
# title = "Why numpy seemed to win"
# needs = ["twenty_turns"]
# minutes = 8
# read = ["MSELoss"]

# %% [markdown]
# # Why numpy seemed to win
#
# This is the numpy program of the same author, with the same four points,
# learning rate 0.01 and start at 0. It says 9.999 for `x = 5` after half as
# many turns as the program with autograd.
#
# The slope of the mean squared error at 0 is -30. Where should `W` be after
# one turn? Read `gradient` before you step: is that where `W` will be?

# %%
import numpy as np

X = np.array([1.0, 2.0, 3.0, 4.0], dtype=np.float32)
Y = 2 * X


def gradient(x, y, predicted):
    return np.dot(2 * x, predicted - y).mean()


# %%
W = 0.0
for turn in range(10):
    predicted = W * X
    loss = ((predicted - Y) ** 2).mean()
    W -= 0.01 * gradient(X, Y, predicted)  #? W @ turn 1
    print(f"w = {W:.3f}, loss = {loss:.5f}")
    #> w = 1.200, loss = 30.00000
    #> w = 1.680, loss = 4.80000
    #> w = 1.872, loss = 0.76800
    #> w = 1.949, loss = 0.12288
    #> w = 1.980, loss = 0.01966
    #> w = 1.992, loss = 0.00315
    #> w = 1.997, loss = 0.00050
    #> w = 1.999, loss = 0.00008
    #> w = 1.999, loss = 0.00001
    #> w = 2.000, loss = 0.00000
print(f"f(5) = {W * 5:.3f}")  #> f(5) = 9.999

# %% [markdown]
# `W` is at 1.2, not at 0.3. The slope used was -120.
#
# The formula looks like a mean and is a sum. `np.dot` multiplies in pairs
# and adds up; what it returns is one number. The `.mean()` behind it takes
# the mean of one number.

# %%
predicted = 0 * X
print(np.dot(2 * X, predicted - Y))  #> -120.0
print((2 * X * (predicted - Y)).mean())  #> -30.0

# %% [markdown]
# So this gradient is four times the true one, and the steps are those of a
# learning rate of 0.04. If that is all, then autograd has to print the same
# ten lines with 0.04. Check it.

# %%
import torch

points = torch.tensor([1.0, 2.0, 3.0, 4.0])
w = torch.tensor(0.0, requires_grad=True)
for turn in range(10):
    loss = ((w * points - 2 * points) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.04 * w.grad
    w.grad.zero_()
    print(f"w = {w.item():.3f}, loss = {loss.item():.5f}")
    #> w = 1.200, loss = 30.00000
    #> w = 1.680, loss = 4.80000
    #> w = 1.872, loss = 0.76800
    #> w = 1.949, loss = 0.12288
    #> w = 1.980, loss = 0.01966
    #> w = 1.992, loss = 0.00315
    #> w = 1.997, loss = 0.00050
    #> w = 1.999, loss = 0.00008
    #> w = 1.999, loss = 0.00001
    #> w = 2.000, loss = 0.00000
print(f"f(5) = {(w * 5).item():.3f}")  #> f(5) = 9.999

# %% [markdown]
# It does. numpy did not win against autograd: a step four times as long won
# against a short one.
#
# The printed loss did not tell, since it was a proper mean; only the
# gradient belonged to another function. Nor could the author see the steps:
# in the notebook every line printed `w = 1.500`. This is how.

# %%
w = torch.tensor(1.5)
W = 0.0
for turn in range(3):
    predicted = W * X
    loss = ((predicted - Y) ** 2).mean()
    W -= 0.01 * gradient(X, Y, predicted)
    print(f"w = {w.item():.3f}, loss = {loss:.5f}")
    #> w = 1.500, loss = 30.00000
    #> w = 1.500, loss = 4.80000
    #> w = 1.500, loss = 0.76800

# %% [markdown]
# An earlier cell had left a tensor named `w`. The loop trains `W` and
# prints `w`. A weight that stands still while the loss falls is not the one
# that is trained.
#
# The rule: the sum over n points has n times the slope of their mean, which
# works like n times the learning rate. A gradient written apart from its
# loss can disagree with it; `backward()` cannot.
#
# One thing to change: let `gradient` return
# `(2 * x * (predicted - y)).mean()`, and run the first loop for 20 turns.
# Which number is `f(5)` then?

# %%
v = torch.tensor(0.0, requires_grad=True)
for turn in range(2):
    loss = ((v * points - 2 * points) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        v -= 0.01 * v.grad
    v.grad = None

# %% [raw] id="sum-or-mean-sum" tutor="quiz"
# type = "number"
# prompt = """
# Autograd again, with `.sum()` in the loss and the learning rate 0.01.
# Where is `v` after two turns from 0?"""
# ask = "v"
# hint = [
#     "At 0 the slope of the mean is -30. What is the slope of the sum?",
#     "A run with these two steps was printed in this lesson.",
# ]
#
# [[wrong]]
# read_as = "sum_is_mean"
# why = """
# That takes two steps with the slope of the mean. The sum of four squares
# has four times that slope."""
#
# [[wrong]]
# value = "torch.tensor(2.4)"
# why = """
# That takes the first step, 1.2, twice. After it the distance to 2 is
# smaller, and so is the slope."""
#
# [[wrong]]
# change = ["v.grad = None", ""]
# why = """
# That is what comes out if the first slope stays in `.grad` and is used
# again in the second step. This loop empties `.grad`."""

# %%
twice = np.concatenate([X, X])
step = -0.01 * np.dot(2 * twice, 0 * twice - 2 * twice)

# %% [raw] id="sum-or-mean-twice" tutor="quiz"
# type = "number"
# prompt = """
# `twice` holds each of the four points two times. `step` is the first step
# of the numpy program with these eight points, from `W = 0`. How long is
# it?"""
# ask = "float(step)"
# hint = [
#     "With four points the first step was 1.2.",
#     "Does `np.dot` divide by the number of points?",
# ]
#
# [[wrong]]
# value = "1.2"
# why = """
# A mean would not change if each point came twice. `np.dot` is a sum, and
# the sum doubles. The step now ends beyond 2."""
#
# [[wrong]]
# value = "0.3"
# why = "That is the step with the mean. There is no mean in `np.dot`."
#
# [[wrong]]
# value = "0.6"
# why = """
# That halves the step because there are twice as many points. Nothing is
# divided here; twice as many numbers are added."""
