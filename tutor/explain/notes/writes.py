"""Writes that nothing counts, into what backward still computes with."""

from __future__ import annotations

from collections import deque
from typing import Final

from tutor.explain.notes.world import World
from tutor.recording.format import Kind
from tutor.recording.model import Content

_KEPT: Final = 16
"""Writes into one tensor that are remembered."""

_RESTORING: Final = frozenset(("gradcheck", "gradgradcheck"))
"""Calls of torch that move elements a little to see what comes of it, and put them back."""


class Writes:
    """Follows writes through ``.data`` and numpy, which leave the version as it is.

    Args:
        world: The program.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._hidden: dict[int, deque[tuple[int, Content]]] = {}
        """For each tensor the steps of such writes, and what it held before each of them."""

    def written(self, tensor: int, version: int, storage: int) -> None:
        """A tensor is about to hold something else."""
        step = self._world.step
        old = self._world.state.tensors[tensor]
        if old.version != version or old.storage != storage or step.kind in (Kind.NODE, Kind.ACCUMULATE):
            return
        if self._world.name(self._world.outer(step.number)) in _RESTORING:
            return
        if old.content is not None:
            self._hidden.setdefault(tensor, deque(maxlen=_KEPT)).append((step.number, old.content))

    def freed(self, tensors: list[int]) -> None:
        """The Python objects of tensors are gone; the graph can still need them."""
        for tensor in tensors if self._hidden else ():
            if tensor not in self._world.state.tensors:
                self._hidden.pop(tensor, None)

    def ran(self) -> None:
        """A node is about to run."""
        if not self._hidden:
            return
        world = self._world
        node = world.state.nodes.get(world.step.detail[0])
        for saved in node.saved if node is not None else ():
            writes = self._hidden.get(saved.tensor) if saved.tensor is not None else None
            if node is None or writes is None or saved.tensor is None:
                continue
            late = [(step, content) for step, content in writes if step > node.born]
            record = world.state.tensors.get(saved.tensor)
            if not late or record is None or record.version != saved.version or record.content == late[0][1]:
                continue
            if len(late) < _KEPT:
                self._tell(late[0][0], saved.tensor, node.born)

    def _tell(self, step: int, tensor: int, born: int) -> None:
        world = self._world
        name = world.label(tensor)
        what = (
            f"{world.source(world.outer(step))} wrote into {name} after {world.place(born)} had saved it for backward."
        )
        why = (
            "No version counts such a write, so backward does not notice: it computes with the new numbers, and the "
            "gradient is wrong."
        )
        world.say("data-write-to-saved", world.outer(step), (name,), what, why, born)
