# %% [raw] tutor="lesson"
# title = "The gradient of a step in between"
# needs = ["leaf", "chain_rule", "fan_out"]
# minutes = 6
# read = ["torch.Tensor.retain_grad", "torch.Tensor.is_leaf"]

# %% [markdown]
# # The gradient of a step in between
#
# `a` is 4 times `x`, and the loss is `a**2`. `a` is no leaf, so its `.grad`
# usually stays None. `a.retain_grad()` asks torch to keep it.
#
# At `x = 3`, `a` is 12 and the loss is 144. Which number will be in
# `a.grad`?

# %%
import torch

x = torch.tensor(3.0, requires_grad=True)
a = x * 4
a.retain_grad()
loss = a**2
loss.backward()  #? a.grad
print(a.grad, x.grad)  #> tensor(24.) tensor(96.)

# %% [markdown]
# It is 24, 2 times 12: how fast the *loss* rises with `a`. Whoever answered
# 96 gave the gradient of the leaf, which is 4 times as much. Whoever
# answered 4 gave how fast `a` itself rises with `x`.
#
# Go back through the steps of `backward()`: the 24 leaves one node and
# enters the next. It does so in every run; `retain_grad()` only keeps it.
#
# In the next cell the same call comes last. What is printed?

# %%
x = torch.tensor(3.0, requires_grad=True)
a = x * 4
loss = a**2
loss.backward()
a.retain_grad()
print(a.grad, x.grad)  #> None tensor(96.)

# %% [markdown]
# None. The 24 passed through while `backward()` ran, and nobody kept it.
# `retain_grad()` does not compute anything; it must be there before.
#
# One more case: below, `a` is used twice. Is `a.grad` the gradient of the
# first use, of the last, or something else?

# %%
x = torch.tensor(3.0, requires_grad=True)
a = x * 4
a.retain_grad()
loss = a**2 + 5 * a
loss.backward()  #? a.grad
print(a.grad, x.grad)  #> tensor(29.) tensor(116.)

# %% [markdown]
# 29: the two paths bring 24 and 5, and they are added before they reach
# `a`. Only the sum goes on to `x`, and 4 times 29 is 116.
#
# The rule: `retain_grad()`, called before `backward()`, keeps the gradient
# that arrives at a tensor, summed over all its paths. It changes no other
# number. It is a tool for looking, not for learning.
#
# One thing to change: in the first program, call `loss.retain_grad()` too.
# What will `loss.grad` be?

# %%
u = torch.tensor(2.5, requires_grad=True)
b = u + 3
b.retain_grad()
loss = b * b * u
loss.backward()

# %% [raw] id="retain-grad-in-between" tutor="quiz"
# type = "number"
# prompt = """
# `u` is 2.5 and `b = u + 3` is 5.5. The loss is `b * b * u`, and `b` was
# told to retain its gradient. What is in `b.grad`?"""
# ask = "b.grad"
# hint = [
#     "How much does the loss rise when `b` rises and `u` stays?",
#     "`b` is a factor twice.",
# ]
#
# [[wrong]]
# value = "u.grad"
# why = """
# That is the gradient at the leaf. It is larger, since `u` also enters the
# loss directly, on a path that does not go through `b`."""
#
# [[wrong]]
# value = "b * u"
# why = """
# That counts one of the two factors. Both are the same tensor, and the two
# gradients are added before they arrive at it."""
#
# [[wrong]]
# change = ["b.retain_grad()", ""]
# why = """
# `b` is no leaf, so None is what you would see without `retain_grad()`.
# Here it was called, and before `backward()`."""

# %%
v = torch.tensor(2.5, requires_grad=True)
h = v * 3
h.retain_grad()
h = h**2
h.backward()

# %% [raw] id="retain-grad-which-tensor" tutor="quiz"
# type = "choice"
# prompt = """
# `v` is 2.5. Then `h = v * 3`, `h.retain_grad()`, `h = h**2` and
# `h.backward()` ran. What is in `h.grad`?"""
# ask = "h.grad"
# hint = [
#     "Which tensor was told to keep its gradient?",
#     "Which tensor does the name `h` stand for at the end?",
# ]
#
# [[wrong]]
# value = "2 * v * 3"
# why = """
# 15 is the gradient that arrived at `v * 3`, and it was kept there. But the
# name `h` has moved on to another tensor."""
#
# [[wrong]]
# read_as = "nonleaf_keep_grad"
# why = """
# 1 is what `backward()` begins with at the last `h`. That tensor is no leaf
# and was never told to keep anything."""
#
# [[wrong]]
# value = "v.grad"
# why = """
# That is in `v.grad`, since `v` is a leaf. A result does not take over the
# gradient of a leaf."""
