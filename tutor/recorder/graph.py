"""The autograd graph as it grows: each new node with its edges and what it saved, written down once.

No node is held, since that would keep its graph alive. A node is known by its sequence number, which is unique in a
thread; an AccumulateGrad node is known by its leaf.
"""

from __future__ import annotations

from typing import Any

import torch

from tutor.recorder.journal import Journal
from tutor.recorder.tensors import Tensors
from tutor.recording.format import Frame

ACCUMULATE_GRAD = type(torch.ones(1, requires_grad=True).view(1).grad_fn.next_functions[0][0])  # type: ignore[union-attr]
"""The type of AccumulateGrad nodes."""

_saved_hooks = getattr(torch._C._autograd, "_top_saved_tensors_default_hooks", lambda _: None)
_NOT_SAVED = ("_sym_sizes", "_sym_strides", "_sym_size", "_sym_numel")


class Graph:
    """The nodes known so far."""

    def __init__(self, journal: Journal) -> None:
        self.tensors: Tensors
        """Set by whoever makes both."""
        self._journal = journal
        self._known = bytearray(1 << 12)
        self._attributes: dict[type, tuple[str, ...]] = {}

    def define(self, node: Any) -> int | None:
        """The id of a node; it and all unknown ones that it leads to are written down first.

        Args:
            node: A grad_fn, or None.
        """
        if node is None:
            return None
        root: int = node._sequence_nr()
        if self._is_known(root):
            return root
        waiting = [(node, root)]
        while waiting:
            node, number = waiting.pop()
            edges: list[list[int] | None] = []
            for following, position in node.next_functions:
                if following is None:
                    edges.append(None)
                elif type(following) is ACCUMULATE_GRAD:
                    leaf: Any = following
                    edges.append([-1, self.tensors.see(leaf.variable).id])
                else:
                    id = following._sequence_nr()
                    edges.append([id, position])
                    if not self._is_known(id):
                        waiting.append((following, id))
            self._write(node, number, edges)
        return root

    def _is_known(self, number: int) -> bool:
        """Whether a node was written down; marks it as such."""
        known = self._known
        if number >= len(known):
            if number > 1 << 40:
                return True
            known.extend(bytes(max(len(known), number + 1 - len(known))))
        if known[number]:
            return True
        known[number] = 1
        return False

    def _write(self, node: Any, number: int, edges: list[list[int] | None]) -> None:
        kind = type(node)
        attributes = self._attributes.get(kind)
        if attributes is None:
            attributes = self._attributes[kind] = _saved_attributes(node)
        names, values = self._saved(node, attributes) if attributes else ((), [])
        key = (node.name(), names)
        kind_id = self._journal.known(key)
        if kind_id is None:
            kind_id = self._journal.define(Frame.NODE_KIND, key, [_short(key[0]), list(names)])
        self._journal.pending.append([4, number, kind_id, edges, values])

    def _saved(self, node: Any, attributes: tuple[str, ...]) -> tuple[tuple[str, ...], list[Any]]:
        """Names and references of what a node saved; not looked at where the program packs saved tensors itself,
        since unpacking would run its code."""
        if _saved_hooks(True) is not None:
            return ("saved",), [["packed", None, "packed by saved-tensor hooks"]]
        if attributes == ("saved_tensors",):
            try:
                tensors = node.saved_tensors
            except RuntimeError:
                return (), []
            kept = [(str(n), self.tensors.saved(t)) for n, t in enumerate(tensors) if t is not None]
            return tuple(name for name, _ in kept), [value for _, value in kept]
        names: list[str] = []
        values: list[Any] = []
        for attribute in attributes:
            try:
                value = getattr(node, attribute)
            except RuntimeError:
                continue
            if isinstance(value, torch.Tensor):
                names.append(attribute[7:])
                values.append(self.tensors.saved(value))
            elif isinstance(value, bool | int | float | str):
                if not isinstance(value, int) or -(1 << 63) <= value < 1 << 63:
                    names.append(attribute[7:])
                    values.append([type(value).__name__, value])
            elif isinstance(value, tuple | list):
                for position, item in enumerate(value):
                    if isinstance(item, torch.Tensor):
                        names.append(f"{attribute[7:]}[{position}]")
                        values.append(self.tensors.saved(item))
        return tuple(names), values


def _saved_attributes(node: Any) -> tuple[str, ...]:
    kind = type(node)
    names = [name for name in dir(kind) if name.startswith("_saved_") and not name.endswith(_NOT_SAVED)]
    if not names and hasattr(node, "saved_tensors"):
        return ("saved_tensors",)
    return tuple(names)


def _short(name: str) -> str:
    return name.rpartition("::")[2]
