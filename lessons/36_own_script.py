# %% [raw] tutor="lesson"
# title = "Your own script"
# needs = ["linear", "detach"]
# minutes = 7
# read = ["Autograd mechanics", "Reproducibility"]

# %% [markdown]
# # Your own script
#
# Any training script can be stepped through with `tutor open my_train.py`.
# Let it run 3 turns first instead of 1000, on a few points: most mistakes
# are there in the first turn.
#
# Below is such a script, with one mistake. A net of two layers learns
# `x**2`. Its loss falls, but after 200 turns it is still 0.48. There are
# four parameters, a weight and a bias in each layer. How many of them does
# the first `optimizer.step()` change?

# %%
import torch
from torch import nn

torch.manual_seed(0)
X = torch.tensor([[-1.0], [0.0], [0.5], [1.5]])
Y = X**2
first = nn.Linear(1, 3)
second = nn.Linear(3, 1)
optimizer = torch.optim.SGD(
    [*first.parameters(), *second.parameters()], lr=0.2
)

# %%
for turn in range(3):
    hidden = torch.tanh(first(X)).detach()  # for the plot
    loss = nn.functional.mse_loss(second(hidden), Y)
    loss.backward()  #? first.weight.grad @ turn 1
    optimizer.step()
    optimizer.zero_grad()
    print(f"{loss.item():.3f}")
    #> 1.247
    #> 0.709
    #> 0.593

# %% [markdown]
# Two: after `backward()`, `second` has gradients and `first` has None.
# `step()` skips what has None. Three looks find this in any script:
#
# - At the first `backward()`, open the graph. Does a path lead from the
#   loss to every weight? Here it is cut at `hidden`.
# - After it, look at the tensors. Has each weight a number in `.grad`?
# - At `optimizer.step()`, does each weight change?
#
# `detach()` was there for the plot. Take the looks again without it.

# %%
torch.manual_seed(0)
first = nn.Linear(1, 3)
second = nn.Linear(3, 1)
optimizer = torch.optim.SGD(
    [*first.parameters(), *second.parameters()], lr=0.2
)
for turn in range(3):
    hidden = torch.tanh(first(X))
    loss = nn.functional.mse_loss(second(hidden), Y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    print(f"{loss.item():.3f}")
    #> 1.247
    #> 0.675
    #> 0.581

# %% [markdown]
# The first losses are equal, the third are 0.593 and 0.581. Nobody would
# find the mistake in these numbers; the graph shows it from the start.
# After 200 turns the losses are 0.48 and 0.0002.
#
# The rule: do not begin with the loss. Follow one gradient from the loss to
# each weight, and one update from each gradient to its weight.
#
# One thing to change: take the script that you wrote last. Let it run three
# turns, open it with `tutor open`, and take the three looks.

# %%
a = nn.Linear(1, 1)
b = nn.Linear(1, 1)
nn.init.constant_(a.weight, 3.0)
nn.init.constant_(b.weight, 4.0)
optimizer = torch.optim.SGD(a.parameters(), lr=0.02)
b(a(torch.tensor([[5.0]]))).backward()
optimizer.step()

# %% [raw] id="own-script-three-looks" tutor="quiz"
# type = "tensor"
# prompt = """
# Take the three looks at this one. The weights are 3 in `a` and 4 in `b`,
# the input is 5, the learning rate is 0.02. What is `a.weight` after
# `step()`?"""
# ask = "a.weight"
# hint = [
#     "Is there a path from the result to `a.weight`? Does `a` get a step?",
#     "The slope for `a.weight` is the weight of `b` times the input.",
# ]
#
# [[wrong]]
# value = "torch.tensor([[3.0]])"
# why = """
# That would hold if a look had failed. The path leads through `b` to `a`,
# the gradient 20 arrives, and the optimizer was given the parameters of
# `a`. It is `b` that stays as it is."""
#
# [[wrong]]
# value = "torch.tensor([[2.9]])"
# why = """
# That uses the slope 5, as if `a` were the last layer. The gradient passes
# through `b` first and is multiplied by 4 there."""
#
# [[wrong]]
# value = "torch.tensor([[3.4]])"
# why = "That adds the step. An update subtracts it."

# %%
c = torch.tensor(3.0, requires_grad=True)
d = torch.tensor(5.0, requires_grad=True)
optimizer = torch.optim.SGD([c, d], lr=0.1)
middle = (c * 2).detach()
(middle * d).backward()
optimizer.step()

# %% [raw] id="own-script-cut" tutor="quiz"
# type = "number"
# prompt = """
# And at this one. `c` is 3, `d` is 5, and `middle` is `(c * 2).detach()`.
# After `(middle * d).backward()`, `step()` ran with learning rate 0.1. What
# is `c`?"""
# ask = "c"
# hint = [
#     "Is there a path from the result to `c`?",
#     "What does `step()` do with a parameter whose `.grad` is None?",
# ]
#
# [[wrong]]
# read_as = "detach_identity"
# why = """
# That is a step with the slope 10, which would come back through `c * 2`.
# `detach()` cuts that path, so `c.grad` is None."""
#
# [[wrong]]
# value = "torch.tensor(2.4)"
# why = """
# That is a step with the slope 6. It arrives at `d`, the other factor, and
# moves `d` alone."""
#
# [[wrong]]
# value = "None"
# why = "`c.grad` is None. `c` itself is a tensor that nothing changed."
