"""The smallest Textual app, to compare with: one label, and every key changes it."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Label


class LabelApp(App[None]):
    """One label."""

    def compose(self) -> ComposeResult:
        """The label."""
        yield Label("first frame")

    def on_key(self, event: Key) -> None:
        """Change it."""
        label = self.query_one(Label)
        label.update("another frame" if "first" in str(label.content) else "first frame")


if __name__ == "__main__":
    LabelApp().run()
