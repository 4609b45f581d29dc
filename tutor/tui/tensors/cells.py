"""How a row of the tensors pane looks: old → new where the step changed it, the sum where ``.grad`` was added to."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tutor.plain.format import harmless
from tutor.recording.format import Kind
from tutor.recording.model import TensorRecord
from tutor.recording.moment import Moment
from tutor.recording.state import State
from tutor.tui.cells import fit, fit_end, pad
from tutor.tui.looks import CHANGED, LANE, MUTED, NODE
from tutor.tui.tensors.rows import UNNAMED, Row, changed_members, is_changed
from tutor.tui.text import gradient_text, reference_text, tensor_text

TIE_ROOM = 12
"""Cells of a value below which nothing is said of memory that is shared."""


class Columns(NamedTuple):
    """Where things stand in a row, in cells."""

    name: int
    shape: int
    """0 where there is no room for it; then the value says the shape."""
    value: int
    grad: int
    role: int

    @property
    def total(self) -> int:
        """Cells of all columns and of the gaps between them."""
        return sum(self) + (4 if self.shape else 3)

    @staticmethod
    def of(longest: int, width: int) -> Columns:
        """Columns for a width.

        Args:
            longest: Cells of the longest name; it gets up to a third.
            width: Cells of a row, of which two are for the sign before the name.
        """
        role = 13 if width >= 56 else 9
        name = min(max(longest, 4), (width - role) // 3)
        shape = 14 if width - name >= 72 else 0
        left = max(width - 2 - (4 if shape else 3) - name - shape - role, 8)
        value = left * 11 // 20
        return Columns(name, shape, value, left - value, role)


def draw_tensor(moment: Moment, row: Row, columns: Columns, tie: str = "") -> Content:
    """``● x   3.0   6.0 → 12.0   leaf``.

    Args:
        moment: The step now.
        row: A row whose reference is a tensor.
        columns: Where things stand.
        tie: What it has in common with another row, ``shares x``.
    """
    state = moment.after
    record = state.tensors.get(row.reference)
    if record is None:
        return Content(f"  {pad(row.label, columns.name)} ?")
    old = old_record(moment, row)
    changed = is_changed(moment, row)
    role = role_of(state, record, columns.role)
    value = _value(record, old, columns, changed and (old is None or old.id != record.id), tie)
    return Content("").join(
        [
            Content("● " if record.meta.requires_grad else "○ "),
            _name(row, columns, changed),
            Content(" "),
            Content(pad(shape_text(record), columns.shape) + " ") if columns.shape else Content(""),
            value,
            Content(" "),
            _grad(moment, record, old, columns.grad, "" if _has_room(columns, tie) else tie),
            Content(" "),
            Content.styled(fit(role, columns.role), MUTED if role == "–" else NODE),
        ]
    )


def draw_plain(moment: Moment, row: Row, columns: Columns) -> Content:
    """``  turn   1 → 2``, over all the other columns; ``▾ model  Linear(…)`` for what has members."""
    room = columns.total
    name_width = min(max(cell_len(row.label) + 2 * row.member + 1, columns.name), room * 3 // 5)
    columns = columns._replace(name=name_width)
    width = room - name_width
    new = reference_text(moment.after, row.reference, width)
    changed = is_changed(moment, row)
    sign = ("▾ " if row.opened else "▸ ") if row.members else "  "
    name = Content.styled(sign, LANE) + _name(row, columns, changed) + Content(" ")
    inside = changed_members(moment, row)
    if inside:
        return name + Content.assemble(f"{fit(new, width - 14)}  ", (f"→ {inside} changed", CHANGED))
    if not changed or (row.reference[1:2] == [None] and len(row.reference) < 4):
        # What holds other things says nothing of itself that could change.
        return name + Content.styled(new, CHANGED if changed and row.members == () else "")
    scope = moment.before.scopes.get(row.scope)
    old = scope.names.get(row.path) if scope is not None else None
    if old is None or old == row.reference:
        return name + Content.styled(fit(f"→ {new}", width), CHANGED)
    return name + _arrow(reference_text(moment.before, old, width), new, width)


def shape_text(record: TensorRecord) -> str:
    """``(3×2) float64``; a number alone has no shape."""
    shape = "×".join(str(size) for size in record.meta.shape)
    return f"({shape}) {record.meta.dtype}" if shape else record.meta.dtype


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
    style = "bold" if changed else f"italic {MUTED}" if row.scope == UNNAMED else ""
    inset = "  " if row.member else ""
    width = columns.name - len(inset)
    label = fit_end(row.label, width) if row.scope != UNNAMED else row.label
    return Content(inset) + Content.styled(pad(label, width), style)


def _value(record: TensorRecord, old: TensorRecord | None, columns: Columns, new_binding: bool, tie: str) -> Content:
    width, plain_shape = columns.value, bool(columns.shape)
    if tie and _has_room(columns, tie):
        rest = _value(record, old, columns._replace(value=width - cell_len(tie) - 2), new_binding, "")
        return rest + Content.styled(f"  {tie}", MUTED)
    text = _text(record, width, plain_shape)
    if old is not None and (old.content != record.content or old.meta.shape != record.meta.shape):
        return _padded(_arrow(_text(old, width, plain_shape), text, width), width)
    if new_binding:
        return _padded(Content.styled(f"→ {_text(record, width - 2, plain_shape)}", CHANGED), width)
    return Content(pad(text, width))


def _has_room(columns: Columns, tie: str) -> bool:
    """Whether a value leaves room for what it has in common with another; else it stands where no gradient is."""
    return columns.value - cell_len(tie) - 2 >= TIE_ROOM


def _text(record: TensorRecord, width: int, plain_shape: bool) -> str:
    """The value; its shape too, where no column has it, and a dtype that is not the usual one."""
    if plain_shape or record.meta.dtype == "float32":
        return tensor_text(record.meta, record.content, width)
    note = f"{record.meta.dtype} "
    if width - len(note) < TIE_ROOM:
        return tensor_text(record.meta, record.content, width)
    return note + tensor_text(record.meta, record.content, width - len(note))


def _grad(moment: Moment, record: TensorRecord, old: TensorRecord | None, width: int, tie: str) -> Content:
    """``.grad``: a value, None where a gradient may still come, or why there never is one."""
    step = moment.step
    if record.grad is None:
        absent = "–" if not record.meta.requires_grad else "None" if _keeps(record) else "not kept"
        if old is not None and old.grad is not None and old.id == record.id:
            return _padded(_arrow(reference_text(moment.before, old.grad, width), "None", width), width)
        return Content.styled(pad(f"{absent}  {tie}" if tie else absent, width), MUTED)
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


def old_record(moment: Moment, row: Row) -> TensorRecord | None:
    """What the row showed before the step: the same tensor, or the one that had the name."""
    if row.scope == UNNAMED:
        return moment.before.tensors.get(row.reference)
    scope = moment.before.scopes.get(row.scope)
    reference = scope.names.get(row.path) if scope is not None else None
    return moment.before.tensors.get(reference) if isinstance(reference, int) else None
