"""The things a recording is made of, as small immutable objects."""

from __future__ import annotations

from typing import Any

import msgspec

from tutor.recording.format import Flag, Kind

Content = bytes | dict[str, Any] | None
"""Bytes of a small tensor, the summary of a large one, or None where the value could not be read."""


class Site(msgspec.Struct, frozen=True, gc=False):
    """A place in the program together with what happens there."""

    line: int
    """From 1."""
    end_line: int
    column: int
    """From 0, in characters."""
    end_column: int
    source: str
    """The exact expression or statement, clipped when long."""
    function: str | None
    """Qualified name of the function around it, None at the top level."""
    name: str
    """The operation, node, callable or statement: ``mul``, ``MulBackward0``, ``model``, ``for``."""


class Meta(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What many tensors have in common."""

    type: str
    """``tensor``, or the name of the subclass: ``Parameter``."""
    dtype: str
    """Without ``torch.``: ``float32``."""
    shape: tuple[int, ...]
    device: str
    requires_grad: bool
    is_leaf: bool
    retains_grad: bool

    @property
    def elements(self) -> int:
        """Number of elements."""
        count = 1
        for size in self.shape:
            count *= size
        return count


class TensorRecord(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A tensor as it was from one step to the next change of it."""

    id: int
    meta: Meta
    version: int
    storage: int
    """Tensors with the same number share memory."""
    node: int | None
    """The node that made it, its grad_fn."""
    grad: int | None
    """The tensor in its ``.grad``."""
    content: Content
    born: int
    """The step in which it was first seen."""
    changed: int
    """The step that changed it last."""
    freed: bool = False
    """Its Python object is gone; the graph still needs its value."""


class Edge(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Where a node sends one of its outgoing gradients."""

    node: int | None
    """The next node, or None where the edge leads to a leaf."""
    input: int
    """Which input of the next node."""
    leaf: int | None
    """The leaf tensor (through its AccumulateGrad node)."""

    @staticmethod
    def of(edge: list[int] | None) -> Edge | None:
        """From the form in a NODE change."""
        if edge is None:
            return None
        if edge[0] == -1:
            return Edge(None, 0, edge[1])
        return Edge(edge[0], edge[1], None)


class Saved(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Something that a node kept for backward."""

    name: str
    """``self``, ``other``, ``result``, ``exponent``."""
    tensor: int | None
    version: int
    """Of the tensor when it was saved."""
    plain: Any
    """The plain reference, where it is no tensor."""

    @staticmethod
    def of(name: str, value: Any) -> Saved:
        """From the form in a NODE change."""
        if type(value) is list and value and value[0] == -1:
            return Saved(name, value[1], value[2], None)
        return Saved(name, None, 0, value)


class NodeRecord(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A node of the autograd graph."""

    id: int
    name: str
    edges: tuple[Edge | None, ...]
    saved: tuple[Saved, ...]
    born: int
    """The step in which it was made."""
    released: int = 0
    """The step that freed its saved tensors, 0 while they are kept."""
    ran: int = 0
    """The step in which it ran last during a backward call, 0 if it never did."""

    def at(self, *, released: int | None = None, ran: int | None = None) -> NodeRecord:
        """The same node after a step that released it or ran it."""
        return NodeRecord(
            self.id,
            self.name,
            self.edges,
            self.saved,
            self.born,
            self.released if released is None else released,
            self.ran if ran is None else ran,
        )


class Step(msgspec.Struct, frozen=True):
    """One thing a learner can point at. ``detail`` and ``changes`` are as ``recording.format`` describes."""

    number: int
    """From 1."""
    kind: Kind
    site: Site
    parent: int
    """The step that holds this one, 0 if none."""
    flags: int
    detail: Any
    changes: list[Any]

    @property
    def grad_enabled(self) -> bool:
        """Whether operations were being recorded in the autograd graph."""
        return bool(self.flags & Flag.GRAD_ENABLED)

    @property
    def opaque(self) -> bool:
        """Whether something in it was not understood."""
        return bool(self.flags & Flag.OPAQUE)


class End(msgspec.Struct, frozen=True):
    """How the recording ended."""

    how: str
    """``finished``, ``raised`` or ``stopped``."""
    reason: str
    """In words, empty when the program simply ended."""
