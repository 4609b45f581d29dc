# %% [raw] tutor="lesson"
# title = "Through the same graph twice"
# needs = ["in_place", "accumulation"]
# minutes = 7
# read = [
#     "torch.Tensor.backward",
#     "Saved tensors",
# ]

# %% [markdown]
# # Through the same graph twice
#
# Two losses are made from one `h = x**2`. The slope of the first, as a
# function of `x`, is 24 at `x = 3`. The slope of the second is 108.
#
# Each gets a `backward()` of its own, and the first call is told to retain
# the graph. Which number is in `x.grad` at the end?

# %%
import torch

x = torch.tensor(3.0, requires_grad=True)
h = x**2
first = 4 * h
second = h**2
first.backward(retain_graph=True)
second.backward()  #? x.grad
print(x.grad)  #> tensor(132.)

# %% [markdown]
# 132, which is 24 + 108: two calls, one leaf, so the second is added. Look
# at the nodes. The one of `x**2` runs twice, once in each call, since both
# losses were made from the same `h`.
#
# The next cell is the same without `retain_graph=True`. It raises. Which of
# its two calls will it be, and which node cannot do its work?

# %%
x = torch.tensor(3.0, requires_grad=True)
h = x**2
first = 4 * h
second = h**2
first.backward()
second.backward()
#! RuntimeError: Trying to backward through the graph a second time ...

# %% [markdown]
# The second call, at the node of `x**2`. That node had saved `x`, and a
# node gives up its saved tensors once it has run. This is called freeing
# the graph, and it keeps memory low. Whoever expected no error took the
# losses for two graphs. They are two ends of one.
#
# The first call's 24 stays in `x.grad`. Two more programs: one adds the
# losses and calls `backward()` once, the other goes through one graph three
# times and retains nothing. Which of them raises?

# %%
x = torch.tensor(3.0, requires_grad=True)
h = x**2
first = 4 * h
second = h**2
(first + second).backward()
print(x.grad)  #> tensor(132.)

# %%
x = torch.tensor(7.0, requires_grad=True)
y = x + 2
for turn in range(3):
    y.backward()  #? x.grad
print(x.grad)  #> tensor(3.)

# %% [markdown]
# Neither. In the sum the node of `x**2` runs once: 4 and 18 meet before it,
# and it makes 132 of 22. The node of `x + 2` saved nothing, so it can run as
# often as you like.
#
# The rule: a node frees what it saved as soon as it has run. If it saved
# anything, it cannot run again. `retain_graph=True` keeps it for one more
# call. If losses share a part, add them and call `backward()` once. In a
# training loop this error usually means that something from the turn before
# was not computed anew; `retain_graph=True` would only silence it.
#
# One thing to change: in the second program swap the two calls. Does it
# raise, and what is in `x.grad`?

# %%
v = torch.tensor(5.0, requires_grad=True)
z = v**3
z.backward(retain_graph=True)
z.backward()

# %% [raw] id="retain-graph-twice" tutor="quiz"
# type = "number"
# prompt = """
# `v` is 5. `z = v**3`, with slope 75. `z.backward(retain_graph=True)` ran,
# then `z.backward()`. What is in `v.grad`?"""
# ask = "v.grad"
# hint = [
#     "Each call computes the same slope.",
#     "Nothing emptied `.grad` between the two calls.",
# ]
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = """
# That is the slope from one call. The second found 75 in `.grad` and added
# another 75."""
#
# [[wrong]]
# value = "6 * v"
# why = """
# That is the second derivative. Going through the graph again does not
# differentiate again: both calls compute the same slope."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# The second call would raise if the first had freed the graph. It was told
# to retain it."""

# %%
w = torch.tensor(0.5, requires_grad=True)
state = torch.tensor(6.0)
state = state * w
state.backward()
state = state * w

# %% [raw] id="retain-graph-carried" tutor="quiz"
# type = "error"
# prompt = """
# `state = state * w` and `state.backward()` make one turn. The second turn
# has computed its `state * w`. What does its `state.backward()` do?"""
# ask = "state.backward()"
# hint = [
#     "From what is the new `state` computed?",
#     "Which of its nodes have run before?",
# ]
#
# [[wrong]]
# read_as = "graph_never_freed"
# why = """
# The second `state` was computed from the first, so its graph contains the
# first turn's node, and that one was freed. `state = state.detach()`
# between the turns would cut it off."""
#
# [[wrong]]
# value = "RuntimeError('element 0 of tensors does not require grad')"
# why = """
# `w` requires grad and is a factor of the new `state`, so there is a graph.
# The trouble is that a part of it has been used up."""
#
# [[wrong]]
# value = "RuntimeError('modified by an inplace operation')"
# why = """
# `state = state * w` makes a new tensor and moves the name. Nothing was
# written in place, and every saved tensor has its first version."""
