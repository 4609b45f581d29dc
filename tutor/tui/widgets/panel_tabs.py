"""In a narrow terminal: which of the panes is shown below the program."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tutor.tui.looks import HERE, MUTED


class PanelTabs(Widget):
    """One line with the names of the panes."""

    DEFAULT_CSS = """
    PanelTabs {
        height: 1;
        background: $panel;
    }
    """

    class PanelChosen(Message):
        """A name was clicked."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel
            """Id of the pane."""

    def __init__(self, panels: dict[str, str], *, id: str) -> None:
        """
        Args:
            panels: Title of each pane by its id.
            id: Of this widget.
        """
        super().__init__(id=id)
        self._panels = panels
        self._chosen = next(iter(panels))

    def show(self, chosen: str) -> None:
        """Mark the pane that is shown."""
        self._chosen = chosen
        self.refresh()

    def render(self) -> Content:
        """The names, the chosen one marked."""
        pieces = [Content(" ")]
        for panel, title in self._panels.items():
            chosen = panel == self._chosen
            pieces.append(Content.styled(f"[{title}]" if chosen else f" {title} ", HERE if chosen else ""))
            pieces.append(Content("  "))
        pieces.append(Content.styled("tab: next", MUTED))
        return Content("").join(pieces)

    def on_click(self, event: events.Click) -> None:
        """Ask for the pane whose name was clicked."""
        end = 1
        for panel, title in self._panels.items():
            end += len(title) + 4
            if event.x < end:
                self.post_message(self.PanelChosen(panel))
                return
