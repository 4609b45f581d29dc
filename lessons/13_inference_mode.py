# %% [raw] tutor="lesson"
# title = "inference_mode is not no_grad"
# needs = ["no_grad", "in_place"]
# minutes = 6
# read = ["Locally disabling gradient computation", "Inference Mode"]

# %% [markdown]
# # inference_mode is not no_grad
#
# `y` is `x * 3`, computed under `no_grad()`. Outside, `z = y * x` is
# computed and `z.backward()` called. At `x = 5`, `y` is 15.
#
# Which number will be in `x.grad`? And if `inference_mode()` stood there
# for `no_grad()`, would it be the same?

# %%
import torch

x = torch.tensor(5.0, requires_grad=True)
with torch.no_grad():
    y = x * 3
z = y * x
z.backward()  #? x.grad
print(x.grad)  #> tensor(15.)

# %% [markdown]
# It is 15. `y` has no history, so for `z` it is the plain number 15. With
# the path through `y` it would have been 30.
#
# `inference_mode()` records nothing either. In the next cell it replaces
# `no_grad()`, and the cell raises. Which line is the first to differ, and
# which one raises?

# %%
x = torch.tensor(5.0, requires_grad=True)
with torch.inference_mode():
    y = x * 3
z = y * x
#! RuntimeError: Inference tensors cannot be saved for backward. ...
z.backward()

# %% [markdown]
# They differ at `y = x * 3`: the same 15, but now in an inference tensor,
# and it stays one after the block. `z = y * x` raises, before any
# `backward()`. The slope of `y * x` for `x` is `y`, so its node would have
# to save `y`.
#
# What is saved is protected by its version. An inference tensor has no
# version; this makes the mode a little faster. So no node may save it.
#
# `y` can still be used outside, in two ways. In the first of the next two
# cells nothing is saved. Which number is in `x.grad` there?

# %%
x = torch.tensor(5.0, requires_grad=True)
with torch.inference_mode():
    y = x * 3
print(y.is_inference(), x.is_inference())  #> True False
z = y + 7 * x
z.backward()  #? x.grad
print(x.grad)  #> tensor(7.)

# %%
x = torch.tensor(5.0, requires_grad=True)
with torch.inference_mode():
    y = x * 3
z = y.clone() * x
z.backward()
print(x.grad)  #> tensor(15.)

# %% [markdown]
# 7: an addition saves neither side, so it takes `y` as it is. In the
# second cell `clone()` runs after the block and makes an ordinary tensor.
#
# The rule: both modes record nothing. What `no_grad()` computes may go into
# a graph later, as a constant. What `inference_mode()` computes may not be
# saved by any graph. Use it where you only look at the results, and
# `no_grad()` inside training.
#
# One thing to change: in the cell above, move `.clone()` into the block:
# `y = (x * 3).clone()`. Is the copy an inference tensor as well?

# %%
a = torch.tensor(4.0, requires_grad=True)
with torch.inference_mode():
    p = a * 2
q = p + 1

# %% [raw] id="inference-mode-next" tutor="quiz"
# type = "choice"
# prompt = """
# `p = a * 2` was computed under `inference_mode()`, `q = p + 1` after the
# block. What is `(q.requires_grad, q.is_inference())`?"""
# ask = "(q.requires_grad, q.is_inference())"
# hint = [
#     "Does any input of `q` require grad?",
#     "The mode concerns tensors that are made while it is active.",
# ]
#
# [[wrong]]
# value = "(True, False)"
# why = """
# `p` has no history, inside the block or after it. With no input that
# requires grad, `q` does not require it either."""
#
# [[wrong]]
# value = "(False, True)"
# why = """
# `q` was made after the block, so it is an ordinary tensor. Only what is
# made inside is an inference tensor."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# It raises only if a graph wants to save `p`. Nothing is recorded for `q`,
# so nothing is saved."""

# %%
with torch.no_grad():
    b = torch.tensor(2.5, requires_grad=True)
    c = b * 4
(c * b).backward()

# %% [raw] id="inference-mode-leaf-inside" tutor="quiz"
# type = "number"
# prompt = """
# Under `no_grad()`, `b` was made as 2.5 with `requires_grad=True`, and
# `c = b * 4`. After the block, `(c * b).backward()` ran. What is in
# `b.grad`?"""
# ask = "b.grad"
# hint = [
#     "`no_grad()` concerns operations. Was `b` made by one?",
#     "Which of the two factors has a path back to `b`?",
# ]
#
# [[wrong]]
# read_as = "no_grad_noop"
# why = """
# That counts a path through `c` as well. `c` was computed under
# `no_grad()`, so it is the plain number 10."""
#
# [[wrong]]
# value = "None"
# why = """
# `b` was made with the flag, and the flag holds inside `no_grad()` too. It
# is a leaf that requires grad."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# The error needs a result none of whose inputs requires grad. `b` does, and
# `c * b` was computed after the block."""
