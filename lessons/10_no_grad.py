# %% [raw] tutor="lesson"
# title = "What no_grad does not record"
# needs = ["accumulation"]
# minutes = 5
# read = ["no_grad", "Locally disabling gradient computation"]

# %% [markdown]
# # What no_grad does not record
#
# Below, `x` is 4. The loss is `x**2 + x**3`, which makes 80, but the second
# part is computed under `no_grad()`.
#
# The slope of `x**2` at 4 is 8, the slope of `x**3` is 48. What is in
# `x.grad` after `backward()`: 8, 48, 56, nothing at all? Or does
# `backward()` raise an error?

# %%
import torch

x = torch.tensor(4.0, requires_grad=True)
square = x**2
with torch.no_grad():
    cube = x**3
loss = square + cube
print(loss)  #> tensor(80., grad_fn=<AddBackward0>)
loss.backward()  #? x.grad
print(x.grad)  #> tensor(8.)

# %% [markdown]
# It is 8. `no_grad()` changes no number, the loss is 80. It turns off the
# recording: the power that made `cube` left no node in the graph. For
# `backward()`, `cube` is the constant 64.
#
# Who expects None or an error thinks that `no_grad()` spoils what it
# touches. The loss still has one input that requires grad, and that is
# enough.
#
# The same program without `no_grad()`. At which step do the two first hold
# something different?

# %%
x = torch.tensor(4.0, requires_grad=True)
square = x**2
cube = x**3
loss = square + cube
print(loss)  #> tensor(80., grad_fn=<AddBackward0>)
loss.backward()
print(x.grad)  #> tensor(56.)

# %% [markdown]
# At `cube`: 64 both times, but only here with a `grad_fn`. The printed loss
# looks the same in both runs.
#
# `no_grad()` is about operations. It does not change `requires_grad` of a
# tensor that goes in, nor of a leaf that is made inside.

# %%
with torch.no_grad():
    fresh = torch.tensor(5.0, requires_grad=True)
    doubled = 2 * fresh
print(fresh)  #> tensor(5., requires_grad=True)
print(doubled)  #> tensor(10.)

# %% [markdown]
# The rule: under `no_grad()` the result of an operation does not require
# grad and has no `grad_fn`, whatever its inputs are. What was recorded
# before stays recorded, and after the block recording goes on.
#
# One thing to change: in the first program, move `square = x**2` into the
# block too. What does `backward()` say then?

# %%
y = torch.tensor(5.0, requires_grad=True)
with torch.no_grad():
    z = 3 * y

# %% [raw] id="no-grad-flags" tutor="quiz"
# type = "choice"
# prompt = """
# `z = 3 * y` ran under `no_grad()`, and the block is over. What are
# `y.requires_grad` and `z.requires_grad`, in this order?"""
# ask = "(y.requires_grad, z.requires_grad)"
# hint = [
#     "One of the two was made by an operation inside the block.",
#     "Does `no_grad()` write anything into `y`?",
# ]
#
# [[wrong]]
# value = "(False, False)"
# why = """
# That would freeze the leaf. `no_grad()` leaves `y` as it was; it only does
# not record what is computed from it."""
#
# [[wrong]]
# read_as = "no_grad_noop"
# why = """
# That holds outside the block. Inside, the multiplication was not recorded,
# and its result does not require grad, not even later."""
#
# [[wrong]]
# value = "(False, True)"
# why = """
# That turns the two around. The leaf keeps its flag, and the result made
# inside has none."""

# %%
w = torch.tensor(3.0, requires_grad=True)
first = w**2
second = w**3
first.backward()
with torch.no_grad():
    second.backward()

# %% [raw] id="no-grad-around-backward" tutor="quiz"
# type = "number"
# prompt = """
# `w` is 3. The slopes of `w**2` and `w**3` are 6 and 27. The second call of
# `backward()` stands under `no_grad()`. What is in `w.grad`?"""
# ask = "w.grad"
# hint = [
#     "When was the graph of `second` recorded?",
#     "Nothing emptied `.grad` between the two calls.",
# ]
#
# [[wrong]]
# value = "torch.tensor(6.0)"
# why = """
# That takes `no_grad()` for a ban on `backward()`. The graph was recorded
# before the block, and `backward()` walks through it as usual."""
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = """
# That is the second slope alone. `backward()` adds to what is in `.grad`,
# under `no_grad()` as anywhere."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# `backward()` raises if the loss has no graph. `second` was computed
# outside the block, so it has one."""
