"""Values as short text: numbers with four significant digits, tensors clipped, nothing that could steer a terminal."""

from __future__ import annotations

import math
import unicodedata
from typing import Any, Final

from tutor.recording.model import Content, Meta
from tutor.recording.state import State
from tutor.recording.values import elements, numbers

WHOLE: Final = 12
"""Tensors of at most this many elements are shown whole, larger ones by their first elements."""

CLIP: Final = 200
"""Longest text of one value."""

_FIRST: Final = 4
_USUAL_DTYPES: Final = ("float32", "int64", "bool")
_EXACT_BELOW: Final = 1e7
_SUMMARY: Final = ("min", "max", "mean", "std", "nan", "inf")


def number(value: Any) -> str:
    """A number with four significant digits; whole ones below ten million exactly, so that 3 is not 3.0."""
    if isinstance(value, complex):
        sign = "-" if math.copysign(1.0, value.imag) < 0 else "+"
        return f"{number(value.real)}{sign}{number(abs(value.imag))}j"
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if value.is_integer() and abs(value) < _EXACT_BELOW:
        return f"{value:.1f}"
    text = f"{value:.4g}"
    return text if "." in text or "e" in text else text + ".0"


def nested_text(value: Any) -> str:
    """Nested lists of numbers as ``[[1.0, 2.0], [3.0, 4.0]]``."""
    if isinstance(value, list):
        return "[" + ", ".join(nested_text(item) for item in value) + "]"
    return number(value)


def content_text(meta: Meta, content: Content) -> str:
    """The value of a tensor: whole when small, else its type, its shape and what fits in a line."""
    kind = f"{meta.dtype}{list(meta.shape)}"
    if isinstance(content, dict):
        facts = [f"{key} {number(content[key])}" for key in _SUMMARY if content.get(key) not in (None, 0)]
        return " ".join([kind, ", ".join(facts)]).rstrip()
    if content is None:
        return f"{kind} (value not readable)"
    if 0 < meta.elements <= WHOLE:
        value = elements(meta, content)
        if value is None:
            return f"{kind} (value not readable)"
        return nested_text(value) if meta.dtype in _USUAL_DTYPES else f"{nested_text(value)} {meta.dtype}"
    try:
        first = numbers(meta.dtype, content)[:_FIRST]
    except ValueError:
        return f"{kind} (value not readable)"
    return f"{kind} {', '.join(number(item) for item in first)}, …" if first else kind


def reference_text(state: State, reference: Any) -> str:
    """A reference of the format as text; the tensors in it as they are in a state."""
    if reference is None:
        return "None"
    if isinstance(reference, int):
        record = state.tensors.get(reference)
        return "a tensor" if record is None else content_text(record.meta, record.content)
    type, value, *rest = reference
    if type == "ndarray" and len(rest) == 2:
        dtype, shape, content = rest[1]
        return "array " + content_text(Meta("ndarray", dtype, tuple(shape), "cpu", False, True, False), content)
    if len(rest) == 2:
        items = [reference_text(state, item) for item in rest[1][: _FIRST + 1]]
        if len(rest[1]) > _FIRST:
            items[_FIRST:] = ["…"]
        return clipped(f"[{', '.join(items)}]")
    if rest:
        return clipped(harmless(str(rest[0])))
    return clipped(harmless(repr(value)) if isinstance(value, str) else plain_text(value))


def plain_text(value: Any) -> str:
    """A plain value; numbers as ``number`` writes them, also inside lists and maps."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(plain_text(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{harmless(str(key))}: {plain_text(item)}" for key, item in value.items()) + "}"
    return harmless(repr(value)) if isinstance(value, str) else number(value)


def gradient_text(state: State, gradient: Any) -> str:
    """A gradient of a node or accumulate step: [meta id, content] or None."""
    if gradient is None:
        return "none"
    return content_text(state.tables.metas[gradient[0]], gradient[1])


def clipped(text: str, limit: int = CLIP) -> str:
    """The text, cut with an ellipsis where it is longer than a limit."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def harmless(text: str) -> str:
    """The text with everything that could steer a terminal made visible; line ends and tabs too.

    Control characters get their Unicode picture (escape is ``␛``); the others, which turn the direction of writing
    or are no characters at all, their number (``\\u202e``).
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if character.isprintable() else _picture(character) for character in text)


def _picture(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    category = unicodedata.category(character)
    joiner = code in (0x200C, 0x200D)
    if category == "Zs" or joiner:
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
