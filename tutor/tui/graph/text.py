"""What a row of the graph says: whose result it is, the node, the value, the gradient, what is saved."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Final, NamedTuple

from rich.cells import cell_len

from tutor.plain.format import harmless
from tutor.recording.format import Change, Kind
from tutor.recording.model import Content, Meta, NodeRecord, Saved
from tutor.recording.moment import Moment
from tutor.tui.cells import fit, fit_end
from tutor.tui.graph.cuts import Cuts
from tutor.tui.graph.lanes import Arrival, Layout
from tutor.tui.graph.parts import Parts
from tutor.tui.graph.roots import Place, backward_call, find_node, label_of, tensors_in
from tutor.tui.text import gradient_text, reference_text, tensor_text

LABEL_WIDTH: Final = 20
VALUE_WIDTH: Final = 20
"""Cells that a name and a value may have."""

LEAF_WIDTH: Final = 22
"""Cells that the name of a leaf may have."""

SUM_WIDTH: Final = 40
"""Cells that a sum may have."""


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
    is_changed: bool = False
    """Whether something saved was changed since, so that backward will fail."""


class ChainText:
    """Describes the rows of the graph at a moment.

    Args:
        moment: The step now.
        cuts: Of its recording; keeps steps that were read.
        layout: The graph, None where there is none.
    """

    def __init__(self, moment: Moment, cuts: Cuts, layout: Layout | None) -> None:
        self.label_width = LABEL_WIDTH
        self.value_width = VALUE_WIDTH
        self.gradient_width = SUM_WIDTH
        self.leaf_width = SUM_WIDTH
        """Cells that each text may have; the last is for a leaf, its name and its ``.grad``."""
        self._moment = moment
        self._step = cuts.step
        # A row is described twice, to measure it and to draw it: what does not depend on the room is kept.
        self._results: dict[int, tuple[str, tuple[Meta, Content] | None]] = {}
        self._saved_texts: dict[int, tuple[str, bool]] = {}
        self._parts = Parts(moment, cuts)
        self._arrivals: dict[Place, list[Arrival]] = layout.arrivals if layout is not None else {}
        self.backward = backward_call(moment)
        """The backward call that is going on, if one is."""
        self.running = running_place(moment)
        """Where in the graph the step happens."""

    @cached_property
    def _tensors(self) -> dict[int, int]:
        """The tensor that each node made, while it is alive."""
        states = self._moment.before, self._moment.after
        return {
            record.node: record.id for state in states for record in state.tensors.values() if record.node is not None
        }

    @cached_property
    def _versions(self) -> dict[int, int]:
        """The version of each storage."""
        versions: dict[int, int] = {}
        for record in self._moment.after.tensors.values():
            if not record.freed and record.version > versions.get(record.storage, -1):
                versions[record.storage] = record.version
        return versions

    def describe(self, place: Place) -> Cells:
        """The texts of a node or a leaf."""
        if place[0] == "leaf":
            return self._leaf(place[1])
        node = find_node(self._moment, place[1])
        if node is None:
            return Cells("", "", "", "", "", False, False)
        label, value = self._result(node)
        if node.id not in self._saved_texts:
            self._saved_texts[node.id] = self._kept(node)
        kept, is_changed = self._saved_texts[node.id]
        return Cells(
            fit(label, self.label_width),
            harmless(node.name),
            value,
            self._incoming(node),
            kept,
            self.running == place,
            self.has_run(place),
            is_changed,
        )

    def has_run(self, place: Place) -> bool:
        """Whether a node ran in the backward call that is going on; where none is, in any."""
        node = find_node(self._moment, place[1])
        return node is not None and node.ran > (self.backward.number if self.backward is not None else 0)

    def _leaf(self, tensor: int) -> Cells:
        name = harmless(label_of(self._moment, tensor))
        # The end of a name tells more, the beginning of an expression.
        cut = fit_end if self._moment.after.names_of(tensor) else fit
        label = f"{cut(name, LEAF_WIDTH)}.grad"
        room = self.leaf_width - max(cell_len(label), self.label_width)
        number = self._accumulate(tensor)
        returned = "" if number is not None else self._returned(tensor)
        text = self._sum(tensor, number, room) if number is not None else f"{self._grad(tensor)}{returned}"
        ran = number is not None or bool(returned)
        return Cells(label, "", "", text, "", self.running == ("leaf", tensor), ran)

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
            if moment.recording.kind(number) is Kind.ACCUMULATE and self._step(number).detail[0] == tensor:
                return number
        return None

    def _sum(self, tensor: int, number: int, width: int) -> str:
        """``6.0 + 7.0 = 13.0 (7.0 = 3.0 + 4.0)``."""
        _, before, share, after, taken_over = self._step(number).detail
        old, part, new = (gradient_text(self._moment.after, item, VALUE_WIDTH) for item in (before, share, after))
        is_first = before is None or taken_over
        text = f"None → {new}" if is_first else f"{old} + {part} = {new}"
        arrivals = self._arrivals.get(("leaf", tensor), ())
        parts = self._parts.of(arrivals, self._moment.recording.index.parents[number]) if len(arrivals) > 1 else {}
        room = width - len(text) - 3
        inside = self._parts.text(parts.get(0, ()), share, room if is_first else room - len(part) - 3)
        if not inside:
            return text
        return f"{text} ({inside})" if is_first else f"{text} ({part} = {inside})"

    def _returned(self, tensor: int) -> str:
        """What ``autograd.grad`` found for a leaf: it goes to the program, not into ``.grad``."""
        call = self.backward
        if call is None or call.detail is None or call.site.name.rpartition(".")[2] != "grad":
            return ""
        if tensor not in tensors_in(call.detail[0][1:2]):
            return ""
        parts = self._parts.of(self._arrivals.get(("leaf", tensor), ()), call.number).get(0, ())
        if not parts:
            return ""
        texts = [gradient_text(self._moment.after, part, VALUE_WIDTH) for part in parts]
        return f"  returned: {' + '.join(texts)}"

    def _grad(self, tensor: int) -> str:
        record = self._moment.tensor(tensor)
        return reference_text(self._moment.after, record.grad, VALUE_WIDTH * 2) if record is not None else ""

    def _result(self, node: NodeRecord) -> tuple[str, str]:
        """What the node's result is called, and its value, also when the tensor itself is gone."""
        if node.id not in self._results:
            self._results[node.id] = self._find_result(node)
        label, result = self._results[node.id]
        return label, tensor_text(*result, self.value_width) if result is not None else ""

    def _find_result(self, node: NodeRecord) -> tuple[str, tuple[Meta, Content] | None]:
        moment = self._moment
        if not 0 < node.born <= moment.recording.count:
            return "", None
        born = self._step(node.born)
        made = next((change for change in born.changes if change[0] == Change.TENSOR and change[5] == node.id), None)
        tensor = made[1] if made is not None else self._tensors.get(node.id)
        record = moment.tensor(tensor) if tensor is not None else None
        if record is not None and record.node == node.id:
            return _one_line(label_of(moment, record.id)), (record.meta, record.content)
        label = _one_line(born.site.source)
        return label, (moment.after.tables.metas[made[2]], made[7]) if made is not None else None

    def _incoming(self, node: NodeRecord) -> str:
        """The gradient that arrived at a node when it ran, as a sum where several came."""
        if not node.ran:
            return ""
        incoming = self._step(node.ran).detail[1]
        arrivals = self._arrivals.get(("node", node.id), ())
        parts = self._parts.of(arrivals, self._moment.recording.index.parents[node.ran]) if len(arrivals) > 1 else {}
        texts = []
        for position, gradient in enumerate(incoming):
            if gradient is None:
                continue
            text = gradient_text(self._moment.after, gradient, min(self.gradient_width, VALUE_WIDTH))
            room = self.gradient_width - len(text) - 3
            inside = self._parts.text(parts.get(position, ()), gradient, room)
            if inside.startswith("sum of"):
                texts.append(f"{text} ({inside})")
            else:
                texts.append(f"{inside} = {text}" if inside else text)
        return ", ".join(texts) or "none"

    def _kept(self, node: NodeRecord) -> tuple[str, bool]:
        """What the node keeps for backward, by the learner's names; what was changed since comes first."""
        saved = [item for item in node.saved if item.tensor is not None]
        if not saved:
            return "", False
        if node.released:
            return "freed", False
        changed = [self._saved(item, node) for item in saved if self._is_changed(item)]
        if changed:
            return f"✗ changed since: {', '.join(changed)}", True
        return f"saved {', '.join(self._saved(item, node) for item in saved)}", False

    def _saved(self, item: Saved, node: NodeRecord) -> str:
        assert item.tensor is not None
        record = self._moment.tensor(item.tensor)
        name = fit(_one_line(saved_label(self._moment, item, node)), LABEL_WIDTH)
        return name if record is None else f"{name}={tensor_text(record.meta, record.content, VALUE_WIDTH)}"

    def _is_changed(self, item: Saved) -> bool:
        record = self._moment.tensor(item.tensor) if item.tensor is not None else None
        if record is None:
            return False
        # Nobody sees the version of a tensor whose Python object is gone; who shares its memory shares that.
        version = self._versions.get(record.storage, item.version) if record.freed else record.version
        return version != item.version


def saved_label(moment: Moment, item: Saved, node: NodeRecord) -> str:
    """What to call a saved tensor; one that torch made of a number, as of the 4 in ``x * 4``, has the node's word."""
    assert item.tensor is not None
    record = moment.tensor(item.tensor)
    made_by_torch = record is not None and record.born == node.born and record.freed and not record.meta.shape
    return item.name if made_by_torch and item.name != "result" else label_of(moment, item.tensor)


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
