# %% [raw] tutor="lesson"
# title = "Five bugs in one small net"
# needs = ["adam", "broadcasting", "error_clinic"]
# minutes = 12
# read = [
#     "Modules",
#     "torch.optim",
#     "Optimizing Model Parameters",
# ]

# %% [markdown]
# # Five bugs in one small net
#
# A net is to learn XOR: 1 where its two inputs differ, 0 where they are
# alike. The first program is in order. Five versions with a bug follow:
#
# 1. `zero_grad()` is missing.
# 2. The loss is turned into a number before `backward()`.
# 3. The targets have the shape (4,) instead of (4, 1).
# 4. The update reads `weights = weights - ...`.
# 5. The layers are kept in a plain list.
#
# How many of the five will end with an error? What will the losses of the
# others do?

# %%
import torch
from torch import nn

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
measure = nn.MSELoss()

# %%
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for turn in range(3):
    loss = measure(net(X), Y)
    optimizer.zero_grad()  #? net[2].bias.grad
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.4f}")
    #> 0.4332
    #> 0.3577
    #> 0.3073

# %% [markdown]
# Each version sets the same seed, so it begins with the same weights. At
# `optimizer.step()`, `n` goes past what Adam does inside.
#
# The first bug: no `zero_grad()`. At which step does this run first hold
# something else than the one above, and which printed loss is the first to
# differ?

# %%
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for turn in range(3):
    loss = measure(net(X), Y)
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.4f}")
    #> 0.4332
    #> 0.3577
    #> 0.3118

# %% [markdown]
# The runs part in the second turn, where `zero_grad()` was: the old
# gradients are still there, and `backward()` adds to them. The third loss
# is the first to show it, and it looks harmless. After 300 turns the loss
# is many times as large as at the start.
#
# The second bug: the loss as a plain number.

# %%
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for turn in range(3):
    loss = measure(net(X), Y).item()
    optimizer.zero_grad()
    loss.backward()
    #! AttributeError: 'float' object has no attribute 'backward'
    optimizer.step()

# %% [markdown]
# This one raises. `item()` returns a Python number, and a number has no
# graph and no `backward()`. Call it for printing, after `backward()`.
#
# The third bug: the same four targets in another shape. Will the first loss
# be 0.4332 again?

# %%
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for turn in range(3):
    loss = measure(net(X), Y.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.4f}")
    #> 0.4325
    #> 0.3550
    #> 0.3033

# %% [markdown]
# The first loss differs already, if only a little. Both shapes are
# stretched to (4, 4): each answer is compared with all four targets. torch
# warns and goes on. The best answer to all targets at once is their mean,
# so after 300 turns the net says 0.5 to everything; the loss is 0.25.
#
# The fourth bug: an update by hand. What will the last loss be?

# %%
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
for turn in range(3):
    loss = measure(net(X), Y)  #? loss
    net.zero_grad()
    loss.backward()
    with torch.no_grad():
        for weights in net.parameters():
            weights = weights - 0.05 * weights.grad
    print(f"{loss.item():.4f}")
    #> 0.4332
    #> 0.4332
    #> 0.4332

# %% [markdown]
# Nothing is learned and nothing is said. `weights - ...` makes a new
# tensor, and the name `weights` is given to it. The net still holds the old
# one. `weights -= ...` would write into the tensor that the net holds.
#
# The last bug: which line will be the first to fail here, if any does?

# %%
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


net = Net()
print(net(X).shape)  #> torch.Size([4, 1])
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
#! ValueError: optimizer got an empty parameter list

# %% [markdown]
# The net computes as it should, but a module does not look into a plain
# list, so the optimizer finds no weights. `nn.ModuleList` makes them known.
#
# So two of the five raise, one warns, and two say nothing. Three of the six
# runs printed losses that fall, and only one of these is in order.
#
# The rule: neither a falling loss nor the absence of errors proves a loop
# right. Step through two turns. Does every weight get a gradient, of this
# turn alone? Does the tensor that the net holds change?
#
# One thing to change: in the fourth version, write
# `weights -= 0.05 * weights.grad`. Does the loss fall then?

# %%
class Half(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 4), nn.Tanh()]
        self.output = nn.Linear(4, 1)


half = Half()

# %% [raw] id="capstone-half-a-list" tutor="quiz"
# type = "number"
# prompt = """
# `Half` keeps two of its three layers in a list. How many numbers, weights
# and biases together, can an optimizer of `half.parameters()` move?"""
# ask = "sum(weights.numel() for weights in half.parameters())"
# hint = [
#     "Which layers does the module know of?",
#     "Count the weights of `output`, and do not forget its bias.",
# ]
#
# [[wrong]]
# change = [
#     "self.layers = [nn.Linear(2, 4), nn.Tanh()]",
#     "self.layers = nn.ModuleList([nn.Linear(2, 4), nn.Tanh()])",
# ]
# why = """
# 17 counts both layers. The first is in a plain list, where the module does
# not look, so its 12 numbers stay as they are, and no error says so."""
#
# [[wrong]]
# value = "half.layers[0].weight.numel() + half.layers[0].bias.numel()"
# why = """
# 12 is what the layer in the list has. It is the other one, `output`, that
# is an attribute of its own."""
#
# [[wrong]]
# value = "half.output.weight.numel()"
# why = """
# These are the weights of `output`. A linear layer has a bias too, one for
# each of its outputs."""

# %%
answers = torch.tensor([[0.9], [0.7], [0.4], [0.2]], requires_grad=True)
measure(answers, Y.flatten()).backward()

# %% [raw] id="capstone-first-answer" tutor="quiz"
# type = "number"
# prompt = """
# The first answer is 0.9 and its target is 0. The targets 0, 1, 1, 0 were
# given in the shape (4,) again. What is the gradient of the first
# answer?"""
# ask = "answers.grad[0, 0]"
# hint = [
#     "With how many targets is the first answer compared?",
#     "The loss is the mean of 16 squares, and 0.9 is in four of them.",
# ]
#
# [[wrong]]
# change = ["measure(answers, Y.flatten())", "measure(answers, Y)"]
# why = """
# That pairs 0.9 with its own target alone, as targets of the shape (4, 1)
# would. Here it is compared with all four, and two of them pull it up."""
#
# [[wrong]]
# change = [
#     "measure(answers, Y.flatten())",
#     "nn.MSELoss(reduction='sum')(answers, Y.flatten())",
# ]
# why = """
# That is the gradient of the sum of the 16 squares. `MSELoss` takes their
# mean, so it has to be divided by 16."""
#
# [[wrong]]
# value = "RuntimeError"
# why = """
# The shapes (4, 1) and (4,) fit by stretching, and `MSELoss` only warns. An
# error would be the better news."""

# %% [markdown]
# What is left is the correct program with all its 300 turns. The key End
# goes to its last step. `foreach=True` makes the same update for all the
# weights at once, in fewer steps. With each of the seeds 0 to 3 the loss
# ends below 0.0001.

# %%
torch.manual_seed(1)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.05, foreach=True)
for turn in range(300):
    loss = measure(net(X), Y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item() < 1e-4)  #> True
