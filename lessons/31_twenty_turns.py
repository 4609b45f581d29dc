# %% [raw] tutor="lesson"
# title = "Twenty turns that fall short"
# needs = ["manual_update", "learning_rate"]
# minutes = 6
# read = ["Learning PyTorch with Examples"]

# %% [markdown]
# # Twenty turns that fall short
#
# A program from a course: one weight learns `y = 2 * x`. After twenty turns
# with autograd it says 9.612 for `x = 5`, where 10 is right. The author's
# numpy program says 9.999 after ten. Is autograd less accurate?
#
# In the first turn `w` is 0. Work out on paper the mean of
# `2 * x * (w * x - y)` over the four points. That is what `backward()`
# should put into `w.grad`. Step through one turn, then `]` goes on by turns.

# %%
import torch

X = torch.tensor([1.0, 2.0, 3.0, 4.0])
Y = torch.tensor([2.0, 4.0, 6.0, 8.0])
w = torch.tensor(0.0, requires_grad=True)
print(f"before: f(5) = {(w * 5).item():.3f}")  #> before: f(5) = 0.000

# %%
for turn in range(1, 21):
    loss = ((w * X - Y) ** 2).mean()
    loss.backward()  #? w.grad @ turn 1
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad.zero_()
    if turn % 2 == 1:
        print(f"{turn}: w = {w.item():.3f}, loss = {loss.item():.8f}")
        #> 1: w = 0.300, loss = 30.00000000
        #> 3: w = 0.772, loss = 15.66018772
        #> 5: w = 1.113, loss = 8.17471695
        #> 7: w = 1.359, loss = 4.26725292
        #> 9: w = 1.537, loss = 2.22753215
        #> 11: w = 1.665, loss = 1.16278565
        #> 13: w = 1.758, loss = 0.60698116
        #> 15: w = 1.825, loss = 0.31684780
        #> 17: w = 1.874, loss = 0.16539653
        #> 19: w = 1.909, loss = 0.08633806
print(f"after: f(5) = {(w * 5).item():.3f}")  #> after: f(5) = 9.612

# %% [markdown]
# The slope on paper is -(4 + 16 + 36 + 64) / 4 = -30, and `backward()` put
# -30 into `w.grad`. Nothing is lost.
#
# A second witness needs neither paper nor autograd: nudge `w` up and down a
# little and see how much the loss moves.

# %%
def loss_at(weight):
    return ((weight * X.double() - Y.double()) ** 2).mean().item()


nudge = 0.001
slope = (loss_at(nudge) - loss_at(-nudge)) / (2 * nudge)
print(f"{slope:.3f}")  #> -30.000

# %% [markdown]
# Three ways, one slope: the gradient is right. So the steps are short.
#
# The distance from `w` to 2 begins at 2, and after one turn it is 1.7. Each
# turn multiplies it by 0.85: 1 minus the learning rate times 15. Twenty
# turns leave `2 * 0.85**20`, 0.078, and five times that is missing from 10.
#
# The rule: a gradient is accurate or not in a single turn. How near twenty
# turns come depends on the length of the steps. Compare the first turn of
# two programs before you compare their ends. The numpy program is the next
# lesson.
#
# One thing to change: give the loop 60 turns. Which number is `f(5)` then?

# %%
v = torch.tensor(0.0, requires_grad=True)
for turn in range(3):
    loss = ((v * X - Y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        v -= 0.02 * v.grad
    v.grad = None

# %% [raw] id="twenty-turns-twice-the-rate" tutor="quiz"
# type = "number"
# prompt = """
# The same loop for `v`, from 0, with twice the learning rate: 0.02. Where
# is `v` after three turns?"""
# ask = "v"
# hint = [
#     "By which factor does a turn multiply the distance to 2 now?",
#     "1 - 0.02 * 15, three times.",
# ]
#
# [[wrong]]
# read_as = "mean_is_sum"
# why = """
# That is three turns with the sum of the four squared errors. Its slope is
# four times as large, and each step jumps over 2."""
#
# [[wrong]]
# value = "torch.tensor(1.8)"
# why = """
# That takes three steps of 0.6. Only the first is so long: the slope
# shrinks with the distance."""
#
# [[wrong]]
# change = ["v -= 0.02 * v.grad", "v -= 0.01 * v.grad"]
# why = """
# That is where the first loop is after three turns, with the learning rate
# 0.01."""

# %% [raw] id="twenty-turns-after-zero" tutor="quiz"
# type = "choice"
# prompt = """
# The loop of twenty turns ended with `w.grad.zero_()`. What is in `w.grad`
# now?"""
# ask = "w.grad"
# hint = [
#     "`zero_()` writes into the tensor that is there.",
#     "Is that the same as `w.grad = None`, as the loop for `v` has it?",
# ]
#
# [[wrong]]
# value = "None"
# why = """
# `w.grad = None` and an optimizer's `zero_grad()` take the gradient away.
# `zero_()` keeps the tensor and fills it with zeros."""
#
# [[wrong]]
# change = ["w.grad.zero_()", ""]
# why = """
# That is what is there if nothing empties `.grad`: the sum of the slopes of
# all twenty turns, in a run that went another way."""
#
# [[wrong]]
# value = "2 * (X * (w * X - Y)).mean()"
# why = """
# That would be the slope at the last `w`. No `backward()` ran after the
# last update, and `zero_()` was the last thing to write into `.grad`."""
