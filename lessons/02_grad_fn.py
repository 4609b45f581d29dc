# %% [raw] tutor="lesson"
# title = "The graph behind a result"
# needs = ["leaf"]
# minutes = 6
# read = ["How autograd encodes the history"]

# %% [markdown]
# # The graph behind a result
#
# Each recorded operation leaves a *node* behind. The node of a result is
# its `grad_fn`. From there, an *edge* leads to the node of each input, and
# so on. All of them together are the *graph*.
#
# The formula for `y` stands on one line. `names_from` starts at `y.grad_fn`
# and follows the edges to the end. How many nodes does it meet?

# %%
import torch


def names_from(node):
    names = []
    while node is not None:
        names.append(type(node).__name__)
        following = node.next_functions
        node = following[0][0] if following else None
    return names


x = torch.tensor(3.0, requires_grad=True)
y = (x * 2 + 1) ** 2
chain = names_from(y.grad_fn)  #? len(chain)
print(chain)
#> ['PowBackward0', 'AddBackward0', 'MulBackward0', 'AccumulateGrad']

# %% [markdown]
# Four. Nodes belong to operations, not to lines: `*`, `+` and `**` make
# three. The fourth is AccumulateGrad, which waits at the leaf `x`. It will
# put the gradient that arrives into `x.grad`.
#
# Note the order. `x * 2` was computed first and comes third. The edges lead
# *back*, from the result to what it was made of.
#
# Here is the formula on three lines, and then once more with an `x` that
# does not require grad. Look at the graph as it grows. At which step do the
# two cells first differ?

# %%
a = x * 2
b = a + 1
y = b**2
print(y.grad_fn.next_functions[0][0] is b.grad_fn)  #> True

# %%
x = torch.tensor(3.0)
a = x * 2
b = a + 1
y = b**2
print(y, y.grad_fn)  #> tensor(49.) None

# %% [markdown]
# At the first line of the second cell. Its `x` does not require grad, so
# `x * 2` is not recorded, and neither is anything after it. The values are
# the same. There is no graph.
#
# The first cell makes the same four nodes as the formula on one line. Now
# each result has a name: the edge from the node of `y` leads to
# `b.grad_fn`.
#
# The rule: an operation with an input that requires grad makes one node,
# the `grad_fn` of its result. Edges lead from there to the nodes of the
# inputs, and each path ends at the AccumulateGrad of a leaf.
#
# One thing to change: write `y = ((x * 2 + 1) ** 2).exp()` in the first
# cell. Where in the list will the new node be?

# %%
z = torch.tensor(7.0, requires_grad=True)
result = ((z + 5) / 4) ** 3
names = names_from(result.grad_fn)

# %% [raw] id="grad-fn-order" tutor="quiz"
# type = "order"
# prompt = """
# `result` is `((z + 5) / 4) ** 3`, and `z` is a leaf that requires grad. In
# which order does one meet the nodes from `result.grad_fn` on?"""
# ask = "names"
# hint = [
#     "Which operation ran last? Its node is `result.grad_fn`.",
#     "The path is complete only when it has reached the leaf.",
# ]
#
# [[wrong]]
# value = "names[::-1]"
# why = """
# That is the order in which the program computes. The edges lead the other
# way, from the result back to the leaf."""
#
# [[wrong]]
# value = "names[:-1]"
# why = """
# The leaf has no `grad_fn`, but a node stands for it at the end of the
# path: AccumulateGrad, which fills `z.grad`."""
#
# [[wrong]]
# value = "[names[0], names[-1]]"
# why = """
# That counts one node for the whole line. Each of the three operations on
# it makes a node of its own."""

# %%
c = torch.tensor(6.0)
p = torch.tensor(2.5, requires_grad=True)
u = c * 3
v = u + p

# %% [raw] id="grad-fn-of-plain" tutor="quiz"
# type = "choice"
# prompt = """
# `c` does not require grad, `p` does. `u` is `c * 3` and `v` is `u + p`.
# What is `u.grad_fn`?"""
# ask = "u.grad_fn"
# hint = [
#     "What goes into `c * 3`?",
#     "Does it matter what `u` is used for afterwards?",
# ]
#
# [[wrong]]
# value = "'MulBackward0'"
# why = """
# Not every operation is recorded. Neither `c` nor 3 requires grad, so this
# multiplication made no node. The addition did, because of `p`."""
#
# [[wrong]]
# value = "'AccumulateGrad'"
# why = """
# That node stands at the end of a path for a leaf that requires grad. `u`
# is a leaf, since nothing recorded made it, but it does not require grad."""
#
# [[wrong]]
# value = "'AddBackward0'"
# why = """
# That is the node of `v`. It has one edge that leads somewhere, to `p`; on
# the side of `u` there is nothing to go to."""
