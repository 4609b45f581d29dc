"""A program in a comparison: where the run is, or where two runs of the same program are."""

from __future__ import annotations

from textual.content import Content

from tutor.recording.moment import Moment
from tutor.tui.index import Index
from tutor.tui.looks import HERE
from tutor.tui.widgets.program_pane import ProgramPane


class ComparedProgram(ProgramPane):
    """The lines of a program; ``1▶`` and ``2▶`` say where each run is, ``▶`` where both are."""

    def __init__(self, *, id: str) -> None:
        self._number = ""
        super().__init__(id=id)
        self._places: dict[int, str] = {}

    def set_title(self, title: str, note: str = "") -> None:
        """Say what the pane shows, and of which run."""
        super().set_title(f"{title} {self._number}".rstrip(), note)

    def show_one(self, moment: Moment, index: Index, number: str) -> None:
        """Show where one run is.

        Args:
            moment: The step.
            index: Lookups of its recording.
            number: What the run is called, one character.
        """
        self._number = number
        self._places = {moment.step.site.line: f"{number}▶"} if moment.step is not None else {}
        self.show(moment, index)

    def show_both(self, one: Moment, other: Moment, index: Index, *, moved: Moment) -> None:
        """Show where two runs of one program are.

        Args:
            one: The step of the first run.
            other: The step of the second.
            index: Lookups of the recording of the run that moved.
            moved: The moment of the run that moved; its expression is marked.
        """
        lines = [moment.step.site.line if moment.step is not None else 0 for moment in (one, other)]
        self._places = {lines[0]: "1▶", lines[1]: "2▶"} if lines[0] != lines[1] else {}
        self.show(moved, index)

    def _draw_code(self, line: int, width: int) -> Content:
        drawn = super()._draw_code(line, width)
        if not self._places or not width:
            return drawn
        return Content.styled(self._places.get(line, "  "), HERE) + drawn[2:]
