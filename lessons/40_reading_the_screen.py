# %% [raw] tutor="lesson"
# title = "Reading the screen"
# needs = []
# minutes = 3
# read = ["A Gentle Introduction to torch.autograd"]

# %% [markdown]
# # Reading the screen
#
# This program has run already, and every step of it was kept. ▶ stands at
# the line of the step you see. `→` goes one step on, `←` one step back.
#
# The last line computes a slope: if `x` grows a little, how many times as
# much does `y` grow? Decide on a number. Then press `→` until it stands in
# the column `.grad`.

# %%
import torch

x = torch.tensor(4.0, requires_grad=True)
c = torch.tensor(7.0)
y = x * c
y.backward()  #? x.grad

# %% [markdown]
# It is 7. The value of `x` is 4 and that of `y` is 28; a slope is neither.
# Prose like this is hidden until the code above it has run. `PageDown`
# shows what does not fit.
#
# The tensors have a row each. ● requires grad: torch keeps track of what is
# computed from it. ○ does not. `None → 7.0` changed in this step, from None
# to 7.
#
# `tab` goes to the next pane. Pass through all of them once:
#
# - *graph*: what `backward()` walks through, from the result down. ✓ has
#   run, and ╰▶ is where a path ends, here at `x.grad`.
# - *why*: this step in words.
# - *output*: what was printed so far.
#
# In the graph, `↑` and `↓` choose a row and `Enter` goes to its step. For
# the row of `y` that is `y = x * c`, where this prose is hidden again. `→`
# brings you back.
#
# In the program, `↓` goes to the next line at once. `→` also goes through
# what happens inside a line, three steps for `y.backward()`.
#
# Now a loop. ↻ 1/3 at its first line is turn 1 of 3. `]` goes to the next
# turn, `[` to the one before.

# %%
for turn in range(3):
    c = c + 10
print(c)  #> tensor(37.)

# %% [markdown]
# `c` went from 7 to 17, 27 and 37, and kept its ○.
#
# The line at the bottom is the whole run, with ● where you are. Click on it
# to go elsewhere. `?` explains every mark and key, `t` the words, and `q`
# goes back to the lessons.
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
