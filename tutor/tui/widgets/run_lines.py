"""Two lines that say of each run what it is and where it is."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from tutor.tui.cells import fit, harmless
from tutor.tui.looks import ALARM, HERE, MUTED
from tutor.tui.widgets.line import strip_of


class RunLines(Widget):
    """``1 the program`` on the left, on the right where it is."""

    DEFAULT_CSS = """
    RunLines { height: 2; padding: 0 1; background: $background; }
    """

    def __init__(self, titles: tuple[str, str], *, id: str) -> None:
        """
        Args:
            titles: What each run is.
            id: Of this widget.
        """
        super().__init__(id=id)
        self._titles = titles
        self._facts: tuple[list[str], list[str]] = ([], [])
        self._alarms = ("", "")

    def show(self, facts: tuple[list[str], list[str]], alarms: tuple[str, str]) -> None:
        """Say where the runs are.

        Args:
            facts: Of each run a few words, the most important first.
            alarms: How each ended, where that was not as it should.
        """
        if (facts, alarms) != (self._facts, self._alarms):
            self._facts, self._alarms = facts, alarms
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One of the two lines."""
        width = self.size.width
        return strip_of(self, self._draw(y, width) if y < 2 and width else Content(""), width)

    def _draw(self, y: int, width: int) -> Content:
        facts, alarm = list(self._facts[y]), self._alarms[y]
        title = harmless(self._titles[y])
        # What the run is matters more than the last of the facts.
        while len(facts) > 1 and cell_len(" · ".join([alarm, *facts])) > max(width // 2, width - cell_len(title) - 8):
            facts.pop()
        text = " · ".join(facts)
        right = fit(f"{alarm} · {text}" if alarm else text, width * 2 // 3)
        left = fit(title, max(width - cell_len(right) - 4, 8))
        gap = " " * max(width - cell_len(left) - cell_len(right) - 2, 1)
        end = len(alarm) if alarm and right.startswith(alarm) else 0
        return Content.assemble((f"{y + 1} ", HERE), (left, "bold"), gap, (right[:end], ALARM), (right[end:], MUTED))
