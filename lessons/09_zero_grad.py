# %% [raw] tutor="lesson"
# title = "What zero_grad leaves behind"
# needs = ["accumulation"]
# minutes = 7
# read = ["torch.optim.Optimizer.zero_grad", "torch.optim"]

# %% [markdown]
# # What zero_grad leaves behind
#
# An optimizer is given the tensors to train. Its `step()` moves each of
# them against its gradient, here by 0.1 times `.grad`. Its `zero_grad()`
# empties each `.grad`, since the next `backward()` would add to it.
#
# The loop takes `w` from 1 towards 3 in five turns. In the last turn
# `backward()` puts about -1.64 into `w.grad`. What is in `w.grad` when the
# last `zero_grad()` has run?

# %%
import torch

w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for turn in range(5):
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()  #? w.grad
    print(f"{w.item():.3f}")
    #> 1.400
    #> 1.720
    #> 1.976
    #> 2.181
    #> 2.345

# %% [markdown]
# None. Who expects 0 takes the name literally. Since torch 2.0
# `zero_grad()` writes no zeros: it takes the gradient away, and `w.grad` is
# as it was before the first `backward()`. The value of `w` stays.
#
# The same loop without `zero_grad()` follows. Where do the two runs first
# hold different numbers? And which of them is nearer to 3 after three
# turns?

# %%
w = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for turn in range(5):
    loss = (w - 3) ** 2
    loss.backward()
    optimizer.step()
    print(f"{w.item():.3f}")
    #> 1.400
    #> 2.120
    #> 3.016
    #> 3.909
    #> 4.620

# %% [markdown]
# They part as soon as turn 1 ends: None in one `w.grad`, -4 in the other.
# After three turns the run with the mistake is nearer: it uses the sum of
# all slopes so far. But it does not stop at 3; after five turns it is at
# 4.62. Three turns cannot tell a mistake from an improvement.
#
# Now None against zero. With `momentum=0.9` each step also repeats nine
# tenths of the step before. The next two cells differ in one argument.

# %%
w = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
(w**2).backward()
optimizer.step()
optimizer.zero_grad()
optimizer.step()
print(w)  #> tensor(2.4000, requires_grad=True)

# %%
w = torch.tensor(3.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
(w**2).backward()
optimizer.step()
optimizer.zero_grad(set_to_none=False)
optimizer.step()
print(w)  #> tensor(1.8600, requires_grad=True)

# %% [markdown]
# Both go from 3 to 2.4 in the first step. The second step of the first run
# does nothing: a tensor whose `.grad` is None is skipped. In the other run
# `.grad` is 0, which is a gradient, and momentum carries `w` on by 0.54.
#
# The rule: `zero_grad()` sets `.grad` to None, for the tensors that the
# optimizer was given and for no others. None means that there is no
# gradient. Zero is a gradient.
#
# One thing to change: in the first loop, give `zero_grad` the argument
# `set_to_none=False`. Which numbers change, and which do not?

# %%
v = torch.tensor(5.0, requires_grad=True)
optimizer = torch.optim.SGD([v], lr=0.1, weight_decay=0.5)
(v**2).backward()
optimizer.zero_grad()
optimizer.step()

# %% [raw] id="zero-grad-weight-decay" tutor="quiz"
# type = "number"
# prompt = """
# `weight_decay=0.5` makes `step()` add `0.5 * v` to each gradient before
# it uses it. `v` began at 5. Where is `v` now?"""
# ask = "v"
# hint = [
#     "What does `step()` find in `v.grad`?",
#     "Is there a gradient to which `0.5 * v` could be added?",
# ]
#
# [[wrong]]
# read_as = "zero_grad_zeros"
# why = """
# That is a step with the gradient 0 + 0.5 * 5. `zero_grad()` left None, so
# `step()` skipped `v`, and the decay with it."""
#
# [[wrong]]
# read_as = "zero_grad_noop"
# why = """
# That uses the slope 10 and the decay 2.5. The slope was taken away before
# `step()` ran."""
#
# [[wrong]]
# value = "torch.tensor(4.0)"
# why = """
# That is a step with the slope 10 alone. `zero_grad()` took it away before
# `step()` ran, so nothing is left to use."""

# %%
a = torch.tensor(3.0, requires_grad=True)
b = torch.tensor(7.0, requires_grad=True)
optimizer = torch.optim.SGD([a], lr=0.1)
(a * b).backward()
optimizer.zero_grad()
(a * b).backward()

# %% [raw] id="zero-grad-other-tensor" tutor="quiz"
# type = "number"
# prompt = """
# `a` is 3 and `b` is 7. The optimizer was given `a` alone. `backward()` ran
# on `a * b` before and after `zero_grad()`. What is in `b.grad`?"""
# ask = "b.grad"
# hint = [
#     "The slope of `a * b` for `b` is `a`.",
#     "Which tensors does `zero_grad()` reach?",
# ]
#
# [[wrong]]
# change = ["SGD([a], lr=0.1)", "SGD([a, b], lr=0.1)"]
# why = """
# That holds for a tensor that the optimizer was given. `b` is not one, so
# nothing emptied `b.grad`, and the second 3 was added to the first."""
#
# [[wrong]]
# value = "2 * b"
# why = """
# That adds up 7 twice. 7 is the slope for `a`; the one for `b` is 3."""
#
# [[wrong]]
# value = "None"
# why = """
# Both calls of `backward()` reach `b`, since it requires grad. An optimizer
# plays no part in that."""
