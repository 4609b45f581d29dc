"""A page of text over the screen, to be read and closed again."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class Sheet(ModalScreen[None]):
    """A page of text that scrolls.

    Args:
        title: What it is about.
        text: What it says.
    """

    DEFAULT_CSS = """
    Sheet { align: center middle; }
    Sheet VerticalScroll {
        width: 84; max-width: 96%; height: auto; max-height: 94%;
        border: round $accent; background: $surface; padding: 0 2;
    }
    Sheet Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,t,enter", "leave", "Back", id="help.leave", tooltip="Close this page"),
    ]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll() as page:
            page.border_title = Content(self._title)
            page.border_subtitle = "escape: back"
            yield Static(self._text)

    def action_leave(self) -> None:
        """Close the page."""
        self.dismiss()
