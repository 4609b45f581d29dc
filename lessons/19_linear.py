# %% [raw] tutor="lesson"
# title = "A weight and a bias together"
# needs = ["sgd"]
# minutes = 8
# read = ["Linear", "MSELoss", "What is torch.nn really?"]

# %% [markdown]
# # A weight and a bias together
#
# `nn.Linear(1, 1)` is a layer with one weight and one bias. Both are leaves
# that require grad, and `model.parameters()` hands them to the optimizer.
#
# Four points lie on `y = 2 * x`. So the weight, which begins at 0, should
# become 2, and the bias, which begins at 0.5, should become 0. The learning
# rate is 0.001.
#
# At first every prediction is 0.5, the mean of the errors is -4.5, and the
# slope for the bias is twice that. What is the bias after the first turn?
# And after 300, when the loss has fallen from 25.25 to 0.16?

# %%
import torch
from torch import nn

X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
Y = 2 * X
mean_squared_error = nn.MSELoss()

model = nn.Linear(1, 1)
nn.init.constant_(model.weight, 0.0)
nn.init.constant_(model.bias, 0.5)
print(model(torch.tensor([[5.0]])))
#> tensor([[0.5000]], grad_fn=<AddmmBackward0>)

# %%
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
for turn in range(300):
    loss = mean_squared_error(model(X), Y)
    loss.backward()
    optimizer.step()  #? model.bias @ turn 1
    optimizer.zero_grad()
    if turn in (0, 99, 299):
        print(f"bias {model.bias.item():.3f} loss {loss.item():.4f}")
        #> bias 0.509 loss 25.2500
        #> bias 0.923 loss 1.0691
        #> bias 0.963 loss 0.1573
print(f"{model(torch.tensor([[5.0]])).item():.3f}")  #> 9.267

# %% [markdown]
# It is 0.509, then 0.963: farther from 0 than it began. Who expects it near
# 0 reads a small loss as "every weight is nearly right".
#
# At first all predictions are too small, and a larger bias helps. So it
# grows, together with the weight. Later the bias is too large and the
# weight, 1.66, too small, and the two make up for each other: the
# predictions are 2.6, 4.3, 5.9 and 7.6. Both slopes are small now, and the
# way back is slow. For `x = 5` the layer says 9.267 and not 10.
#
# Here is the same training without a bias: the node of the layer is called
# MmBackward0 now, before it was AddmmBackward0. Compare the first turn of
# both. Which step is missing here?

# %%
model = nn.Linear(1, 1, bias=False)
nn.init.constant_(model.weight, 0.0)
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
for turn in range(300):
    loss = mean_squared_error(model(X), Y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    if turn in (0, 99, 299):
        weight = model.weight.item()
        print(f"weight {weight:.3f} loss {loss.item():.4f}")
        #> weight 0.030 loss 30.0000
        #> weight 1.559 loss 1.5049
        #> weight 1.979 loss 0.0036
print(f"{model(torch.tensor([[5.0]])).item():.3f}")  #> 9.893

# %% [markdown]
# One leaf, one gradient, one update in each turn. The loss begins higher,
# ends more than forty times smaller, and the answer for 5 is 9.893.
#
# The rule: the parameters of a layer are trained together. Each slope says
# what helps while all the others stay where they are. A low loss says that
# the predictions fit, not that each parameter is right.
#
# A new layer begins at random numbers, so without a seed two runs of such a
# program end at different ones. These here were set.
#
# One thing to change: train with the bias for 1000 turns. Where are the
# loss, the bias and the answer for 5 then?

# %%
model = nn.Linear(2, 1)
with torch.no_grad():
    model.weight.copy_(torch.tensor([[3.0, 2.0]]))
    model.bias.zero_()
inputs = torch.tensor([[1.0, 0.0], [0.0, 3.0]])
loss = nn.functional.mse_loss(model(inputs), torch.zeros(2, 1))
loss.backward()

# %% [raw] id="linear-weight-grad" tutor="quiz"
# type = "tensor"
# prompt = """
# The weights are 3 and 2, the bias is 0. The inputs are `[1, 0]` and
# `[0, 3]`, so the predictions are 3 and 6, and both targets are 0. What is
# in `model.weight.grad`?"""
# ask = "model.weight.grad"
# hint = [
#     "The loss is the mean of the two squared errors, 9 and 36.",
#     "Each weight meets one input only. `.grad` has the weight's shape.",
# ]
#
# [[wrong]]
# read_as = "mean_is_sum"
# why = """
# That is the gradient of the sum of the squared errors. `mse_loss` takes
# their mean, so each of the two counts half."""
#
# [[wrong]]
# value = "model.weight.grad / 2"
# why = """
# The slope of a square has a factor 2, which is missing here. The mean over
# two elements and this 2 happen to cancel."""
#
# [[wrong]]
# value = "model.weight.grad.T"
# why = """
# The numbers are right, the shape is not. A gradient has the shape of its
# leaf, and the weight of `nn.Linear(2, 1)` has one row."""

# %%
layer = nn.Linear(3, 2)

# %% [raw] id="linear-weight-shape" tutor="quiz"
# type = "shape"
# prompt = """
# `nn.Linear(3, 2)` makes two outputs of three inputs. What is the shape of
# its weight?"""
# ask = "tuple(layer.weight.shape)"
# hint = [
#     "Each output has a row of weights of its own.",
#     "How many outputs are there, and how many weights does each need?",
# ]
#
# [[wrong]]
# value = "(3, 2)"
# why = """
# The arguments are in this order. The weight has one row for each output
# and one column for each input, and the layer multiplies by its
# transpose."""
#
# [[wrong]]
# value = "(2, 4)"
# why = """
# That counts the bias as a column. It is a second parameter, `layer.bias`,
# of shape (2,)."""
#
# [[wrong]]
# value = "(6,)"
# why = "There are six weights, but they are kept as a matrix."
