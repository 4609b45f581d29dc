# %% [raw] tutor="lesson"
# title = "Element 0 of tensors does not require grad"
# needs = ["manual_update", "detach"]
# minutes = 6
# read = ["Autograd mechanics", "A Gentle Introduction to torch.autograd"]

# %% [markdown]
# # Element 0 of tensors does not require grad
#
# This lesson ends one of its cells with an error. First the program as it
# should be: Celsius to Fahrenheit, with one `backward()`.
#
# The cell after it leaves out `requires_grad=True` for `w` and `b`, and
# changes nothing else. Which line will be the first to fail there: the one
# that makes `w`, the one that computes the loss, or `backward()`? And will
# the loss be another number?

# %%
import torch

celsius = torch.tensor([[-40.0], [-10.0], [15.0], [30.0], [50.0]])
fahrenheit = torch.tensor([[-40.0], [14.0], [59.0], [86.0], [122.0]])

w = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(30.0, requires_grad=True)
loss = torch.mean((w * celsius + b - fahrenheit) ** 2)
print(loss)  #> tensor(39.4000, grad_fn=<MeanBackward0>)
loss.backward()
print(w.grad, b.grad)  #> tensor(390.) tensor(-0.4000)

# %%
w = torch.tensor(2.0)
b = torch.tensor(30.0)
loss = torch.mean((w * celsius + b - fahrenheit) ** 2)  #? loss.requires_grad
print(loss)  #> tensor(39.4000)
loss.backward()
#! RuntimeError: element 0 of tensors does not require grad and does not
#! have a grad_fn

# %% [markdown]
# The loss is the same 39.4, and everything up to it runs. Only `backward()`
# fails, and its message is about "element 0 of tensors". That element is
# the loss, the tensor you called it on. It is not the one to repair.
#
# Put the two runs side by side. They differ from the first line, where `w`
# is made, and the difference travels: `w * celsius` has no `grad_fn`, so
# the sum has none, nor the difference, nor the loss.
#
# A repair that is easy to find: switch the flag on where the error is. Here
# is what that does.

# %%
w = torch.tensor(2.0)
b = torch.tensor(30.0)
loss = torch.mean((w * celsius + b - fahrenheit) ** 2)
loss.requires_grad_(True)
loss.backward()
print(loss.grad, w.grad)  #> tensor(1.) None

# %% [markdown]
# The error is gone and nothing is learned. The loss has become a leaf of
# its own, `backward()` has put a 1 into its `.grad`, and no path leads from
# there to `w`.
#
# The rule: a result requires grad if at least one of its inputs does. The
# error tells you where the path ends. The cause is the first step further
# up at which `requires_grad` is False and you expected True.
#
# One thing to change: in the cell that fails, give `requires_grad=True` to
# `w` but not to `b`. Does `backward()` run, and what is in `b.grad` then?

# %%
v = torch.tensor(-1.5, requires_grad=True)
optimizer = torch.optim.SGD([v], lr=0.1)
for turn in range(3):
    loss = ((v - 3) ** 2).detach().requires_grad_(True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# %% [raw] id="requires-grad-silenced" tutor="quiz"
# type = "number"
# prompt = """
# `v` begins at -1.5. The loss is detached and then told to require grad.
# After three turns without an error, what is `v`?"""
# ask = "v"
# hint = [
#     "Follow the graph back from the loss. Where does it end?",
#     "What does `step()` do with a weight whose `.grad` is None?",
# ]
#
# [[wrong]]
# read_as = "detach_identity"
# why = """
# That is three proper updates. The flag does not restore what `detach()`
# cut off: the graph behind the loss is gone."""
#
# [[wrong]]
# value = "None"
# why = "`v.grad` is None. `v` itself is a tensor that nothing changed."
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# With the flag on, the loss is a leaf that requires grad, and `backward()`
# on it is allowed. That is why this mistake stays quiet."""

# %%
x = torch.tensor(5.0, requires_grad=True)
with torch.no_grad():
    y = x * 2
z = y * x
z.backward()

# %% [raw] id="requires-grad-one-factor" tutor="quiz"
# type = "number"
# prompt = """
# `x` is 5. `y = x * 2` was computed under `no_grad()`, `z = y * x` was not.
# What is in `x.grad` after `z.backward()`?"""
# ask = "x.grad"
# hint = [
#     "Does `z` require grad? One of its inputs does.",
#     "To `backward()`, `y` is the plain number 10.",
# ]
#
# [[wrong]]
# read_as = "no_grad_noop"
# why = """
# That is the slope of `2 * x**2`. It counts a path through `y`, and `y` was
# made where no history is kept."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# The error needs a result none of whose inputs requires grad. Here one
# factor is `x` itself."""
#
# [[wrong]]
# value = "None"
# why = """
# One path is cut, the other is not: the factor `x` in `y * x` brings a
# gradient back."""
