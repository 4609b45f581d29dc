# %% [raw] tutor="lesson"
# title = "What a gradient is: nudge and look"
# needs = ["reading_the_screen"]
# minutes = 6
# read = ["torch.autograd.gradcheck.gradcheck", "Gradcheck mechanics"]

# %% [markdown]
# # What a gradient is: nudge and look
#
# At `w = 0.5` the value of `f` is 6.25. The program looks at `f` twice more:
# a thousandth to the right of `w`, and a thousandth to the left.
#
# Then it divides the difference of these two values by the distance of the
# two points. Which number comes out, and with which sign?

# %%
def f(w):
    return (w - 3) ** 2


w, e = 0.5, 0.001
right = f(w + e)
left = f(w - e)
slope = (right - left) / (2 * e)  #? round(slope, 3)
print(f"{f(w):.3f} {slope:.3f}")  #> 6.250 -5.000

# %% [markdown]
# It is -5. The answer 6.25 would be the *value*: how high the curve is
# here. A gradient is a *slope*: how fast the value changes when `w` does.
#
# Its sign matters. When `w` grows, `f` falls, so the slope is negative. The
# derivative says the same: `2 * (w - 3)` is -5 at 0.5.
#
# Is a smaller nudge always better? Below, three sizes are tried twice:
# first with Python's own numbers, which keep about 16 digits, then with a
# tensor in float32, which keeps about 7. In which turn do the printed
# slopes first differ?

# %%
for e in (1e-2, 1e-5, 1e-7):
    slope = (f(w + e) - f(w - e)) / (2 * e)
    print(f"{slope:.3f}")
    #> -5.000
    #> -5.000
    #> -5.000

# %%
import torch

w = torch.tensor(0.5)
for e in (1e-2, 1e-5, 1e-7):
    slope = (f(w + e) - f(w - e)) / (2 * e)
    print(f"{slope:.3f}")
    #> -5.000
    #> -5.007
    #> 0.000

# %% [markdown]
# In the second. There the slope is a little off, and in the third it is 0.
# `w - 3` is near -2.5, where float32 has no two numbers closer than about
# 0.0000002. So the nudge of 0.0000001 is rounded away.
#
# The rule: a gradient says how many times as much the result changes as the
# input does, for a small change. A nudge measures it only roughly, with two
# more runs of `f` for each input. `backward()` needs no nudge.
#
# One thing to change: set `w` to 5.5 in the first cell. The value is 6.25
# again. What about the slope?

# %%
def h(u):
    return u**2 - 4 * u


u, e = 5.0, 0.01
rise = h(u + e) - h(u - e)
steepness = rise / (2 * e)

# %% [raw] id="nudge-by-hand" tutor="quiz"
# type = "number"
# prompt = """
# `h(u)` is `u**2 - 4 * u`, and `u` is 5. What is its slope there, measured
# with a nudge of 0.01 to each side? Three digits are enough."""
# ask = "round(steepness, 3)"
# hint = [
#     "The derivative gives the same number, up to rounding.",
#     "The derivative is `2 * u - 4`.",
# ]
#
# [[wrong]]
# value = "h(u)"
# why = """
# That is the value of `h` at 5, how high the curve is. The slope is how
# fast it changes there."""
#
# [[wrong]]
# value = "rise"
# why = """
# That is how much `h` changes from one point to the other. A slope is the
# change for each unit of `u`, so it has to be divided by the distance."""
#
# [[wrong]]
# change = ["rise / (2 * e)", "rise / e"]
# why = """
# That is twice the slope. One point is 0.01 to the left and the other 0.01
# to the right, so they are 0.02 apart."""

# %%
v, tiny = 0.5, 1e-20
measured = (f(v + tiny) - f(v - tiny)) / (2 * tiny)

# %% [raw] id="nudge-too-small" tutor="quiz"
# type = "number"
# prompt = """
# `f` is `(w - 3)**2` again, at 0.5, with Python's own numbers. Now the
# nudge is 1e-20. Which slope is measured?"""
# ask = "measured"
# hint = [
#     "A number with 16 digits: what is 0.5 + 1e-20?",
#     "Are the two points different at all?",
# ]
#
# [[wrong]]
# value = "2 * (v - 3)"
# why = """
# That is the true slope. Python's numbers are finer than float32, but they
# end too: 0.5 + 1e-20 is 0.5, and so is 0.5 - 1e-20."""
#
# [[wrong]]
# value = "f(v)"
# why = """
# That is the value at 0.5. Both points have it, and it is gone when one is
# taken from the other."""
#
# [[wrong]]
# value = "ZeroDivisionError"
# why = """
# `2 * tiny` is very small but not 0. The zero is above the line, where two
# equal values are subtracted."""
