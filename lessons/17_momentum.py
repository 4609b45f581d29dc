# %% [raw] tutor="lesson"
# title = "Momentum"
# needs = ["sgd", "zero_grad"]
# minutes = 8
# read = ["SGD", "torch.optim.Optimizer.zero_grad"]

# %% [markdown]
# # Momentum
#
# The loss is `(w - 3)**2`, `w` begins at 1, the learning rate is 0.1. Plain
# SGD goes to 1.4, then to 1.72: the slopes are -4 and -3.2.
#
# With `momentum=0.9` the first step is the same, to 1.4, and the next slope
# is again -3.2. Where is `w` after the second step?

# %%
import torch

w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
for turn in range(3):
    loss = (w - 3) ** 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  #? w @ turn 2
    print(f"slope {w.grad.item():.3f} w {w.item():.3f}")
    #> slope -4.000 w 1.400
    #> slope -3.200 w 2.080
    #> slope -1.840 w 2.876

# %% [markdown]
# At 2.08. The step was 0.68 long, 0.1 times 6.8. The optimizer keeps a
# second number for `w`, its momentum buffer. In each `step()` the buffer
# becomes 0.9 times itself plus the slope: -4, then -3.6 - 3.2 = -6.8. The
# weight moves by the buffer, not by the slope. Go back into the second
# `step()`: `mul_` and `add_` change the buffer, the last `add_` changes `w`.
#
# Some take this for the effect of a forgotten `zero_grad()`. Here is a loop
# without momentum that never empties `.grad`. In which turn do the two
# part?

# %%
w = torch.tensor(1.0, requires_grad=True)
for turn in range(3):
    loss = (w - 3) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    print(f"total {w.grad.item():.3f} w {w.item():.3f}")
    #> total -4.000 w 1.400
    #> total -7.200 w 2.120
    #> total -8.960 w 3.016

# %% [markdown]
# In the second. The total keeps every old slope in full. In the buffer an
# old slope counts 0.9 times, then 0.81 times: it fades. The buffer belongs
# to the optimizer, and `zero_grad()` does not touch it.
#
# Now a `step()` without a new slope. In the next two cells the first step
# goes from 3 to 2.4. Then `.grad` is emptied, once to None, once to zero,
# and `step()` runs again. What is in the buffer afterwards?

# %%
w = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
(w**2).backward()
optimizer.step()
optimizer.zero_grad()
optimizer.step()
buffer = optimizer.state[w]["momentum_buffer"]
print(f"buffer {buffer.item():.1f} w {w.item():.2f}")
#> buffer 6.0 w 2.40

# %%
w = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
(w**2).backward()
optimizer.step()
optimizer.zero_grad(set_to_none=False)
optimizer.step()
buffer = optimizer.state[w]["momentum_buffer"]
print(f"buffer {buffer.item():.1f} w {w.item():.2f}")
#> buffer 5.4 w 1.86

# %% [markdown]
# With None, `step()` skips `w`: the buffer stays 6 and `w` stays 2.4. With
# zero, the buffer becomes 0.9 times 6, which is 5.4, and moves `w` on by
# 0.54. A slope of zero is still a slope.
#
# The rule: the buffer becomes momentum times the buffer plus the gradient,
# and the learning rate times the buffer is taken from the weight. Where
# `.grad` is None, both stay as they are.
#
# One thing to change: let the first loop run for 12 turns. Does `w` stop at
# 3?

# %%
u = torch.tensor(5.0, requires_grad=True)
optimizer = torch.optim.SGD([u], lr=0.1, momentum=0.5)
for turn in range(2):
    optimizer.zero_grad()
    (u**2).backward()
    optimizer.step()

# %% [raw] id="momentum-half" tutor="quiz"
# type = "number"
# prompt = """
# `u` begins at 5, the loss is `u**2`, the learning rate 0.1, the momentum
# 0.5. The first step goes from 5 to 4. Where is `u` after two turns?"""
# ask = "u"
# hint = [
#     "The slope is 10 in the first turn and 8 in the second.",
#     "What is in the buffer after each of the two?",
# ]
#
# [[wrong]]
# read_as = "momentum_ignored"
# why = """
# That is plain SGD. The second step also carries half of the first buffer,
# which is 5."""
#
# [[wrong]]
# change = ["momentum=0.5", "momentum=1.0"]
# why = """
# That keeps the first slope in full. The momentum of 0.5 leaves half of it
# for the second step."""
#
# [[wrong]]
# change = ["momentum=0.5", "momentum=0.5, dampening=0.5"]
# why = """
# That takes half of the old buffer and half of the new slope, a mean of the
# two. torch adds the new slope in full, unless dampening is asked for."""

# %%
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([a, b], lr=0.1, momentum=0.9)
(a**2 + b**2).backward()
optimizer.step()
optimizer.zero_grad()
(b**2).backward()
optimizer.step()

# %% [raw] id="momentum-unused-weight" tutor="quiz"
# type = "number"
# prompt = """
# `a` begins at 2. Its slope is 4 in the first of two updates, and the loss
# of the second does not contain `a`. Where is `a` at the end?"""
# ask = "a"
# hint = [
#     "`zero_grad()` runs between the two updates.",
#     "What is in `a.grad` when the second `step()` runs?",
# ]
#
# [[wrong]]
# read_as = "zero_grad_zeros"
# why = """
# That would hold if `a.grad` were zero: the buffer would carry `a` on. It
# is None, and a weight without a gradient is skipped."""
#
# [[wrong]]
# read_as = "zero_grad_noop"
# why = """
# That uses the first slope again. `zero_grad()` took it away before the
# second `step()`."""
#
# [[wrong]]
# value = "torch.tensor(2.0)"
# why = "The first loss contains `a`, so the first update moves it."
