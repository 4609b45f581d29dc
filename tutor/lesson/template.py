"""A new lesson to start from, which keeps every rule of the check."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tutor.lesson.place import printable, unreadable
from tutor.lesson.program import UnreadableError

_TEMPLATE = '''\
# %% [raw] tutor="lesson"
# title = TITLE
# needs = []
# minutes = 3
# read = ["Autograd mechanics"]

# %% [markdown] id="opening"
# # HEADING
#
# The program below multiplies `x` by itself three times, and `x` is 5. What
# does `backward()` put into `x.grad`? Settle on a number before you step.

# %%
import torch

x = torch.tensor(5.0, requires_grad=True)
y = x**3
y.backward()  #? x.grad
print(x.grad)  #> tensor(75.)

# %% [markdown] id="reveal"
# It is 75, the slope `3 * x**2` at 5. Whoever expects 125 has the value of
# `y` in mind. The gradient says how fast `y` changes with `x`.
#
# One thing to change: let `x` be 4. Work out `x.grad` before you run it.

# %% [raw] id="NAME-slope" tutor="quiz"
# type = "number"
# prompt = """
# `x` is 5 and `y` is `x**3`. What is in `x.grad` after `backward()`?"""
# ask = "x.grad"
# hint = [
#     "A gradient is a slope, not a value.",
#     "What is the slope of `x**3`?",
# ]
#
# [[wrong]]
# value = "y"
# why = "That is the value of `y`. `backward()` computes its slope."
#
# [[wrong]]
# change = ["x**3", "x**2"]
# why = "That is the slope of `x**2`. Here `x` stands there three times."

# %%
w = torch.tensor(3.0, requires_grad=True)
(w**2).backward()
(w**2).backward()

# %% [raw] id="NAME-twice" tutor="quiz"
# type = "number"
# prompt = """
# `backward()` ran twice on `w**2`, and `w` is 3. What is in `w.grad`?"""
# ask = "w.grad"
# hint = [
#     "Each call computes the same slope.",
#     "What does the second call do with the `.grad` that is there?",
# ]
#
# [[wrong]]
# read_as = "grad_overwrites"
# why = "That is what one call brings. The second adds to what is there."
#
# [[wrong]]
# value = "w**2"
# why = "That is the value. `.grad` holds slopes."
'''


def write_lesson(folder: Path, name: str, title: str | None = None) -> Path:
    """Write a new lesson.

    Args:
        folder: Where.
        name: Its name, with a number in front or without: then it gets the next one.
        title: Its title, None for its name in words.

    Returns:
        The file.

    Raises:
        UnreadableError: the name is none, or such a lesson is there already.
    """
    stem = re.sub(r"[\s-]+", "_", name.strip().removesuffix(".py"))
    match = re.fullmatch(r"(?:(\d+)_)?([^\W\d]\w*)", stem)
    if match is None:
        text = f"{name!r} is no name for a lesson. Write letters, digits and underscores: broadcasting"
        raise UnreadableError(printable(text))
    number, topic = match[1], match[2]
    _check_free(folder, topic)
    path = folder / f"{number or _next_number(folder)}_{topic}.py"
    title = " ".join((title or "").split()) or topic.replace("_", " ").capitalize()
    text = _TEMPLATE.replace("TITLE", json.dumps(title, ensure_ascii=False), 1)
    text = text.replace("HEADING", title, 1).replace("NAME", topic.replace("_", "-").lower())
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise unreadable(path, "this file exists. Choose another name.") from None
    return path


def _check_free(folder: Path, topic: str) -> None:
    for path in sorted(folder.glob("*.py")):
        match = re.fullmatch(r"(?:\d+_)?(.*)", path.stem)
        if match is not None and match[1] == topic:
            raise unreadable(path, "this file exists, and needs could not tell the two apart. Choose another name.")


def _next_number(folder: Path) -> str:
    """The number after the highest in a folder, with two digits."""
    numbers = [int(match[1]) for path in folder.glob("*.py") if (match := re.match(r"(\d+)_", path.stem))]
    return f"{max(numbers, default=0) + 1:02}"
