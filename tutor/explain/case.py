"""A node that ran, with everything that its derivative is computed from. Rules see nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tutor.explain.arrays import Array, Shape, size_of

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Case:
    """One run of one node."""

    incoming: Sequence[Array | None]
    """The gradient of each output of the operation; None where there is none, or where it is too large to read."""
    shapes: Sequence[Shape | None]
    """The shape of each outgoing gradient, which is the shape of that input; None where no gradient goes."""
    saved: Mapping[str, Any] = field(default_factory=dict)
    """What the node saved, by torch's names: arrays (None where too large) and plain values."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What to call each argument and saved tensor: ``self`` -> ``x``."""
    incoming_shapes: Sequence[Shape | None] = ()
    """The shape of each incoming gradient."""
    made_by: str = ""
    """The name of the operation that made the node: ``dropout``."""

    @property
    def gradient(self) -> Array | None:
        """The incoming gradient of the first output."""
        return self.incoming[0] if self.incoming else None

    def given(self) -> Array:
        """The incoming gradient of the first output.

        Raises:
            KeyError: it is not known.
        """
        return self._known("incoming", self.gradient)

    def array(self, name: str) -> Array:
        """A saved tensor.

        Raises:
            KeyError: it was not saved, or is too large.
        """
        value = self.saved[name]
        if isinstance(value, bool | int | float):
            return Array((), [float(value)])
        if not isinstance(value, Array):
            raise KeyError(name)
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A saved plain number, or that of a saved tensor with one element.

        Raises:
            KeyError: it was not saved and there is no default.
        """
        value = self.saved.get(name)
        if isinstance(value, bool | int | float):
            return value
        if isinstance(value, Array) and len(value.flat) == 1:
            return value.item
        if default is None:
            raise KeyError(name)
        return default

    def axis(self, name: str, count: int, default: int = -1) -> int:
        """A saved axis, counted from the front."""
        axis = int(self.number(name, default))
        return axis + count if axis < 0 else axis

    def shape(self, position: int = 0) -> Shape:
        """The shape of an input.

        Raises:
            KeyError: no gradient goes there.
        """
        shape = self.shapes[position] if position < len(self.shapes) else None
        return self._known("shape", shape)

    def came(self) -> Shape:
        """The shape of the incoming gradient.

        Raises:
            KeyError: there is none.
        """
        shape = self.incoming_shapes[0] if self.incoming_shapes else None
        return shape if shape is not None else self.given().shape

    def count(self, position: int = 0) -> int:
        """How many elements an input has."""
        return size_of(self.shape(position))

    def axes(self) -> list[int]:
        """The axes that a reduction went over: saved, or what follows from the shapes; all where nothing is known.

        Raises:
            KeyError: the shapes are not known, or more than one choice of axes fits them.
        """
        dimension = self.saved.get("dim")
        shape, came = self.shape(), self.came()
        if isinstance(dimension, int):
            return [dimension % len(shape)] if shape else []
        if isinstance(dimension, list | tuple) and dimension:
            return sorted(axis % len(shape) for axis in dimension)
        if size_of(came) == 1:
            return list(range(len(shape)))
        fitting = [
            [axis]
            for axis in range(len(shape))
            if came in ((*shape[:axis], *shape[axis + 1 :]), (*shape[:axis], 1, *shape[axis + 1 :]))
        ]
        if len(fitting) != 1:
            raise KeyError("dim")
        return fitting[0]

    def name(self, name: str, otherwise: str = "input") -> str:
        """What to call an argument."""
        return self.names.get(name, otherwise)

    @staticmethod
    def _known(name: str, value: _Value | None) -> _Value:
        if value is None:
            raise KeyError(name)
        return value
