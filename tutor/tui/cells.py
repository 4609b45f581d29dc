"""Text cut and filled up to cells of the screen. Imports nothing of a recording, so that home is there at once."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def harmless(text: str) -> str:
    """The text with everything that could steer a terminal made visible."""
    if text.isprintable():
        return text
    # Imported late: hardly any text of a course needs it, and it brings the recordings with it.
    from tutor.plain.format import harmless as made_visible

    return made_visible(text)


def fit(text: str, width: int) -> str:
    """The text cut to a number of cells, with an ellipsis where something is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else "…"[:width]


def fit_end(text: str, width: int) -> str:
    """The text cut to a number of cells at its beginning, since the end of a path tells more."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return "…" + text if width > 0 else ""


def pad(text: str, width: int) -> str:
    """The text cut or filled up with spaces to exactly a number of cells."""
    return set_cell_size(fit(text, width), width)
