"""The first line of the stepper: which program, where in it, and whether it is still being recorded."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from tutor.tui.cells import fit, harmless
from tutor.tui.looks import ALARM
from tutor.tui.widgets.line import Line


class HeaderLine(Line):
    """``tutor · title`` on the left, facts on the right."""

    DEFAULT_CSS = """
    HeaderLine {
        height: 1;
        background: $panel;
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._title = ""
        self._facts: list[str] = []
        self._alarm = ""

    def show(self, title: str, facts: list[str], alarm: str = "") -> None:
        """Show a title and facts.

        Args:
            title: What is stepped through.
            facts: Each a few words, the most important first; they are left out from the end when room is short.
            alarm: What went wrong, if anything.
        """
        if (title, facts, alarm) != (self._title, self._facts, self._alarm):
            self._title, self._facts, self._alarm = title, facts, alarm
            self.refresh()

    def draw(self, width: int) -> Content:
        """The line."""
        facts = [self._alarm, *self._facts] if self._alarm else list(self._facts)
        while len(facts) > 1 and cell_len(" · ".join(facts)) > width * 2 // 3:
            facts.pop()
        right = fit(" · ".join(facts), width * 2 // 3)
        left = fit(f" tutor · {harmless(self._title)}", max(width - cell_len(right) - 3, 8))
        gap = " " * max(width - cell_len(left) - cell_len(right) - 1, 1)
        alarm = self._alarm if self._alarm and right.startswith(self._alarm) else ""
        return Content.assemble((left, "bold"), gap, (alarm, ALARM), right[len(alarm) :])
