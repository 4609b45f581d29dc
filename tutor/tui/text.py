"""Values as text that fits into a cell of the screen, and lines of source that cannot steer a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from rich.cells import cell_len

from tutor.plain.format import harmless, nested_text, number
from tutor.recording.model import Content, Meta
from tutor.recording.state import State
from tutor.recording.values import elements, numbers
from tutor.tui.cells import fit

LINE_LIMIT: Final = 2000
"""Longer lines are cut before they reach a widget."""

TAB: Final = 4
"""Cells from one tab stop to the next in a program."""

WHOLE: Final = 24
"""Tensors of more elements are never shown whole in a cell."""

_FACTS: Final = ("mean", "min", "max", "nan", "inf")


def tensor_text(meta: Meta, content: Content, width: int) -> str:
    """The value of a tensor in at most ``width`` cells.

    Where elements are left out the shape comes first, ``(5×1) -40.0, -10.0, …``, and no brackets follow.
    """
    shape = _shape_text(meta)
    if isinstance(content, bytes):
        return _bytes_text(meta, content, width)
    if isinstance(content, dict):
        facts = [f"{name} {number(content[name])}" for name in _FACTS if content.get(name) not in (None, 0)]
        return fit(f"{shape}{', '.join(facts) or meta.dtype}", width)
    return fit(f"{shape}not readable", width)


@lru_cache(4096)
def _bytes_text(meta: Meta, content: bytes, width: int) -> str:
    """``tensor_text`` of a tensor that was recorded whole; most of those on the screen are as they were before."""
    shape = _shape_text(meta)
    if meta.elements == 0:
        return fit(f"{shape}empty", width)
    if meta.elements <= WHOLE:
        whole = nested_text(elements(meta, content)) if elements(meta, content) is not None else ""
        if whole and cell_len(whole) <= width:
            return whole
    try:
        flat = numbers(meta.dtype, content)
    except ValueError:
        return fit(f"{shape}{meta.dtype}", width)
    return fit(shape + first_numbers(flat, max(width - len(shape), 1)), width)


def _shape_text(meta: Meta) -> str:
    return f"({'×'.join(str(size) for size in meta.shape)}) " if meta.shape else ""


def first_numbers(flat: Sequence[Any], width: int) -> str:
    """As many of the first numbers as fit, ``1.0, 2.0, …``."""
    text = number(flat[0])
    for position, value in enumerate(flat[1:], 2):
        longer = f"{text}, {number(value)}"
        if cell_len(longer) + (3 if position < len(flat) else 0) > width:
            return fit(f"{text}, …", width)
        text = longer
    return fit(text, width)


def scalar(meta: Meta, content: Content) -> Any:
    """The number in a tensor of one element, None for any other tensor."""
    if meta.elements != 1 or not isinstance(content, bytes):
        return None
    try:
        return numbers(meta.dtype, content)[0]
    except (ValueError, IndexError):
        return None


def gradient_text(state: State, gradient: Any, width: int) -> str:
    """A gradient of a node or accumulate step, [meta id, content] or None, in at most ``width`` cells."""
    if gradient is None:
        return "none"
    return tensor_text(state.tables.metas[gradient[0]], gradient[1], width)


def reference_text(state: State, reference: Any, width: int) -> str:
    """A reference of the format in at most ``width`` cells; tensors as they are in a state."""
    if reference is None:
        return "None"
    if isinstance(reference, int):
        record = state.tensors.get(reference)
        return "?" if record is None else tensor_text(record.meta, record.content, width)
    type, value, *rest = reference
    if type == "ndarray" and len(rest) == 2:
        dtype, shape, content = rest[1]
        return tensor_text(Meta("ndarray", dtype, tuple(shape), "cpu", False, True, False), content, width)
    if len(rest) == 2:
        return fit(_items_text(state, rest[1], width), width)
    if rest:
        return fit(harmless(str(rest[0])[:LINE_LIMIT]), width)
    return fit(plain_text(value), width)


def _items_text(state: State, items: Sequence[Any], width: int) -> str:
    texts = [reference_text(state, item, width) for item in items[:8]]
    if len(items) > 8:
        texts.append("…")
    return f"[{', '.join(texts)}]"


def plain_text(value: Any) -> str:
    """A plain value as Python would write it, numbers with four significant digits."""
    if isinstance(value, str):
        return harmless(repr(value[:LINE_LIMIT]))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(plain_text(item) for item in value[:40]) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{harmless(str(key))}: {plain_text(item)}" for key, item in value.items()) + "}"
    return number(value)


def source_lines(source: str) -> list[str]:
    """The lines of a program as Python counts them, each character that could steer a terminal replaced by one
    that is seen, so that columns stay; tabs are still tabs."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    return ["".join(map(_harmless_character, line)) for line in text.split("\n")]


def _harmless_character(character: str) -> str:
    if character.isprintable() or character == "\t":
        return character
    picture = harmless(character)
    return picture if len(picture) == 1 else "�"


def expanded(line: str) -> str:
    """A line of source with its tabs as spaces."""
    return line.expandtabs(TAB)


def display_column(line: str, column: int) -> int:
    """Where a character of a line stands once tabs are spaces."""
    return len(line[:column].expandtabs(TAB)) if "\t" in line else min(column, len(line))


def output_lines(text: str) -> list[str]:
    """Printed text as lines for the screen: tabs expanded, control characters as pictures, long lines cut."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [harmless(line[:LINE_LIMIT].expandtabs(8)) for line in lines]
