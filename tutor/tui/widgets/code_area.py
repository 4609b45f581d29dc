"""Where code is written: coloured as it is shown elsewhere, with the indentation that Python wants."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual import events
from textual.content import Content
from textual.widgets import TextArea

from tutor.tui.page import highlighted


class CodeArea(TextArea):
    """A text of Python with line numbers.

    Args:
        text: What is written at first.
        first_line: Number of its first line.
        id: Of this widget.
    """

    DEFAULT_CSS = """
    CodeArea { border: round $foreground 30%; padding: 0; height: 1fr; background: $background; }
    CodeArea:focus { border: round $accent; background: $background; }
    """

    def __init__(self, text: str, *, first_line: int, id: str) -> None:
        super().__init__(
            text, id=id, tab_behavior="indent", show_line_numbers=True, line_number_start=first_line, soft_wrap=False
        )
        self._coloured: list[Content] = []
        self.cursor_blink = False

    def get_line(self, line_index: int) -> Text:
        """A line with its syntax coloured."""
        text = self.document.get_line(line_index)
        content = self._known(line_index, text)
        if content is None:
            self._coloured = highlighted(self.document.lines)
            content = self._known(line_index, text)
        if content is None:
            # Too long, or with tabs: it is not shown as it is written, so its colours would be in other places.
            return Text(text, end="", no_wrap=True)
        line = Text(end="", no_wrap=True)
        for part, style in content.render(self.visual_style, end="", parse_style=self.app.stylesheet.parse_style):
            rich = style.rich_style
            line.append(part, Style(color=rich.color, bold=rich.bold, italic=rich.italic))
        return line

    def _known(self, line_index: int, text: str) -> Content | None:
        content = self._coloured[line_index] if line_index < len(self._coloured) else None
        return content if content is not None and content.plain == text else None

    def on_key(self, event: events.Key) -> None:
        """A new line begins where the one before does, deeper after a colon; escape is the screen's."""
        if event.key == "escape":
            event.prevent_default()
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            start, end = self.selection
            row, column = min(start, end)
            before = self.document.get_line(row)[:column]
            indent = before[: len(before) - len(before.lstrip())]
            if before.rstrip().endswith(":"):
                indent += " " * self.indent_width
            self.replace("\n" + indent, start, end, maintain_selection_offset=False)
