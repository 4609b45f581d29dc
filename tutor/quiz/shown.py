"""How an answer is written on the screen: as the learner would write it, on one line."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from tutor.lesson.value import Value

RAISES: Final = "it raises an error"
"""The answer of whoever expects an error, whatever its message."""

RUNS: Final = "it runs without an error"
"""The answer of whoever expects none where one may come."""

NOTHING: Final = "nothing"
"""An order of nothing."""

LONGEST: Final = 120
"""Characters that a choice gets."""

_EXACT_BELOW: Final = 1e7
_OBJECT: Final = re.compile(r"<(\w+) object>")


def answer_text(value: Value, kind: str = "") -> str:
    """An answer on one line: ``18.0``, ``[2.0, 0.0]``, ``(3, 1)``, ``None``, ``it raises an error: ...``.

    Args:
        value: The answer.
        kind: Kind of the question: a shape is always written as one, an order with arrows.
    """
    if value.error:
        return _clipped(_error_text(value.error))
    if kind == "error":
        return _clipped(RUNS if value.type == "NoneType" else f"{RUNS}, and gives {_text(value)}")
    items = _plain_items(value)
    if kind == "shape" and items is not None:
        return _clipped(_tuple(items))
    if kind == "order" and items is not None:
        return " → ".join(items) or NOTHING
    return _clipped(_text(value))


def number_text(number: Any) -> str:
    """A number with four significant digits; whole ones below ten million exactly, so that 3 is not 3.0."""
    if not isinstance(number, float):
        return str(number)
    if not math.isfinite(number):
        return str(number)
    if number.is_integer() and abs(number) < _EXACT_BELOW:
        return f"{number + 0.0:.1f}"
    text = f"{number:.4g}"
    return text if "." in text or "e" in text else f"{text}.0"


def error_name(error: str) -> str:
    """``RuntimeError`` of ``RuntimeError: text``."""
    return error.partition(":")[0].strip()


def _error_text(error: str) -> str:
    name, _, message = error.partition(":")
    if message.strip():
        return f"{RAISES}: {' '.join(message.split())}"
    return RAISES if name.strip() in ("RuntimeError", "Exception") else f"it raises {name.strip()}"


def _plain_items(value: Value) -> list[str] | None:
    """The items of a list, a tuple, or a tensor of one dimension."""
    if value.items is not None:
        return [_text(item, quoted=False) for item in value.items]
    if value.type == "tensor" and isinstance(value.content, list):
        return [_nested(item) for item in value.content]
    return None


def _text(value: Value, *, quoted: bool = False) -> str:
    if value.error:
        return _error_text(value.error)
    if value.items is not None:
        items = [_text(item, quoted=True) for item in value.items]
        return _tuple(items) if value.type in ("tuple", "Size") else f"[{', '.join(items)}]"
    if isinstance(value.content, str):
        match = _OBJECT.fullmatch(value.content)
        if match is not None:
            return match[1]
        return repr(value.content) if quoted and value.type == "str" else " ".join(value.content.split())
    if value.type == "tensor" and not all(value.shape):
        return f"an empty tensor of shape {_tuple([str(size) for size in value.shape])}"
    return _nested(value.content)


def _nested(content: Any) -> str:
    if isinstance(content, list):
        return f"[{', '.join(map(_nested, content))}]"
    return number_text(content)


def _tuple(items: list[str]) -> str:
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
