"""Every name with its value and its ``.grad``: one row each, what changed in this step as old → new."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from operator import is_
from typing import Any, Final, NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.state import Key, Scope, State
from tutor.tui.cells import fit, fit_end, pad
from tutor.tui.looks import CHANGED, MUTED, NODE
from tutor.tui.moment import Moment
from tutor.tui.text import gradient_text, reference_text, tensor_text
from tutor.tui.widgets.pane import Pane

UNNAMED_LIMIT: Final = 50
"""Results without a name shown at most."""

_LOOKED_AT: Final = 2000
_HIDDEN_TYPES: Final = frozenset(
    ("module", "function", "type", "method", "builtin_function_or_method", "ABCMeta", "_TensorMeta", "method-wrapper")
)


class Row(NamedTuple):
    """A row of the pane."""

    label: str
    reference: Any
    """None for the heading of a scope."""
    scope: int
    """Where the name lives; -1 for a result without a name."""
    path: str = ""
    """The name itself; the label has control characters replaced."""


class Columns(NamedTuple):
    """Where things stand in a row, in cells."""

    name: int
    value: int
    grad: int
    role: int


class TensorsPane(Pane):
    """Names and values at the moment."""

    PINNED = 1
    GUTTER = 1

    DEFAULT_CSS = "TensorsPane { padding: 0; }"

    def __init__(self, *, id: str) -> None:
        super().__init__("tensors", id=id)
        self._moment: Moment | None = None
        self._rows: list[Row] = []
        self._columns: Columns | None = None
        self._drawn: dict[tuple[int, str], tuple[Columns, tuple[Any, ...], Content]] = {}

    def show(self, moment: Moment) -> None:
        """Show the values after a step, and bring the first that it changed into view."""
        self._moment = moment
        self._rows = list(rows_of(moment))
        if len(self._drawn) > max(len(self._rows) * 2, 500):
            self._drawn = {}
        self._columns = None
        self.set_title("tensors", f"{len(self._rows):,} names" if len(self._rows) >= self.size.height > 0 else "")
        self.set_rows(len(self._rows) + self.PINNED)
        changed = next((number for number, row in enumerate(self._rows) if is_changed(moment, row)), None)
        if changed is not None:
            self.reveal(changed + self.PINNED, changed + self.PINNED)
        self.redraw()

    def draw_row(self, row: int, width: int) -> Content:
        """The heading, or a name."""
        columns = self._columns_for(width)
        if row == 0:
            return Content.styled(
                f"  {pad('name', columns.name)} {pad('value', columns.value)} {pad('.grad', columns.grad)} grad_fn",
                MUTED,
            )
        item = self._rows[row - 1]
        if self._moment is None:
            return Content("")
        if item.reference is None:
            return Content.styled(fit(item.label, width), f"{MUTED} italic")
        draw = draw_tensor if isinstance(item.reference, int) else draw_plain
        facts = _facts(self._moment, item)
        if facts is None:
            return draw(self._moment, item, columns)
        place = item.scope, item.path or item.label
        known = self._drawn.get(place)
        if known is None or known[0] != columns or not all(map(is_, known[1], facts)):
            known = self._drawn[place] = columns, facts, draw(self._moment, item, columns)
        return known[2]

    def key_of(self, row: int) -> Hashable:
        """The scope and the path of a name; for a result without a name, scope -1 and the tensor."""
        item = self._rows[row - 1] if 0 < row <= len(self._rows) else None
        if item is None or item.reference is None:
            return None
        return Key(item.scope, item.path) if item.scope >= 0 else (item.scope, item.reference)

    def first_choice(self) -> int:
        """What the step changed, else the first name."""
        moment = self._moment
        changed = (n for n, row in enumerate(self._rows, 1) if moment is not None and is_changed(moment, row))
        return next(changed, super().first_choice())

    def _columns_for(self, width: int) -> Columns:
        """Columns for a width; names get what they need, up to a third."""
        if self._columns is None or sum(self._columns) != width - 5:
            tensors = (row for row in self._rows if isinstance(row.reference, int))
            longest = max((cell_len(row.label) for row in tensors), default=4)
            role = 13 if width >= 56 else 9
            name = min(max(longest, 4), (width - role) // 3)
            left = max(width - 5 - name - role, 8)
            value = left * 11 // 20
            self._columns = Columns(name, value, left - value, role)
        return self._columns


def rows_of(moment: Moment) -> Iterator[Row]:
    """Names by scope, the innermost first; in each the tensors, then the results without a name, then the rest."""
    state = moment.after
    scopes: dict[int, tuple[Scope, list[Row], list[Row]]] = {}
    for path, reference, scope in state.visible():
        _, tensors, others = scopes.setdefault(scope.id, (scope, [], []))
        row = Row(harmless(path), reference, scope.id, path)
        if isinstance(reference, int) or reference[0] == "ndarray":
            tensors.append(row)
        elif reference[0] not in _HIDDEN_TYPES:
            others.append(row)
    unnamed = list(_unnamed(moment))
    shown = [entry for entry in scopes.values() if entry[1] or entry[2]]
    for scope, tensors, others in shown:
        if len(state.scopes) > 1:
            yield Row(f"in {harmless(scope.function)}" if scope.function else "in the program", None, scope.id)
        yield from tensors
        yield from unnamed
        unnamed = []
        yield from others
    yield from unnamed


def _unnamed(moment: Moment) -> Iterator[Row]:
    """Results that are alive without a name, under the expression that made them, in order of appearance."""
    state = moment.after
    found: list[Row] = []
    for number, record in enumerate(reversed(state.tensors.values())):
        if number == _LOOKED_AT or len(found) == UNNAMED_LIMIT:
            break
        if record.freed or record.id in state.holders or record.id in state.grad_of:
            continue
        found.append(Row(harmless(" ".join(moment.label(record.id).split())), record.id, -1))
    yield from reversed(found)


def is_changed(moment: Moment, row: Row) -> bool:
    """Whether the step changed what a row shows."""
    if row.reference is None:
        return False
    if row.scope >= 0:
        return (row.scope, row.path) in moment.touched
    record = moment.after.tensors.get(row.reference)
    return record is not None and record.changed == moment.number


def _facts(moment: Moment, row: Row) -> tuple[Any, ...] | None:
    """The objects that a row shows, while they are what decides how it looks; None where the step changed it."""
    if is_changed(moment, row):
        return None
    if not isinstance(row.reference, int):
        # What holds other things looks as they do now.
        return (row.reference,) if len(row.reference) < 4 else None
    record = moment.after.tensors.get(row.reference)
    if record is None or _old(moment, row) is not record:
        return None
    gradient = moment.after.tensors.get(record.grad) if record.grad is not None else None
    before = moment.before.tensors.get(record.grad) if record.grad is not None else None
    # The name of a node never changes, but the node can go.
    return (record, gradient, record.node in moment.after.nodes) if gradient is before else None


def draw_tensor(moment: Moment, row: Row, columns: Columns) -> Content:
    """``● x   3.0   6.0 → 12.0   leaf``."""
    state = moment.after
    record = state.tensors.get(row.reference)
    if record is None:
        return Content(f"  {pad(row.label, columns.name)} ?")
    old = _old(moment, row)
    changed = is_changed(moment, row)
    role = role_of(state, record, columns.role)
    return Content("").join(
        [
            Content("● " if record.meta.requires_grad else "○ "),
            _name(row, columns, changed),
            Content(" "),
            _value(record, old, columns.value, changed and (old is None or old.id != record.id)),
            Content(" "),
            _grad(moment, record, old, columns.grad),
            Content(" "),
            Content.styled(fit(role, columns.role), MUTED if role == "–" else NODE),
        ]
    )


def draw_plain(moment: Moment, row: Row, columns: Columns) -> Content:
    """``  turn   1 → 2``, over all the other columns."""
    room = sum(columns) + 2
    name_width = min(max(cell_len(row.label) + 1, columns.name), room * 3 // 5)
    columns = columns._replace(name=name_width)
    width = room - name_width
    new = reference_text(moment.after, row.reference, width)
    changed = is_changed(moment, row)
    name = Content("  ") + _name(row, columns, changed) + Content(" ")
    if not changed:
        return name + Content(new)
    scope = moment.before.scopes.get(row.scope)
    old = scope.names.get(row.path) if scope is not None else None
    if old is None or old == row.reference:
        return name + Content.styled(fit(f"→ {new}", width), CHANGED)
    return name + _arrow(reference_text(moment.before, old, width), new, width)


def role_of(state: State, record: TensorRecord, width: int) -> str:
    """What made the tensor: the name of its node, shortened where there is little room, or that it is a leaf."""
    node = state.nodes.get(record.node) if record.node is not None else None
    if node is not None:
        name = harmless(node.name)
        return name if cell_len(name) <= width else name.removesuffix("0").removesuffix("Backward")
    if record.meta.type == "ndarray":
        return "numpy"
    return "leaf" if record.meta.requires_grad else "–"


def _name(row: Row, columns: Columns, changed: bool) -> Content:
    style = "bold" if changed else f"italic {MUTED}" if row.scope < 0 else ""
    label = fit_end(row.label, columns.name) if row.scope >= 0 else row.label
    return Content.styled(pad(label, columns.name), style)


def _value(record: TensorRecord, old: TensorRecord | None, width: int, new_binding: bool) -> Content:
    text = tensor_text(record.meta, record.content, width)
    if old is not None and (old.content != record.content or old.meta.shape != record.meta.shape):
        return _padded(_arrow(tensor_text(old.meta, old.content, width), text, width), width)
    if new_binding:
        return _padded(Content.styled(f"→ {tensor_text(record.meta, record.content, width - 2)}", CHANGED), width)
    return Content(pad(text, width))


def _grad(moment: Moment, record: TensorRecord, old: TensorRecord | None, width: int) -> Content:
    """``.grad``: a value, None where a gradient may still come, or why there never is one."""
    step = moment.step
    if record.grad is None:
        absent = "–" if not record.meta.requires_grad else "None" if _keeps(record) else "not kept"
        if old is not None and old.grad is not None and old.id == record.id:
            return _padded(_arrow(reference_text(moment.before, old.grad, width), "None", width), width)
        return Content.styled(pad(absent, width), MUTED)
    new = reference_text(moment.after, record.grad, width)
    if step is not None and step.kind is Kind.ACCUMULATE and step.detail[0] == record.id:
        _, before, share, _, taken_over = step.detail
        if before is not None and not taken_over:
            old_text, share_text = (gradient_text(moment.after, part, width) for part in (before, share))
            whole = f"{old_text} + {share_text} = {new}"
            return _padded(
                Content.styled(whole, CHANGED) if cell_len(whole) <= width else _arrow(old_text, new, width), width
            )
    if old is not None and old.id == record.id:
        old_text = reference_text(moment.before, old.grad, width)
        if old_text != new:
            return _padded(_arrow(old_text, new, width), width)
    return Content(pad(new, width))


def _keeps(record: TensorRecord) -> bool:
    return record.meta.is_leaf or record.meta.retains_grad


def _arrow(old: str, new: str, width: int) -> Content:
    """``old → new``; where there is no room for both, only the new."""
    if cell_len(old) + cell_len(new) + 3 > width:
        return Content.styled(fit(f"→ {new}", width), CHANGED)
    return Content.assemble((old, MUTED), (f" → {new}", CHANGED))


def _padded(content: Content, width: int) -> Content:
    return content.truncate(width, ellipsis=True, pad=True)


def _old(moment: Moment, row: Row) -> TensorRecord | None:
    """What the row showed before the step: the same tensor, or the one that had the name."""
    if row.scope < 0:
        return moment.before.tensors.get(row.reference)
    scope = moment.before.scopes.get(row.scope)
    reference = scope.names.get(row.path) if scope is not None else None
    return moment.before.tensors.get(reference) if isinstance(reference, int) else None
