"""What the program has printed so far."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from textual.content import Content

from tutor.recording.format import Kind
from tutor.recording.moment import Moment
from tutor.tui.looks import MUTED
from tutor.tui.text import output_lines
from tutor.tui.widgets.pane import Pane


class OutputPane(Pane):
    """The last of the output, the text of the present step marked."""

    def __init__(self, *, id: str) -> None:
        super().__init__("output", id=id)
        self._lines: list[Content] = []
        self._shown: tuple[int, int] | None = None

    def show(self, moment: Moment) -> None:
        """Show the output up to a step, its end in view."""
        outputs = moment.recording.outputs
        here = moment.step is not None and moment.step.kind is Kind.OUTPUT
        # Only an output step changes anything; where the one before the moment is known, nothing is read.
        shown = (_last_output(outputs, moment.number), here)
        if shown == self._shown:
            return
        self._shown = shown
        pieces = moment.recording.output(moment.number)
        self._lines = _lines(pieces, mark_last=here)
        if not self._lines:
            self._lines = [Content.styled("Nothing printed yet.", MUTED)]
        self.set_rows(len(self._lines))
        self.scroll_to(y=max(len(self._lines) - self.size.height, 0), animate=False, force=True, immediate=True)
        self.redraw()

    def draw_row(self, row: int, width: int) -> Content:
        """A line of output."""
        return self._lines[row].truncate(width, ellipsis=True) if row < len(self._lines) else Content("")

    def text(self) -> str:
        """What was printed."""
        return "\n".join(line.plain for line in self._lines) if self._shown is not None and self._shown[0] else ""


def _last_output(outputs: Sequence[int], number: int) -> int:
    position = bisect_right(outputs, number)
    return outputs[position - 1] if position else 0


def _lines(pieces: list[tuple[str, str]], *, mark_last: bool) -> list[Content]:
    """Lines joined from pieces, those written to stderr and the last piece marked."""
    lines: list[Content] = [Content("")]
    for number, (stream, text) in enumerate(pieces):
        style = "$text-error" if stream == "stderr" else ""
        if mark_last and number == len(pieces) - 1:
            style = f"bold {style}".strip()
        first, *others = output_lines(text)
        lines[-1] = lines[-1] + Content.styled(first, style)
        lines.extend(Content.styled(line, style) for line in others)
    if not lines[-1]:
        lines.pop()
    return lines
