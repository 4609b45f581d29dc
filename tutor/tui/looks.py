"""The few styles that the screens use, by what they mean; all of them follow the theme, light or dark.

Nothing is told by a style alone: each of these comes with a sign or a word.
"""

from __future__ import annotations

from typing import Final

MUTED: Final = "$foreground-muted"
"""What is there but does not matter now: line numbers, lines that have not run, None."""

HERE: Final = "bold $text-accent"
"""The present place; what can be pressed or is chosen."""

EXPRESSION: Final = "bold on $accent-muted"
"""The present expression."""

FOUND: Final = "reverse"
"""What was searched for."""

CHANGED: Final = "bold $text-warning"
"""What this step changed, or runs."""

GRADIENT: Final = "$text-warning"
"""Gradients that came in this backward call."""

NODE: Final = "$text-primary"
"""Nodes of the graph."""

LANE: Final = "$text-accent"
"""Lines of the graph and of the time line."""

GOOD: Final = "$text-success"
"""What has run."""

ALARM: Final = "bold $text-error"
"""What went wrong."""
