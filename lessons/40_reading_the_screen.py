# %% [raw] tutor="lesson"
# title = "Reading the screen"
# needs = []
# minutes = 4
# read = ["A Gentle Introduction to torch.autograd"]

# %% [markdown]
# # Reading the screen
#
# This program has run already, and every step of it was kept. ▶ stands at
# the line of the step you see. `→` goes one step on, `←` one step back.
#
# The last line computes a slope: if `x` grows a little, how many times as
# much does `y` grow? You are asked for it before that line runs: type a
# number and press `Enter`. Then press `→` until the slope stands in the
# column `.grad`.

# %%
import torch

x = torch.tensor(4.0, requires_grad=True)
c = torch.tensor(7.0)
y = x * c
y.backward()  #? x.grad

# %% [markdown]
# It is 7. The value of `x` is 4 and that of `y` is 28; a slope is neither.
#
# Prose appears once the code above it has run. `PageDown` shows the rest.
#
# Each tensor has a row. ● requires grad: torch keeps track of what is
# computed from it. ○ does not. `None → 7.0` changed in this step.

# %%
print(x.grad, y)  #> tensor(7.) tensor(28., grad_fn=<MulBackward0>)

# %% [markdown]
# `tab` goes to the next pane. Pass through all of them once:
#
# - *graph*: what `backward()` walks through, from the result down.
# - *why*: this step in words.
# - *output*: what was printed so far.
#
# Next comes a loop. ↻ 1/3 at its first line is turn 1 of 3. `]` goes to the
# next turn, `[` to the one before.

# %%
for turn in range(3):
    c = c + 10
print(c)  #> tensor(37.)

# %% [markdown]
# `c` went from 7 to 17, 27 and 37, and kept its ○.
#
# `→` also goes through what happens inside a line, three steps for
# `y.backward()`. `↓` goes to the next line at once. The line at the bottom
# is the whole run, with ● where you are. `?` explains every mark and key,
# `t` the words, and `q` goes back to the lessons.
#
# One thing to try: `Home` goes to the first step. Walk to the end again and
# name each mark when it appears.

# %%
p = torch.tensor(6.0, requires_grad=True)
q = p * 9
q.backward()

# %% [raw] id="screen-which-column" tutor="quiz"
# type = "number"
# prompt = """
# `p` is 6, `q` is `p * 9`, and `q.backward()` has run. Which number stands
# in the column `.grad` of the row `p`?"""
# ask = "p.grad"
# hint = [
#     "Find the row of `p` first, then the column.",
#     "If `p` grows a little, how many times as much does `q` grow?",
# ]
#
# [[wrong]]
# value = "p"
# why = """
# That is the column before it, the value of `p`. `backward()` leaves values
# alone and writes into `.grad`."""
#
# [[wrong]]
# value = "q"
# why = """
# That is the value of `q`. A slope says how fast `q` changes with `p`, not
# how large it is."""
#
# [[wrong]]
# value = "None"
# why = """
# None stands there until a gradient has reached `p`. The last step of
# `q.backward()` brings one."""

# %%
r = torch.tensor(3.0)
s = p * r

# %% [raw] id="screen-which-marks" tutor="quiz"
# type = "choice"
# prompt = """
# `r` is made without `requires_grad=True`, and `s` is `p * r`. Which marks
# have the rows `p`, `r` and `s`?"""
# ask = "' '.join('●' if t.requires_grad else '○' for t in (p, r, s))"
# hint = [
#     "● requires grad, ○ does not.",
#     "`s` is computed from `p`. Does torch keep track of that?",
# ]
#
# [[wrong]]
# value = "'● ○ ○'"
# why = """
# `s` was not told to require grad, but one of its factors was: torch keeps
# track of everything that is computed from `p`."""
#
# [[wrong]]
# value = "'● ● ●'"
# why = """
# Standing beside `p` in a product does not change `r`. It was made without
# `requires_grad=True` and stays so."""
#
# [[wrong]]
# value = "'○ ○ ●'"
# why = """
# That marks the result alone. `p` was made with `requires_grad=True`, and
# its mark shows it from its first step on."""
