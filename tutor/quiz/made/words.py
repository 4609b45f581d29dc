"""The sentences of questions: where something runs, how often, what a name holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tutor.lesson.value import Value
from tutor.quiz.shown import answer_text

SOURCE: Final = 60
"""Characters that an expression of the program gets in a sentence."""

VALUE: Final = 48
"""Characters that a value gets in a sentence; a longer one is not written there."""

_ORDINALS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip


def ordinal(number: int) -> str:
    """``third``, ``12th``."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def one_line(text: str, limit: int = SOURCE) -> str:
    """A piece of the program on one line, clipped, with nothing in it that could steer a terminal."""
    text = "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def code(text: str, limit: int = SOURCE) -> str:
    """A piece of the program inside a sentence."""
    return f"`{one_line(text, limit)}`"


def brief(value: Value | None) -> str:
    """A value inside a sentence, nothing where it is too long for one."""
    text = "" if value is None else answer_text(value)
    return text if len(text) <= VALUE else ""


def factor(text: str) -> str:
    """A number inside a sum or product: a negative one in brackets."""
    return f"({text})" if text.startswith("-") else text


def listed(texts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)
