"""The whole run on one line: where the learner is, backward calls, updates, errors, notes, turns of loops, the loss."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Final

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tutor.plain.format import number
from tutor.tui.cells import fit
from tutor.tui.index import MARKS, Index
from tutor.tui.looks import ALARM, CHANGED, GOOD, HERE, LANE, MUTED
from tutor.tui.sparkline import Losses, blocks, losses_of
from tutor.tui.widgets.line import strip_of

_SIGNS: Final = MARKS | {"note": "!"}
_STYLES: Final = {"error": ALARM, "note": CHANGED, "backward": LANE, "update": GOOD}
_TURNS_SHOWN: Final = 40

_LOSSES: Final = 30
"""Cells for the loss."""

_POINTS: Final = 10
"""Calls of backward that are drawn; more are thinned out."""

_VALUE: Final = 7
"""Cells for the value."""


class TimeLine(Widget):
    """Two lines: marks, and below them the bar. A click goes to the step there."""

    DEFAULT_CSS = """
    TimeLine {
        height: 2;
        padding: 0 1;
        background: $background;
    }
    """

    class StepChosen(Message):
        """A place on the line was clicked."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step
            """The step there."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._number = 0
        self._count = 0
        self._index: Index | None = None
        self._known = (0, 0, 0, 0)
        self._notes: Sequence[int] = ()
        self._losses = Losses("", [])
        self._veiled = False

    def veil(self, on: bool) -> None:
        """Show marks and losses only up to the present step, or all of them."""
        if on != self._veiled:
            self._veiled = on
            self.refresh()

    def show(self, step: int, index: Index, notes: Sequence[int] = ()) -> None:
        """Show a position among all steps recorded so far.

        Args:
            step: The position.
            index: Of the recording.
            notes: The steps that have a note, in their order; more can become known.
        """
        known = step, index.recording.count, index.followed, len(notes)
        if known == self._known:
            return
        old, self._known = self._known, known
        self._notes = notes
        self._number, self._count, self._index = step, index.recording.count, index
        if old[2] != known[2]:
            self._losses = losses_of(index.recording, index.marks["backward"], _POINTS)
        if old[1:] == known[1:] and not self._veiled:
            # The marks are those of the whole recording; they do not move with the step.
            self.refresh(Region(0, 1, self.size.width, 1))
        else:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The marks, and below them the bar, as Textual asks for them."""
        width = self.size.width
        if self._index is None or not self._count or width < 8 or y > 1:
            return strip_of(self, Content(""), width)
        bar = self._bar_width
        content = self._draw_bar(bar) + self._draw_losses() if y else self._draw_marks(bar)
        return strip_of(self, content, width)

    @property
    def _bar_width(self) -> int:
        """Cells of the bar; the rest is for the loss."""
        return self.size.width - (_LOSSES if self._shows_losses else 0)

    @property
    def _shows_losses(self) -> bool:
        return len(self._losses.points) > 1 and self.size.width * 2 >= 5 * _LOSSES

    def _draw_losses(self) -> Content:
        """``loss ▇▅▃▂▁ 0.25``: up to the present step, and muted what comes after it."""
        if not self._shows_losses:
            return Content("")
        points = self._losses.points
        past = self._losses.until(self._number)
        drawn = blocks([point.value for point in points])
        value = number(points[past - 1].value) if past else ""
        room = _LOSSES - 4 - len(drawn) - _VALUE
        label = fit(self._losses.label, room)
        later = "·" * (len(drawn) - past) if self._veiled else drawn[past:]
        return Content.assemble(f"  {label} ", (drawn[:past], LANE), (later, MUTED), " ", (fit(value, _VALUE), HERE))

    def on_click(self, event: events.Click) -> None:
        """Ask to go to the step at the place clicked."""
        self._choose(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while its button is held."""
        if event.button == 1:
            self._choose(event)

    def _choose(self, event: events.MouseEvent) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and self._count:
            width = max(self._bar_width - 1, 1)
            self.post_message(self.StepChosen(1 + round((self._count - 1) * min(offset.x, width) / width)))

    def _cell(self, step: int, width: int) -> int:
        """The cell of a step."""
        return round((step - 1) * (width - 1) / max(self._count - 1, 1)) if step else 0

    def _first_step(self, cell: int, width: int) -> int:
        """The first step that falls into a cell, as ``_cell`` rounds."""
        step = 1 + max(int((cell - 0.5) * max(self._count - 1, 1) / (width - 1)) - 1, 0)
        while step <= self._count and self._cell(step, width) < cell:
            step += 1
        return step

    def _draw_marks(self, width: int) -> Content:
        assert self._index is not None
        starts = [self._first_step(cell, width) for cell in range(width + 1)]
        seen = self._number if self._veiled else self._count
        marks = [
            self._marked(first, min(following - 1, seen)) if first < following and first <= seen else None
            for first, following in pairwise(starts)
        ]
        pieces: list[tuple[str, str]] = []
        for mark, run in groupby(marks):
            length = len(list(run))
            pieces.append((_SIGNS[mark] * length, _STYLES[mark]) if mark is not None else (" " * length, ""))
        return Content.assemble(*pieces)

    def _marked(self, first: int, last: int) -> str | None:
        """The most important mark among the steps from one to another: a note comes after an error only."""
        assert self._index is not None
        mark, place = self._index.marked(first, last), bisect_left(self._notes, first)
        has_note = place < len(self._notes) and self._notes[place] <= last
        return "note" if has_note and mark != "error" else mark

    def _draw_bar(self, width: int) -> Content:
        assert self._index is not None
        here = self._cell(self._number, width)
        cells = ["━" if cell < here else "─" for cell in range(width)]
        for step in self._index.turn_starts(_TURNS_SHOWN):
            # More may have been recorded since the last time that this was shown.
            if step > self._count:
                continue
            cell = self._cell(step, width)
            cells[cell] = "┿" if cell < here else "┼"
        bar = "".join(cells)
        return Content.assemble((bar[:here], LANE), ("●", HERE), (bar[here + 1 :], MUTED))
