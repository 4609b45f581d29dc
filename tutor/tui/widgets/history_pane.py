"""The steps that changed a value or its ``.grad``: one row each, Enter goes there."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rich.cells import cell_len
from textual.content import Content

from tutor.recording.model import TensorRecord
from tutor.recording.moment import Moment
from tutor.recording.queries.history import Point, place_in, place_near
from tutor.tui.cells import fit
from tutor.tui.looks import CHANGED, GRADIENT, HERE, MUTED
from tutor.tui.text import reference_text, tensor_text
from tutor.tui.widgets.pane import Pane


class HistoryPane(Pane):
    """Step, line, turn, and what was old and new."""

    PINNED = 1
    GUTTER = 1

    def __init__(self, *, id: str) -> None:
        super().__init__("history", id=id)
        self._moment: Moment | None = None
        self._points: list[Point] = []
        self._here: int | None = None

    def show(self, moment: Moment, points: Sequence[Point], note: str) -> None:
        """Show other points, or more of them.

        Args:
            moment: The step now, which is marked.
            points: In order.
            note: What to say below the list.
        """
        self._moment, self._points = moment, list(points)
        self._here = place_in(self._points, moment.number)
        self.set_title("history", note)
        self.set_rows(max(len(points), 1) + self.PINNED)
        self.redraw()

    def choose_step(self, number: int) -> None:
        """Choose the point nearest to a step."""
        place = place_near(self._points, number)
        if place is not None:
            self.choose(place + self.PINNED)

    def key_of(self, row: int) -> Hashable:
        """The step of a point."""
        place = row - self.PINNED
        return self._points[place].step if 0 <= place < len(self._points) else None

    def first_choice(self) -> int:
        """The point that is still so at the step now."""
        return (self._here or 0) + self.PINNED if self._points else -1

    def draw_row(self, row: int, width: int) -> Content:
        """The heading, or a point."""
        digits = max(len(f"{self._points[-1].step:,}") if self._points else 0, 4)
        if row == 0:
            return Content.styled(fit(f"  {'step'.rjust(digits)}  line  turn  value and .grad", width), MUTED)
        place = row - self.PINNED
        if place >= len(self._points):
            return Content.styled("  Nothing changed it.", MUTED) if place == 0 else Content("")
        point = self._points[place]
        sign = "▶ " if place == self._here else "  "
        turn = "" if point.turn is None else f"{point.turn:,}"
        head = Content.assemble(
            (sign, HERE), f"{point.step:>{digits},}", "  ", (f"{point.line:>4}  {turn:>4}  ", MUTED)
        )  # fmt: skip
        return head + self._change(place, width - head.cell_length)

    def _change(self, place: int, width: int) -> Content:
        """``3.0 → 2.4``, ``.grad None → 6.0``; where there is no room for both, the old ones go."""
        point, before = self._points[place], self._points[place - 1] if place else None
        both = point.value_changed and point.gradient_changed
        room = max((width - 2) // 2 if both else width, 4)
        pieces: list[Content] = []
        if point.value_changed:
            old = self._value(before, room) if before is not None else None
            pieces.append(arrow(old, self._value(point, room), room, CHANGED))
        if point.gradient_changed:
            room = max(width - 6 - (pieces[0].cell_length + 2 if pieces else 0), 4)
            old = _gradient(before.gradient, room) if before is not None else None
            pieces.append(Content.styled(".grad ", MUTED) + arrow(old, _gradient(point.gradient, room), room, GRADIENT))
        return Content("  ").join(pieces).truncate(max(width, 0), ellipsis=True)

    def _value(self, point: Point, width: int) -> str:
        if point.value is not None:
            return tensor_text(point.value.meta, point.value.content, width)
        assert self._moment is not None
        return reference_text(self._moment.after, point.reference, width)


def arrow(old: str | None, new: str, width: int, style: str) -> Content:
    """``old → new``; only the new where there is no old, or no room for both."""
    if old is None:
        return Content(fit(new, width))
    if cell_len(old) + cell_len(new) + 3 > width:
        return Content.styled(fit(f"→ {new}", width), style)
    return Content.assemble((old, MUTED), (f" → {new}", style))


def _gradient(gradient: TensorRecord | None, width: int) -> str:
    return "None" if gradient is None else tensor_text(gradient.meta, gradient.content, width)
