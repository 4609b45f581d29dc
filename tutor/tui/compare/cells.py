"""How a row of the comparison looks: the name, and value and ``.grad`` in each run."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from rich.cells import cell_len
from textual.content import Content

from tutor.recording.model import Content as Value
from tutor.recording.model import Meta, TensorRecord
from tutor.recording.queries.different import Aspect, gradient_of
from tutor.recording.state import State
from tutor.recording.values import numbers
from tutor.tui.cells import fit, fit_end, pad
from tutor.tui.compare.rows import ComparedRow
from tutor.tui.looks import CHANGED, MUTED
from tutor.tui.text import reference_text, tensor_text

_BAR: Final = "│"
_LEAST_VALUE: Final = 10
"""Cells that a value needs; a wide .grad leaves it that much."""

_MOST: Final = 60
"""Cells of a .grad that more room would not help."""


class ComparedColumns(NamedTuple):
    """Where things stand in a row, in cells."""

    name: int
    value: int
    grad: int

    @property
    def side(self) -> int:
        """Cells of one run: a sign, the value, a blank, the ``.grad``."""
        return 2 + self.value + 1 + self.grad

    @staticmethod
    def of(longest: int, width: int, gradients: int) -> ComparedColumns:
        """Columns for a width.

        Args:
            longest: Cells of the longest name; it gets up to a quarter.
            width: Cells of a row.
            gradients: Cells of the longest ``.grad``; it gets up to nine parts of twenty of a run's room.
        """
        name = min(max(longest, 5), max(width // 4, 8))
        # A sign and a blank before the name; before each run a bar with a blank on either side.
        side = max((width - 2 - name - 6) // 2 - 3, _LEAST_VALUE + 6)
        grad = min(side * 9 // 20, max(gradients, 5))
        return ComparedColumns(name, side - grad, grad)


def draw_heading(columns: ComparedColumns) -> Content:
    """``  name   │ 1 value   .grad │ 2 value   .grad``."""
    bar = f" {_BAR} "
    sides = [f"{number} {pad('value', columns.value)} {pad('.grad', columns.grad)}" for number in "12"]
    return Content.styled(bar.join(["  " + pad("name", columns.name), *sides]), MUTED)


def draw_compared(row: ComparedRow, one: State, other: State, columns: ComparedColumns) -> Content:
    """``≠ w   │ ● 1.4   None │ ● 1.4   -4.0``.

    Args:
        row: A row that is no heading.
        one: The state of the first run.
        other: The state of the second.
        columns: Where things stand.
    """
    bar = Content.styled(f" {_BAR} ", MUTED)
    marked = row.sign != " "
    name = Content.styled(pad(fit_end(row.label, columns.name), columns.name), "bold" if marked else "")
    left = _side(row.one, one, row.other, other, row.aspect, columns)
    right = _side(row.other, other, row.one, one, row.aspect, columns)
    return Content.styled(row.sign + " ", CHANGED) + name + bar + left + bar + right


def _side(
    reference: Any, state: State, twin: Any, twin_state: State, aspect: Aspect | None, columns: ComparedColumns
) -> Content:
    """What a name is in one of the runs."""
    if reference is None:
        return Content.styled(pad("  not there", columns.side), MUTED)
    record = state.tensors.get(reference) if isinstance(reference, int) else None
    if record is None:
        width = columns.side - 2
        text, other_text = reference_text(state, reference, width), reference_text(twin_state, twin, width)
        if aspect is Aspect.VALUE and text == other_text and len(reference) == 2:
            text = repr(reference[1])
        return Content("  ") + Content.styled(pad(text, width), CHANGED if aspect is not None else "")
    twin_record = twin_state.tensors.get(twin) if isinstance(twin, int) else None
    value = _value(record, twin_record, aspect, columns.value)
    own, others = gradient_of(state, record), gradient_of(twin_state, twin_record) if twin_record is not None else None
    grad = _grad(record, own, others, columns.grad, differs=aspect is Aspect.GRAD)
    flag = "● " if record.meta.requires_grad else "○ "
    flag_style = CHANGED if aspect is Aspect.REQUIRES_GRAD else ""
    value_style = "" if aspect in (None, Aspect.GRAD, Aspect.REQUIRES_GRAD) else CHANGED
    return Content.assemble((flag, flag_style), (pad(value, columns.value), value_style), " ") + grad


def _value(record: TensorRecord, twin: TensorRecord | None, aspect: Aspect | None, width: int) -> str:
    note = ""
    if aspect is Aspect.DTYPE or record.meta.dtype not in ("float32", "int64", "bool"):
        note = f"{record.meta.dtype} "
    text = tensor_text(record.meta, record.content, width - cell_len(note))
    if aspect is Aspect.SHAPE and not record.meta.shape:
        text = f"() {text}"
    if aspect is Aspect.VALUE and twin is not None:
        text = told_apart(text, tensor_text(twin.meta, twin.content, width - cell_len(note)), record, twin)
    return fit(note + text, width)


def grad_width(row: ComparedRow, one: State, other: State) -> int:
    """Cells that the ``.grad`` of a row would like to have."""
    return max(_grad_width(row.one, one), _grad_width(row.other, other))


def _grad_width(reference: Any, state: State) -> int:
    record = state.tensors.get(reference) if isinstance(reference, int) else None
    own = gradient_of(state, record) if record is not None else None
    if record is None:
        return 0
    return cell_len(_absent(record) if own is None else tensor_text(own.meta, own.content, _MOST))


def _absent(record: TensorRecord) -> str:
    """What stands where there is no gradient: that one may come, or why there never is one."""
    if not record.meta.requires_grad:
        return "–"
    return "None" if record.meta.is_leaf or record.meta.retains_grad else "not kept"


def _grad(
    record: TensorRecord, own: TensorRecord | None, twin: TensorRecord | None, width: int, *, differs: bool
) -> Content:
    if own is None:
        return Content.styled(pad(_absent(record), width), CHANGED if differs else MUTED)
    text = tensor_text(own.meta, own.content, width)
    if differs and twin is not None:
        text = told_apart(text, tensor_text(twin.meta, twin.content, width), own, twin)
    return Content.styled(pad(text, width), CHANGED if differs else "")


def told_apart(text: str, twin_text: str, record: TensorRecord, twin: TensorRecord) -> str:
    """The text of a value, exact where four digits would look the same as the other run's: ``1.39999998``.

    Of several elements the first that differs is told, with its place.
    """
    if text != twin_text:
        return text
    place = first_unlike(record.meta, record.content, twin.content)
    if place is None:
        return text
    number = numbers(record.meta.dtype, record.content)[place] if isinstance(record.content, bytes) else None
    exact = f"{number:.9g}" if isinstance(number, float) else str(number)
    return exact if record.meta.elements == 1 else f"#{place}: {exact}"


def first_unlike(meta: Meta, one: Value, other: Value) -> int | None:
    """The first element that two values of the same dtype do not share, from 0; None if there is none to be told."""
    if not (isinstance(one, bytes) and isinstance(other, bytes)):
        return None
    try:
        pairs = zip(numbers(meta.dtype, one), numbers(meta.dtype, other), strict=True)
        return next((place for place, (left, right) in enumerate(pairs) if repr(left) != repr(right)), None)
    except ValueError:
        return None
