"""Programs that build a graph, written by hand: each operation with its slopes, so that backward can be written too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tutor.recording.format import Change, Flag, Frame, Kind
from tutor.recording.moment import Moment
from tutor.recording.recording import Recording
from tutor.tui.source import OpenedRecording

from .tape import ON, Tape, bind

OFF = 0
"""Flags of a step under ``no_grad``."""


class Chain:
    """Writes scalar operations, and what backward does with them.

    Args:
        path: Where the log goes.
        lines: How many lines the program has.
    """

    def __init__(self, path: Path, lines: int = 20) -> None:
        self.tape = Tape(path, "\n" * lines)
        self._recording: Recording | None = None
        self._tensors = 0
        self._nodes: dict[int, tuple[list[list[int] | None], Sequence[float]]] = {}
        self._node_of: dict[int, int] = {}
        self._leaves: set[int] = set()
        self._gradients: dict[int, tuple[int, float]] = {}
        self.steps: dict[str, int] = {}
        """The step of each operation, by its source."""

    def leaf(self, name: str, value: float, *, requires_grad: bool = True, line: int = 1) -> int:
        """A tensor made by the program; its id."""
        id = self._new_tensor()
        if requires_grad:
            self._leaves.add(id)
        change = self.tape.tensor(id, value, requires_grad=requires_grad)
        self._step(line, f"torch.tensor({value})", [], id, [change, bind(name, id)], "tensor", ON)
        return id

    def operate(
        self,
        line: int,
        source: str,
        inputs: list[int],
        value: float,
        slopes: Sequence[float] = (),
        *,
        name: str = "mul",
        bound: str = "",
        flags: int = ON,
        cut: bool = False,
        dtype: str = "float32",
        saved: dict[str, Any] | None = None,
        parent: int = 0,
    ) -> int:
        """An operation; the id of its result.

        Args:
            line: Where.
            source: The expression.
            inputs: Tensors.
            value: The result.
            slopes: By how much it grows with each input; 1 for all if none are given.
            name: ``mul`` for ``MulBackward0``.
            bound: What the result is called.
            flags: ``OFF`` under ``no_grad``.
            cut: Whether the operation has no derivative, or is ``detach``.
            dtype: Of the result.
            saved: What the node keeps.
            parent: The step of the call that it is inside of.
        """
        id = self._new_tensor()
        edges = [self._edge(tensor) for tensor in inputs]
        changes: list[list[Any]] = []
        if flags & Flag.GRAD_ENABLED and not cut and any(edges):
            node = self._node_of[id] = len(self._nodes) + 1
            self._nodes[node] = edges, slopes or [1.0] * len(inputs)
            changes.append(self.tape.node(node, f"{name.title()}Backward0", edges, **(saved or {})))
        change = self.tape.tensor(id, value, node=self._node_of.get(id))
        if dtype != "float32":
            # The tape knows floats only.
            change[2] = self.tape._define(Frame.META, "tensor", dtype, [], "cpu", False, True, False)
            change[7] = bytes(1 if dtype == "bool" else 8)
        changes.append(change)
        if bound:
            changes.append(bind(bound, id))
        self._step(line, source, inputs, id, changes, name, flags, parent)
        return id

    def write_in_place(self, line: int, source: str, tensor: int, value: float) -> None:
        """The value of a leaf is changed under ``no_grad``."""
        change = self.tape.tensor(tensor, value, version=1, requires_grad=tensor in self._leaves)
        self._step(line, source, [tensor], tensor, [change], "add_", OFF)

    def drop(self, *tensors: int) -> None:
        """The Python objects of tensors are gone."""
        self.tape.step(Kind.STATEMENT, 1, "del", [Change.FREED, list(tensors)])

    def backward(self, line: int, *roots: int, source: str = "y.backward()") -> int:
        """``backward`` of some results, each with gradient 1; the step of the call."""
        detail = [[roots[0] if len(roots) == 1 else ["tuple", None, "tuple", list(roots)]], None, None]
        call = self.tape.step(Kind.OPERATION, line, source, name="backward", detail=detail)
        arrived: dict[int, float] = {}
        at_leaves: dict[int, float] = {}
        for root in roots:
            arrived[self._node_of[root]] = 1.0
        while arrived:
            node = max(arrived)
            gradient = arrived.pop(node)
            edges, slopes = self._nodes[node]
            sent = [gradient * slope if edge else None for edge, slope in zip(edges, slopes, strict=True)]
            outgoing = [None if value is None else self.tape.gradient(value) for value in sent]
            incoming = [self.tape.gradient(gradient)]
            self.tape.step(Kind.NODE, line, source, parent=call, flags=0, detail=[node, incoming, outgoing])
            for edge, value in zip(edges, sent, strict=True):
                if edge is not None and value is not None:
                    place, id = (at_leaves, edge[1]) if edge[0] == -1 else (arrived, edge[0])
                    place[id] = place.get(id, 0.0) + value
        for leaf, value in at_leaves.items():
            self._accumulate(line, source, call, leaf, value)
        return call

    def _accumulate(self, line: int, source: str, call: int, leaf: int, value: float) -> None:
        gradient, before = self._gradients.get(leaf, (0, 0.0))
        changes = []
        if not gradient:
            gradient = self._new_tensor()
            changes.append([Change.GRAD, leaf, gradient])
        changes.insert(0, self.tape.tensor(gradient, before + value))
        was = self.tape.gradient(before) if leaf in self._gradients else None
        detail = [leaf, was, self.tape.gradient(value), self.tape.gradient(before + value), was is None]
        self._gradients[leaf] = gradient, before + value
        self.tape.step(Kind.ACCUMULATE, line, source, *changes, parent=call, flags=0, detail=detail)

    def node_of(self, tensor: int) -> int:
        """The node that made a tensor."""
        return self._node_of[tensor]

    def gradient_of(self, leaf: int) -> int:
        """The tensor in the ``.grad`` of a leaf that backward has reached."""
        return self._gradients[leaf][0]

    def recording(self) -> Recording:
        """What was written; nothing can be added."""
        if self._recording is None:
            self.tape.end()
            self._recording = OpenedRecording(self.tape.path).wait()
        return self._recording

    def moment(self, number: int | None = None) -> Moment:
        """The moment after a step, the last if none is given."""
        recording = self.recording()
        return Moment.of(recording, recording.count if number is None else number)

    def _new_tensor(self) -> int:
        self._tensors += 1
        return self._tensors

    def _edge(self, tensor: int) -> list[int] | None:
        if tensor in self._node_of:
            return [self._node_of[tensor], 0]
        return [-1, tensor] if tensor in self._leaves else None

    def _step(
        self,
        line: int,
        source: str,
        inputs: list[int],
        result: int,
        changes: list[list[Any]],
        name: str,
        flags: int,
        parent: int = 0,
    ) -> None:
        kind = Kind.INNER if parent else Kind.OPERATION
        detail = [list(inputs), result, None]
        self.steps[source] = self.tape.step(
            kind, line, source, *changes, name=name, detail=detail, flags=flags, parent=parent
        )


def diamond(path: Path) -> Chain:
    """``y = 3 * x``, ``z = 4 * x``, ``s = y + z``, ``s.backward()`` at the end: two paths from s to x."""
    chain = Chain(path)
    x = chain.leaf("x", 1.0)
    y = chain.operate(2, "x * 3", [x], 3.0, [3.0], bound="y")
    z = chain.operate(3, "x * 4", [x], 4.0, [4.0], bound="z")
    s = chain.operate(4, "y + z", [y, z], 7.0, name="add", bound="s")
    chain.backward(5, s)
    return chain


def loop(path: Path, turns: int) -> tuple[Chain, int]:
    """``h = w * h`` in line 5 and ``h = tanh(h)`` in line 6, turn after turn; and the last h."""
    chain = Chain(path)
    w = chain.leaf("w", 1.0)
    h = chain.leaf("h", 1.0, requires_grad=False)
    for _ in range(turns):
        h = chain.operate(5, "w * h", [w, h], 1.0)
        h = chain.operate(6, "tanh(h)", [h], 1.0, name="tanh", bound="h")
    return chain, h
