"""What is drawn line by line: text as the strips that the screen is made of."""

from __future__ import annotations

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget


def strip_of(widget: Widget, content: Content, width: int) -> Strip:
    """One line of text in the style of a widget, cut or filled up to a number of cells."""
    style = widget.visual_style
    drawn = content.render(style, end="", parse_style=widget.app.stylesheet.parse_style)
    segments = [Segment(text, text_style.rich_style) for text, text_style in drawn]
    return Strip(segments).adjust_cell_length(width, style.rich_style)


class Line(Widget):
    """A widget of one line. Subclasses say what it says."""

    def draw(self, width: int) -> Content:
        """The line.

        Args:
            width: Cells there are.
        """
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """The line, as Textual asks for it."""
        width = self.size.width
        return strip_of(self, self.draw(width) if y == 0 and width else Content(""), width)
