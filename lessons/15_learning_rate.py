# %% [raw] tutor="lesson"
# title = "How far one step goes"
# needs = ["manual_update"]
# minutes = 9
# read = ["torch.optim", "Optimizing Model Parameters"]

# %% [markdown]
# # How far one step goes
#
# The loss is `(w - 3)**2`, and `w` begins at 7, so it is 4 too large. One
# update takes away the learning rate times the slope.
#
# The first loop has learning rate 0.1, the second 1.0. Where will `w` be
# after the first turn of each? And where after the third turn of the
# second? Write all three down.

# %%
import torch

rate = 0.1
w = torch.tensor(7.0, requires_grad=True)
for turn in range(3):
    loss = (w - 3) ** 2
    loss.backward()
    with torch.no_grad():
        w -= rate * w.grad  #? w @ turn 1
    w.grad = None
    print(f"{w.item():.3f}")
    #> 6.200
    #> 5.560
    #> 5.048

# %%
rate = 1.0
w = torch.tensor(7.0, requires_grad=True)
for turn in range(3):
    loss = (w - 3) ** 2
    loss.backward()
    with torch.no_grad():
        w -= rate * w.grad  #? w @ turn 1
    w.grad = None
    print(f"{w.item():.3f}")
    #> -1.000
    #> 7.000
    #> -1.000

# %% [markdown]
# The first loop comes nearer to 3. In the second `w` is at -1, and at -1
# again. Who expects 3 reads a learning rate of 1.0 as "all of the way". But
# it is a factor on the slope, which is 8 at 7, where the distance is 4.
#
# Look at the slopes of the second loop: 8, -8, 8. `w` jumps over 3 to the
# same distance on the other side, where the slope has the other sign. The
# loss is 16 in every turn, with no error and no change.
#
# The third loop has learning rate 1.1. In which turn does its slope first
# differ from the slope in the second loop?

# %%
rate = 1.1
w = torch.tensor(7.0, requires_grad=True)
for turn in range(3):
    loss = (w - 3) ** 2
    loss.backward()
    with torch.no_grad():
        w -= rate * w.grad
    w.grad = None
    print(f"{w.item():.3f}")
    #> -1.800
    #> 8.760
    #> -3.912

# %% [markdown]
# In the second: the first slope is 8 in both. From then on each jump lands
# farther away, and the next slope is larger. The run diverges.
#
# The rule for this loss: a turn multiplies the distance to 3 by
# `1 - 2 * rate`: by 0.8, -1 and -1.2. A minus sign is a jump to the other
# side; with a size above 1 the jumps grow. For a steeper loss the 2 is
# larger.
#
# One thing to change: find the learning rate that lands on 3 in one turn.
# Then try one between it and 1.0.

# %%
v = torch.tensor(7.0, requires_grad=True)
for turn in range(2):
    loss = (v - 3) ** 2
    loss.backward()
    with torch.no_grad():
        v -= 0.75 * v.grad
    v.grad = None

# %% [raw] id="learning-rate-overshoot" tutor="quiz"
# type = "number"
# prompt = """
# `v` begins at 7, the loss is `(v - 3)**2`, the learning rate is 0.75.
# Where is `v` after two turns?"""
# ask = "v"
# hint = [
#     "By which factor does one turn multiply the distance to 3?",
#     "The factor is negative, and it is used twice.",
# ]
#
# [[wrong]]
# value = "torch.tensor(3.25)"
# why = """
# That covers three quarters of the distance in each turn. The update takes
# three quarters of the slope, and the slope is twice the distance."""
#
# [[wrong]]
# change = ["v.grad = None", ""]
# why = """
# That is what comes out if the first slope stays in `.grad` and the second
# is added. Here `.grad` is emptied after each update."""
#
# [[wrong]]
# value = "torch.tensor(1.0)"
# why = """
# That is where `v` is after one turn, on the other side of 3. The second
# turn brings it back across."""

# %%
u = torch.tensor(7.0, requires_grad=True)
for turn in range(2):
    loss = 4 * (u - 3) ** 2
    loss.backward()
    with torch.no_grad():
        u -= 0.3 * u.grad
    u.grad = None

# %% [raw] id="learning-rate-steeper" tutor="quiz"
# type = "number"
# prompt = """
# Now the loss is `4 * (u - 3)**2`, and the learning rate is 0.3. `u` begins
# at 7. Where is it after two turns?"""
# ask = "u"
# hint = [
#     "What is the slope at 7, now that there is a 4 in front?",
#     "The slope is eight times the distance.",
# ]
#
# [[wrong]]
# change = ["4 * (u - 3) ** 2", "(u - 3) ** 2"]
# why = """
# That leaves the 4 out. The lowest point is the same, the slope is four
# times as large, and 0.3 is too much for it."""
#
# [[wrong]]
# value = "torch.tensor(-2.6)"
# why = """
# That is where `u` is after one turn. It has passed 3 and is farther away
# than before, so the second turn goes back with a larger slope."""
#
# [[wrong]]
# value = "torch.tensor(3.0)"
# why = """
# A loss that is four times as steep does not get there sooner at the same
# rate. The steps are four times as long and pass over 3."""
