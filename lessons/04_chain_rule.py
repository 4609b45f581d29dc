# %% [raw] tutor="lesson"
# title = "The chain rule, node by node"
# needs = ["backward"]
# minutes = 6
# read = [
#     "A Gentle Introduction to torch.autograd",
#     "The Fundamentals of Autograd",
# ]

# %% [markdown]
# # The chain rule, node by node
#
# `x` is 4, so `u = 3 * x` is 12, `v = u + 1` is 13, and `v**2`, called `y`,
# is the square of that. Each of the three lines has a slope of its own: 3,
# then 1, then `2 * v`, which is 26.
#
# How fast does `y` change with `x`? Make one number out of the three.

# %%
import torch

x = torch.tensor(4.0, requires_grad=True)
u = 3 * x
v = u + 1
y = v**2
y.backward()  #? x.grad
print(x.grad)  #> tensor(78.)

# %% [markdown]
# It is 78, the product of 26, 1 and 3. The answer 26 stops at `v` and
# forgets how `v` depends on `x`; 3 is the last link alone. Adding the
# slopes gives 30, but if `u` grows 3 times as fast as `x`, and `y` 26 times
# as fast as `u`, then `y` grows 78 times as fast as `x`.
#
# The loop below does by hand what `backward()` did. Each node multiplies
# what arrives, the *incoming* gradient, by its own slope and sends the
# product on.

# %%
gradient = 1.0
for slope in (2 * v.item(), 1.0, 3.0):
    gradient = gradient * slope
    print(gradient)
    #> 26.0
    #> 26.0
    #> 78.0

# %% [markdown]
# The same three numbers are among the steps of `y.backward()`. It too
# begins with 1.0, at the result.
#
# Now a model with one weight: a prediction, its error, and the error
# squared as the loss. It runs twice, with an input of 1 and of 4. In which
# node of `backward()` do the gradients first differ?

# %%
x, target = torch.tensor(1.0), torch.tensor(2.0)
w = torch.tensor(1.5, requires_grad=True)
loss = (w * x - target) ** 2
print(loss)  #> tensor(0.2500, grad_fn=<PowBackward0>)
loss.backward()
print(w.grad)  #> tensor(-1.)

# %%
x, target = torch.tensor(4.0), torch.tensor(2.0)
w = torch.tensor(1.5, requires_grad=True)
loss = (w * x - target) ** 2
print(loss)  #> tensor(16., grad_fn=<PowBackward0>)
loss.backward()
print(w.grad)  #> tensor(32.)

# %% [markdown]
# Already at the first node: the slope of the square is twice the error,
# which is -0.5, then 4. The subtraction passes it on. The multiplication by
# `x` makes -1 of -1 in the first run, and 32 of 8 in the second.
#
# With an input of 1, who forgets the last factor gets -1 too. Test a rule
# with numbers for which a mistake shows.
#
# The rule: along a chain, the gradient at the start is the product of all
# slopes, each taken at the value that it had in the run.
#
# One thing to change: set `target` to 5.0 in the cell above. Which of the
# three factors changes?

# %%
t = torch.tensor(1.5, requires_grad=True)
p = 4 * t
q = 1 - p
r = q**2
r.backward()

# %% [raw] id="chain-with-minus" tutor="quiz"
# type = "number"
# prompt = """
# `t` is 1.5, `p = 4 * t` is 6, `q = 1 - p` is -5, and `r = q**2` is 25.
# What is in `t.grad` after `r.backward()`?"""
# ask = "t.grad"
# hint = [
#     "Write down the slope of each of the three lines.",
#     "The slope of `1 - p` is -1, that of `q**2` is `2 * q`.",
# ]
#
# [[wrong]]
# read_as = "upstream_ignored"
# why = """
# That is the slope of `4 * t` alone. Its node multiplies what arrives, and
# what arrives is not 1."""
#
# [[wrong]]
# value = "2 * q"
# why = """
# That is how fast `r` changes with `q`. Two links are missing between `q`
# and `t`: -1 and 4."""
#
# [[wrong]]
# value = "-t.grad"
# why = """
# The size is right, and one sign was lost. Both `2 * q` and the slope of
# `1 - p` are negative, and they are multiplied."""

# %%
w = torch.tensor(2.5, requires_grad=True)
loss = (w * 4 - 3) ** 2
loss.backward()

# %% [raw] id="chain-what-it-predicts" tutor="quiz"
# type = "number"
# prompt = """
# `w` is 2.5 and the loss `(w * 4 - 3)**2` is 49. By about how much does the
# loss grow if `w` grows by 0.001? Use the gradient."""
# ask = "0.001 * w.grad"
# hint = [
#     "Find `w.grad` first: two factors.",
#     "A gradient is how many times as much the result changes.",
# ]
#
# [[wrong]]
# value = "w.grad"
# why = """
# That is the gradient, the change for each unit of `w`. `w` grows by a
# thousandth of a unit only."""
#
# [[wrong]]
# value = "0.001 * loss"
# why = """
# That takes a thousandth of the loss. How much a loss changes depends on
# its slope, not on how large it is."""
#
# [[wrong]]
# value = "0.001 * 2 * (w * 4 - 3)"
# why = """
# That uses how fast the loss changes with the error. The error itself
# changes four times as fast as `w`."""
