# %% [raw] tutor="lesson"
# title = "Frozen is not in the way"
# needs = ["detach", "zero_grad"]
# minutes = 6
# read = ["Setting requires_grad", "Dropout"]

# %% [markdown]
# # Frozen is not in the way
#
# Two weights, one after the other: `inner` multiplies `x`, and `outer`
# multiplies the result. To freeze a weight is to switch off its
# `requires_grad`.
#
# Here `outer`, the one next to the loss, is frozen. `backward()` starts at
# the loss and has to pass it on the way to `inner`. What is in
# `inner.grad` afterwards?

# %%
import torch

x = torch.tensor(5.0)
inner = torch.tensor(3.0, requires_grad=True)
outer = torch.tensor(4.0, requires_grad=True)
outer.requires_grad_(False)
hidden = inner * x
loss = outer * hidden
loss.backward()  #? inner.grad
print(inner.grad, outer.grad)  #> tensor(20.) None

# %% [markdown]
# It is 20, which is 4 times 5. Who expects None takes a frozen weight for a
# wall. It is a constant: the gradient is multiplied by its value, 4, and
# goes on to `inner`. Only `outer` itself receives nothing.
#
# Now `inner` is frozen instead. Which step is the first that differs, and
# which nodes are missing in the graph of the loss?

# %%
x = torch.tensor(5.0)
inner = torch.tensor(3.0, requires_grad=True)
outer = torch.tensor(4.0, requires_grad=True)
inner.requires_grad_(False)
hidden = inner * x
loss = outer * hidden
loss.backward()
print(inner.grad, outer.grad)  #> None tensor(15.)

# %% [markdown]
# After the line that freezes, the runs part at `hidden`. It is 15 in both,
# but neither `inner` nor `x` requires grad now, so the multiplication is
# not recorded. The graph ends at `outer`. To freeze the first layers of a
# net saves their part of `backward()`; to freeze the last one does not.
#
# A call that is often mistaken for freezing is `eval()`. Here it is on an
# `nn.Linear(2, 1)`, a layer with two weights and a bias. In its graph
# AddmmBackward0 is the layer, TBackward0 the weight with its axes swapped.

# %%
from torch import nn

layer = nn.Linear(2, 1)
layer.eval()
output = layer(torch.ones(1, 2))
print(layer.training, output.requires_grad)  #> False True
output.backward()
print(layer.weight.grad)  #> tensor([[1., 1.]])

# %% [markdown]
# `eval()` has set `training` to False, and the weights get gradients as
# ever. Layers such as `nn.Dropout` read that flag and compute something
# else. `nn.Linear` does not read it at all.
#
# The rule: `requires_grad_(False)` freezes a leaf: it gets no gradient, and
# gradients pass through the operations that use it. `no_grad()` stops the
# recording. `eval()` does neither.
#
# One thing to change: in the first program freeze `inner` as well. Which
# line fails?

# %%
v = torch.tensor(1.0, requires_grad=True)
optimizer = torch.optim.SGD([v], lr=0.1)
((v - 3) ** 2).backward()
v.requires_grad_(False)
optimizer.step()

# %% [raw] id="freezing-too-late" tutor="quiz"
# type = "number"
# prompt = """
# `v` begins at 1. `backward()` put -4 into `v.grad`, then `v` was frozen,
# then `step()` ran with learning rate 0.1. Where is `v`?"""
# ask = "v"
# hint = [
#     "For which tensors does `step()` do nothing?",
#     "Does freezing change what is in `.grad`?",
# ]
#
# [[wrong]]
# value = "torch.tensor(1.0)"
# why = """
# `step()` does not look at `requires_grad`. It skips a tensor whose `.grad`
# is None, and freezing did not take the -4 away."""
#
# [[wrong]]
# value = "torch.tensor(0.6)"
# why = """
# That steps along the slope. The update subtracts 0.1 times -4, so `v`
# grows."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# `step()` may write into `v`, frozen or not. It needs a gradient, and there
# is one."""

# %%
model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Dropout(0.5))
nn.init.constant_(model[0].weight, 3.0)
model.eval()
model(torch.tensor([[5.0]])).backward()

# %% [raw] id="freezing-eval" tutor="quiz"
# type = "tensor"
# prompt = """
# In training, `nn.Dropout(0.5)` sets half of its inputs to zero and doubles
# the others. After `eval()` it passes them on as they are. The weight is 3
# and the input is 5. What is in `model[0].weight.grad`?"""
# ask = "model[0].weight.grad"
# hint = [
#     "Which function of the weight is the output, after `eval()`?",
#     "Does `eval()` change `requires_grad` of the weight?",
# ]
#
# [[wrong]]
# value = "None"
# why = """
# That takes `eval()` for `no_grad()` or for freezing. It changes what
# dropout computes, and the recording goes on."""
#
# [[wrong]]
# value = "torch.tensor([[10.0]])"
# why = """
# That is the gradient in training, in the half of the cases in which the
# value is kept and doubled. After `eval()` nothing is doubled."""
#
# [[wrong]]
# value = "torch.tensor([[3.0]])"
# why = """
# That is the slope for the input, which is the weight. The slope for the
# weight is the input."""
