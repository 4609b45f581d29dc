"""The frame that all panes share: rows drawn one by one, only those that are seen."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar, Final, Self

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tutor.tui.glossary import TERMS, term_of, word_at
from tutor.tui.looks import HERE
from tutor.tui.widgets.line import strip_of

SCROLLING: Final = (
    Binding("pageup", "page_up", "Page up", show=False, id="pane.page-up", tooltip="Scroll this pane up"),
    Binding("pagedown", "page_down", "Page down", show=False, id="pane.page-down", tooltip="Scroll this pane down"),
    Binding("ctrl+up", "scroll_up", "Scroll up", show=False, id="pane.scroll-up", tooltip="Scroll up by a line"),
    Binding("ctrl+down", "scroll_down", "Scroll down", show=False, id="pane.scroll-down", tooltip="Scroll by a line"),
)
"""The keys of every pane."""

CHOOSING: Final = (
    Binding("up", "row(-1)", "Row up", show=False, id="pane.up", tooltip="In a pane with rows: the row above"),
    Binding("down", "row(1)", "Row down", show=False, id="pane.down", tooltip="In a pane with rows: the row below"),
    Binding("enter", "open", "Open", show=False, id="pane.open", tooltip="In a pane with rows: open the chosen row"),
)
"""The keys of a pane whose rows can be chosen, or that is read line by line."""


class Pane(ScrollView, can_focus=True, inherit_bindings=False):
    """A titled part of the screen with rows. Subclasses say how many there are, and draw one when asked."""

    DEFAULT_CSS = """
    Pane {
        border: round $foreground 30%;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        scrollbar-size: 0 1;
        scrollbar-gutter: stable;
        overflow-x: hidden;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-color: $foreground 30%;
        padding: 0 0 0 1;
        background: $background;
    }
    Pane:focus {
        border: round $accent;
        border-title-color: $text-accent;
        border-title-style: bold;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*SCROLLING, *CHOOSING]

    PINNED: ClassVar[int] = 0
    """Rows at the top that do not scroll away."""

    GUTTER: ClassVar[int] = 0
    """Cells at the left for the sign of the chosen row."""

    class RowOpened(Message):
        """Enter was pressed on a row."""

        def __init__(self, pane: Pane, key: Hashable) -> None:
            super().__init__()
            self.pane = pane
            self.key = key
            """What the row is about, as ``key_of`` says."""

    class RowChosen(RowOpened):
        """A row was clicked."""

    _retitling = False

    def __init__(self, title: str, *, id: str) -> None:
        super().__init__(id=id)
        self._titles = ("", "")
        self._row_count = 0
        self._lines_drawn: dict[int, Content] = {}
        self._drawn_at = (-1, -1)
        self._chosen: Hashable = None
        self._chosen_row = 0
        self.set_title(title)

    def set_title(self, title: str, note: str = "") -> None:
        """Say what the pane shows; the note stands on its right. Neither is read as markup."""
        old, self._titles = self._titles, (title, note)
        self._retitling = True
        if title != old[0]:
            self.border_title = Content(title)
        if note != old[1]:
            self.border_subtitle = Content(note)
        self._retitling = False

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Paint again; where only a title changed, only the border that holds it."""
        if self._retitling and self.size.height:
            (x, y), (width, height) = self.content_offset, self.outer_size
            regions = Region(-x, -y, width, 1), Region(-x, height - 1 - y, width, 1)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def set_rows(self, count: int) -> None:
        """Say how many rows there are now; ``redraw`` follows."""
        self._row_count = count
        # What fits is as high as the pane: while nothing scrolls, no step changes the layout.
        height = self.size.height
        size = Size(0, max(count, height))
        if size == self.virtual_size:
            return
        if not self.show_vertical_scrollbar or count <= height:
            self.virtual_size = size
            return
        # The scroll bar is there and stays there: only it has to know, nothing needs another place.
        self.set_reactive(Widget.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_y = min(self.scroll_y, self.max_scroll_y)

    def on_resize(self, event: events.Resize) -> None:
        """There is room for more or fewer rows."""
        self.set_rows(self._row_count)
        self.redraw()

    def redraw(self) -> None:
        """Draw the rows that are seen, and paint only those that look different now."""
        top, width = self.scroll_offset.y, self.row_width
        old, self._lines_drawn = self._lines_drawn, {}
        whole = (top, width) != self._drawn_at
        self._drawn_at = top, width
        if not width:
            return
        for y in range(self.size.height):
            content = self._lines_drawn[y] = self._draw_line(y, width)
            if not whole and (y not in old or not content.is_same(old[y])):
                self.refresh(Region(0, y, self.size.width, 1))
        if whole:
            self.refresh()

    @property
    def row_width(self) -> int:
        """Cells that a row has."""
        return max(self.scrollable_content_region.width - self.GUTTER, 0)

    def draw_row(self, row: int, width: int) -> Content:
        """A row as it is to be seen.

        Args:
            row: From 0.
            width: Cells there are.
        """
        raise NotImplementedError

    def row_at(self, y: int) -> int:
        """The row in a line of the pane."""
        return y if y < self.PINNED else y + self.scroll_offset.y

    def render_line(self, y: int) -> Strip:
        """A line of the pane, as Textual asks for it."""
        width = self.row_width
        if (self.scroll_offset.y, width) == self._drawn_at and y in self._lines_drawn:
            content = self._lines_drawn[y]
        else:
            content = self._draw_line(y, width)
        return strip_of(self, content, width + self.GUTTER)

    def _draw_line(self, y: int, width: int) -> Content:
        row = self.row_at(y)
        content = self.draw_row(row, width) if width and row < self._row_count else Content("")
        if not self.GUTTER:
            return content
        return Content.styled(self.sign_of(row) if row < self._row_count else " ", HERE) + content

    def reveal(self, first: int, last: int) -> None:
        """Scroll no more than is needed to see rows, with one row of the surroundings where there is room."""
        top, margin = self.scroll_offset.y, self._margin(first, last)
        if first - margin < top + self.PINNED:
            self.scroll_to(y=max(first - margin - self.PINNED, 0), animate=False, force=True, immediate=True)
        elif last + margin >= top + self.size.height:
            self.scroll_to(y=self.top_to_see(first, last), animate=False, force=True, immediate=True)

    def top_to_see(self, first: int, last: int) -> int:
        """The row at the top once rows further down are brought into view."""
        return min(last + self._margin(first, last) - self.size.height + 1, first)

    def _margin(self, first: int, last: int) -> int:
        """Rows of the surroundings that have room above and below some rows."""
        return 1 if last - first + 3 <= self.size.height else 0

    def text(self) -> str:
        """Everything that the pane says, as plain text."""
        width = max(self.row_width, 200)
        return "\n".join(self.draw_row(row, width).plain.rstrip() for row in range(self._row_count))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Explain the term under the mouse."""
        offset = event.get_content_offset(self)
        content = self._lines_drawn.get(offset.y) if offset is not None else None
        term = term_of(word_at(content.plain, offset.x)) if content is not None and offset is not None else None
        # Without a term there is no tooltip; an empty one would be a box with nothing in it.
        self.tooltip = Content(f"{term}: {TERMS[term]}") if term is not None else None

    # The chosen row

    def key_of(self, row: int) -> Hashable:
        """What a row is about, the same at every step; None for a row that cannot be chosen."""
        return None

    def sign_of(self, row: int) -> str:
        """The sign in the gutter of a row, one cell."""
        here = self.has_focus and self._chosen is not None and row == self.chosen_row
        return "›" if here and self.key_of(row) is not None else " "

    @property
    def chosen(self) -> Hashable:
        """What the chosen row is about, None where there is none."""
        row = self.chosen_row
        return self.key_of(row) if row is not None else None

    @property
    def chosen_row(self) -> int | None:
        """The row that is chosen; where what it was about has gone, the one in its place."""
        if self._chosen is None:
            return None
        if not (self._chosen_row < self._row_count and self.key_of(self._chosen_row) == self._chosen):
            same = (row for row in range(self._row_count) if self.key_of(row) == self._chosen)
            self._chosen_row = next(same, min(self._chosen_row, self._row_count - 1))
        return self._chosen_row if self._row_count else None

    def choose(self, row: int) -> None:
        """Choose a row, if it can be chosen, and bring it into view."""
        if 0 <= row < self._row_count and self.key_of(row) is not None:
            self._chosen, self._chosen_row = self.key_of(row), row
            self.reveal(row, row)
            self.redraw()

    def first_choice(self) -> int:
        """The row that is chosen when nothing was chosen before."""
        return next((row for row in range(self._row_count) if self.key_of(row) is not None), -1)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Keys are for this pane now, or for another one."""
        super().watch_has_focus(has_focus)
        if has_focus and self.GUTTER and self.chosen is None:
            self.choose(self.first_choice())
        self.redraw()

    def action_row(self, direction: int) -> None:
        """Choose the next row that can be chosen, or the one before; without any, scroll."""
        if not self.GUTTER:
            self.scroll_to(y=self.scroll_offset.y + direction, animate=False, force=True, immediate=True)
            return
        row = self.chosen_row
        row = self.first_choice() if row is None else row + direction
        while 0 <= row < self._row_count and self.key_of(row) is None:
            row += direction
        self.choose(row)

    def action_open(self) -> None:
        """Ask to open what the chosen row is about."""
        if self.chosen is None:
            raise SkipAction
        self.post_message(self.RowOpened(self, self.chosen))

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or not self.GUTTER:
            return
        row = self.row_at(offset.y)
        self.choose(row)
        if row < self._row_count and self.key_of(row) is not None:
            self.post_message(self.RowChosen(self, self.key_of(row)))
