"""What a row of the graph says: whose result it is, the node, the value, the gradient, what is saved."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from tutor.plain.format import harmless
from tutor.recording.format import Change, Kind
from tutor.recording.model import NodeRecord, Saved, Step, TensorRecord
from tutor.tui.cells import fit
from tutor.tui.chain import Place, find_node
from tutor.tui.moment import Moment
from tutor.tui.text import gradient_text, reference_text, tensor_text

LABEL_WIDTH: Final = 16
VALUE_WIDTH: Final = 16
"""Cells that a name and a value may have."""


class Cells(NamedTuple):
    """The texts of a row."""

    label: str
    node: str
    """Name of the node, empty for a leaf."""
    value: str
    gradient: str
    """For a node what arrived when it ran; for a leaf its ``.grad``, as a sum where something was added."""
    kept: str
    """What is saved for backward."""
    is_running: bool
    has_run: bool


class ChainText:
    """Describes the rows of the graph at a moment.

    Args:
        moment: The step now.
    """

    def __init__(self, moment: Moment) -> None:
        self.label_width = LABEL_WIDTH
        self.value_width = VALUE_WIDTH
        self.gradient_width = VALUE_WIDTH
        """Cells that each text may have."""
        self._moment = moment
        self.backward = moment.backward_step()
        """The backward call that is going on, if one is."""
        self.running = running_place(moment)
        """Where in the graph the step happens."""

    @cached_property
    def _tensors(self) -> dict[int, int]:
        """The tensor that each node made, while it is alive."""
        return {record.node: record.id for record in self._alive() if record.node is not None}

    @cached_property
    def _versions(self) -> dict[int, int]:
        """The version of each storage."""
        versions: dict[int, int] = {}
        for record in self._alive():
            versions[record.storage] = max(versions.get(record.storage, 0), record.version)
        return versions

    def _alive(self) -> Iterator[TensorRecord]:
        for state in (self._moment.before, self._moment.after):
            yield from (record for record in state.tensors.values() if not record.freed)

    def describe(self, place: Place) -> Cells:
        """The texts of a node or a leaf."""
        if place[0] == "leaf":
            return self._leaf(place[1])
        node = find_node(self._moment, place[1])
        if node is None:
            return Cells("", "", "", "", "", False, False)
        label, value = self._result(node)
        since = self.backward.number if self.backward is not None else 0
        return Cells(
            fit(label, self.label_width),
            harmless(node.name),
            value,
            self._incoming(node),
            self._kept(node),
            self.running == place,
            node.ran > since,
        )

    def _leaf(self, tensor: int) -> Cells:
        moment = self._moment
        name = harmless(moment.label(tensor))
        number = self._accumulate(tensor)
        text = self._sum(moment.recording.step(number)) if number is not None else self._grad(tensor)
        label = f"{fit(name, self.label_width - 5)}.grad"
        return Cells(label, "", "", text, "", self.running == ("leaf", tensor), number is not None)

    def _accumulate(self, tensor: int) -> int | None:
        """The last step that gave a tensor its gradient since the backward call began."""
        moment = self._moment
        steps = moment.recording.index.gradients.get(tensor)
        if self.backward is None or steps is None:
            return None
        for position in range(bisect_right(steps, moment.number) - 1, -1, -1):
            number = steps[position]
            if number <= self.backward.number:
                return None
            if moment.recording.kind(number) is Kind.ACCUMULATE and moment.recording.step(number).detail[0] == tensor:
                return number
        return None

    def _sum(self, step: Step) -> str:
        _, before, share, after, taken_over = step.detail
        old, part, new = (
            gradient_text(self._moment.after, item, self.gradient_width) for item in (before, share, after)
        )
        return f"None → {new}" if before is None or taken_over else f"{old} + {part} = {new}"

    def _grad(self, tensor: int) -> str:
        record = self._moment.tensor(tensor)
        return reference_text(self._moment.after, record.grad, VALUE_WIDTH * 2) if record is not None else ""

    def _result(self, node: NodeRecord) -> tuple[str, str]:
        """What the node's result is called, and its value, also when the tensor itself is gone."""
        moment = self._moment
        tensor = self._tensors.get(node.id)
        record = moment.tensor(tensor) if tensor is not None else None
        if record is not None:
            return _one_line(moment.label(record.id)), tensor_text(record.meta, record.content, self.value_width)
        if not 0 < node.born <= moment.recording.count:
            return "", ""
        born = moment.recording.step(node.born)
        label = _one_line(born.site.source)
        for change in born.changes:
            if change[0] == Change.TENSOR and change[5] == node.id:
                return label, tensor_text(moment.after.tables.metas[change[2]], change[7], self.value_width)
        return label, ""

    def _incoming(self, node: NodeRecord) -> str:
        """The gradient that arrived at a node when it ran."""
        if not node.ran:
            return ""
        step = self._moment.recording.step(node.ran)
        texts = [
            gradient_text(self._moment.after, item, self.gradient_width) for item in step.detail[1] if item is not None
        ]
        return ", ".join(texts) or "none"

    def _kept(self, node: NodeRecord) -> str:
        """What the node keeps for backward, by the learner's names."""
        kept = [self._saved(item) for item in node.saved if item.tensor is not None]
        if not kept:
            return ""
        return "freed" if node.released else f"saved {', '.join(kept)}"

    def _saved(self, item: Saved) -> str:
        assert item.tensor is not None
        record = self._moment.tensor(item.tensor)
        name = fit(_one_line(self._moment.label(item.tensor)), LABEL_WIDTH)
        if record is None:
            return name
        text = f"{name}={tensor_text(record.meta, record.content, VALUE_WIDTH)}"
        # Nobody sees the version of a tensor whose Python object is gone; who shares its memory shares that.
        version = self._versions.get(record.storage, item.version) if record.freed else record.version
        return text if version == item.version else f"{text} ✗ changed since"


def running_place(moment: Moment) -> Place | None:
    """Where in the graph a step happens."""
    step = moment.step
    if step is not None and step.kind is Kind.NODE:
        return "node", step.detail[0]
    if step is None or step.kind is not Kind.ACCUMULATE:
        return None
    record = moment.tensor(step.detail[0])
    # A tensor that retains its gradient is no leaf: its gradient arrives at the node that made it.
    return ("node", record.node) if record is not None and record.node is not None else ("leaf", step.detail[0])


def _one_line(text: str) -> str:
    return harmless(" ".join(text.split()))
