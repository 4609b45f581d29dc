# %% [raw] tutor="lesson"
# title = "Numbers from two runs"
# needs = ["linear", "sum_or_mean"]
# minutes = 7
# read = ["Reproducibility", "torch.from_numpy"]

# %% [markdown]
# # Numbers from two runs
#
# An article draws one random integer `r` from -2 to 3, sets no seed, and
# makes 99 targets `y = 20 * x + 5 + r`. It trains `w` and `b` from 0 for
# 100 turns, prints seven of the losses, 1338702.5, 7.9803, 7.9686 and so
# on, plots them, and ends with `w = 20.115469` and `b = 0.341082`.
#
# Which `r` was drawn? The program below tries 1, with which `b` should
# become 6. Where will `b` be after 100 turns? It moves by 0.2 in the first.

# %%
import numpy as np
import torch

x = torch.from_numpy(np.arange(1, 100))


def train(y):
    w = torch.tensor(0.0, requires_grad=True)
    b = torch.tensor(0.0, requires_grad=True)
    losses = []
    for turn in range(100):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w -= 1e-4 * w.grad
            b -= 1e-4 * b.grad
        w.grad, b.grad = None, None
        losses.append(loss.item())
    return w.item(), b.item(), losses


# %% [markdown]
# Each call of `train` is 2,200 steps. `n` goes past them, and `o` comes out
# again if you step in. Below, every fifteenth loss is plotted: one `#` for
# 40,000.

# %%
w, b, losses = train(20 * x + 5 + 1)  #? b
for loss in losses[::15]:
    print("#" * round(loss / 40_000) + "|", f"{loss:.4f}")
    #> #################################| 1338702...
    #> | 7.9803
    #> | 7.9686
    #> | 7.9568
    #> | 7.9450
    #> | 7.9333
    #> | 7.9216
print(f"w {w:.6f} b {b:.6f}")  #> w 20.085... b 0.3308...

# %% [markdown]
# `b` is at 0.33. The seven losses are those of the article, so `r` was 1.
# But the article's `w` and `b` are other numbers. Try another `r`.

# %%
w, b, losses = train(20 * x + 5 + 3)
print(f"{losses[0]:.0f} {losses[15]:.4f}")  #> 134273... 14.5651
print(f"w {w:.6f} b {b:.6f}")  #> w 20.11546... b 0.34108...

# %% [markdown]
# With `r = 3` the last line is the article's. It copied from two runs.
#
# And `r` was drawn once for all targets. That is no noise: the points lie
# on one line, and the loss could be 0. But `b` is far from 6 or 8. The slope
# for `w` multiplies each error by an `x` of up to 99, so the learning rate
# has to be tiny, too small for `b`. The plot is flat because `w` is done.
#
# The rule: a loss that no longer falls does not say that the weights are
# right. And results belong together only if they come from one run; a seed
# makes it repeatable.
#
# One thing to change: in the first line of `train` begin `w` at 20, its
# right value. Is `b` any faster then?

# %%
targets = 20 * x + 5 + 3
offsets = set((targets - 20 * x).tolist())

# %% [raw] id="two-runs-noise" tutor="quiz"
# type = "number"
# prompt = """
# One `r` out of six possible integers was added to 99 targets. How many
# different numbers does `targets - 20 * x` hold?"""
# ask = "len(offsets)"
# hint = [
#     "How often was `r` drawn?",
#     "Two targets differ only by their `x`.",
# ]
#
# [[wrong]]
# value = "99"
# why = """
# That would be noise with a new draw for each point. Here one number was
# drawn, and all the points moved by it together."""
#
# [[wrong]]
# value = "6"
# why = """
# Six integers could be drawn. One was, before any target was made."""

# %%
c = torch.tensor(0.0, requires_grad=True)
loss = ((c - (20 * x + 6)) ** 2).sum()
loss.backward()
with torch.no_grad():
    c -= 1e-4 * c.grad

# %% [raw] id="two-runs-sum" tutor="quiz"
# type = "number"
# prompt = """
# `c` alone is to fit the 99 targets, whose mean is 1006, and the loss is a
# sum. `c` begins at 0, the learning rate is 0.0001. Where is `c` after one
# turn?"""
# ask = "c"
# hint = [
#     "The mean of the squared errors has the slope -2 * 1006.",
#     "The slope of the sum is 99 times that.",
# ]
#
# [[wrong]]
# read_as = "sum_is_mean"
# why = """
# That is the step with the mean, as `b` made it. The sum over 99 points has
# a slope 99 times as large."""
#
# [[wrong]]
# change = ["((c - (20 * x + 6)) ** 2)", "((c - (20 * x + 6)) ** 2 / 2)"]
# why = """
# The slope of a square has a factor 2, which is missing here."""
#
# [[wrong]]
# value = "torch.tensor(1006.0)"
# why = """
# That is where the loss is lowest. One step goes as far as the slope times
# the learning rate, not as far as it should."""
