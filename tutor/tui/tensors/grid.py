"""The elements of a tensor as cells of equal width, a matrix at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Final

from tutor.plain.format import number
from tutor.recording.model import Content, Meta
from tutor.recording.values import numbers

_BEFORE_POINT: Final = re.compile(r"[^.e]*")


class Grid:
    """What was recorded whole. Rank 3 and more come as slices, each of them a matrix.

    Args:
        meta: Shape and dtype.
        flat: The elements, row by row.
    """

    def __init__(self, meta: Meta, flat: Sequence[Any]) -> None:
        self.shape = meta.shape
        self.flat = flat
        """The elements, row by row."""
        self._aligned: dict[int, list[str]] = {}

    @staticmethod
    def of(meta: Meta, content: Content) -> Grid | None:
        """The grid of a value, None where it was not recorded whole or cannot be read."""
        if not isinstance(content, bytes):
            return None
        try:
            flat = numbers(meta.dtype, content)
        except ValueError:
            return None
        return Grid(meta, flat) if len(flat) == meta.elements else None

    @property
    def wraps(self) -> bool:
        """Whether it is a vector, which goes on in the next row where one is full."""
        return len(self.shape) < 2

    @property
    def rows(self) -> int:
        """Rows of a slice; 1 for a vector."""
        return self.shape[-2] if len(self.shape) > 1 else 1

    @property
    def columns(self) -> int:
        """Columns of a slice."""
        return self.shape[-1] if self.shape else 1

    @property
    def slices(self) -> int:
        """How many matrices there are."""
        return math.prod(self.shape[:-2]) if len(self.shape) > 2 and self.flat else 1

    def slice_name(self, place: int) -> str:
        """The index of a slice as Python writes it, ``[0, :, :]``; empty where there is only one matrix."""
        if len(self.shape) < 3:
            return ""
        index: list[str] = []
        for size in reversed(self.shape[:-2]):
            index.insert(0, str(place % size) if size else "0")
            place //= max(size, 1)
        return f"[{', '.join([*index, ':', ':'])}]"

    def cells(self, place: int) -> list[str]:
        """The elements of a slice as texts of equal width, row by row."""
        known = self._aligned.get(place)
        if known is None:
            size = self.rows * self.columns
            known = self._aligned[place] = aligned(self.flat[place * size : (place + 1) * size])
        return known

    def strange(self, place: int, element: int) -> bool:
        """Whether an element of a slice is nan or infinite."""
        value = self.flat[place * self.rows * self.columns + element]
        if isinstance(value, complex):
            return not (math.isfinite(value.real) and math.isfinite(value.imag))
        return isinstance(value, float) and not math.isfinite(value)


def aligned(values: Sequence[Any]) -> list[str]:
    """Numbers as texts of equal width; where they have points, these stand below each other."""
    texts = [number(value) for value in values]
    if values and isinstance(values[0], float):
        pairs = [_split(text) for text in texts]
        behind = max(len(after) for _, after in pairs)
        texts = [before + after.ljust(behind) for before, after in pairs]
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def _split(text: str) -> tuple[str, str]:
    """What stands before the point, and the point with the rest; a word has no point."""
    match = _BEFORE_POINT.match(text)
    end = match.end() if match is not None else len(text)
    return text[:end], text[end:]
