"""What the words on the screen mean."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from tutor.tui.glossary import TERMS, terms_in
from tutor.tui.looks import HERE, MUTED
from tutor.tui.screens.sheet import Sheet


class Terms(Sheet):
    """The terms that are on the screen, each with its paragraph; then all others.

    Args:
        texts: What is on the screen, the present pane first.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        here = terms_in(texts)
        parts = [_entry(term) for term in here]
        others = [_entry(term) for term in TERMS if term not in here]
        if others and parts:
            parts.append(Content.styled("Not on the screen now", MUTED))
        super().__init__("terms", Content("\n\n").join([*parts, *others]))


def _entry(term: str) -> Content:
    return Content.assemble((term, HERE), "\n", TERMS[term])
