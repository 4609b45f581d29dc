"""The prose cells of a lesson as lines for the screen: headings, lists, emphasis, code. Nothing else of Markdown."""

from __future__ import annotations

import re
from typing import Final

from textual.content import Content

from tutor.plain.format import harmless
from tutor.tui.looks import LANE

_INLINE: Final = re.compile(
    r"(?P<code>`+)(?P<in_code>.+?)(?P=code)"
    r"|\*\*(?=\S)(?P<strong>(?:`[^`]*`|[^`])+?)(?<=\S)\*\*"
    r"|(?<![\w*])[*_](?=\S)(?P<emph>(?:`[^`]*`|[^*_`])+?)(?<=\S)[*_](?![\w*])"
)
_INDENTED: Final = "    "
"""Begins a line that is shown as it is, as code."""

_BULLET: Final = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")


def inline(text: str) -> Content:
    """One paragraph with its emphasis and its code marked."""
    pieces: list[Content] = []
    position = 0
    for match in _INLINE.finditer(text):
        pieces.append(Content(text[position : match.start()]))
        if match["in_code"] is not None:
            pieces.append(Content.styled(match["in_code"], LANE))
        elif match["strong"] is not None:
            pieces.append(inline(match["strong"]).stylize_before("bold"))
        else:
            pieces.append(inline(match["emph"]).stylize_before("italic"))
        position = match.end()
    pieces.append(Content(text[position:]))
    return Content("").join(pieces)


def prose_lines(text: str, width: int) -> list[Content]:
    """Prose wrapped to a width, one blank line between paragraphs."""
    lines: list[Content] = []
    for block in _blocks(text):
        if lines:
            lines.append(Content(""))
        for paragraph in block:
            lines.extend(_paragraph(paragraph, max(width, 10)))
    return lines


def _paragraph(text: str, width: int) -> list[Content]:
    if text.startswith(_INDENTED):
        return [Content.styled(text[: max(width, 10)], LANE)]
    if text.startswith("#"):
        return inline(text.lstrip("#").strip()).stylize_before("bold $text-primary").wrap(width)
    bullet = _BULLET.match(text)
    if bullet is None:
        return inline(text).wrap(width)
    mark = "• " if bullet[0].strip() in "-*+" else bullet[0].strip() + " "
    body = inline(text[bullet.end() :]).wrap(width - len(mark))
    return [Content(mark if number == 0 else " " * len(mark)) + line for number, line in enumerate(body)]


def _blocks(text: str) -> list[list[str]]:
    """Paragraphs as single lines; the items of a list and a heading stay lines of their own."""
    blocks: list[list[str]] = [[]]
    for raw in text.split("\n"):
        line = harmless(raw.expandtabs(4)).rstrip()
        block = blocks[-1]
        if not line.strip():
            blocks.append([])
        elif not block or _begins(line, block[-1]):
            block.append(line)
        else:
            block[-1] = f"{block[-1]} {line.strip()}"
    return [block for block in blocks if block]


def _begins(line: str, previous: str) -> bool:
    """Whether a line begins something of its own: a heading, an item, a line of code.

    A number and a full stop within a paragraph are an item only if the number is 1, as in CommonMark.
    """
    if line.startswith("#") or previous.startswith(("#", _INDENTED)):
        return True
    bullet = _BULLET.match(line)
    return bullet is not None and (
        _BULLET.match(previous) is not None or bullet[0].strip() in ("-", "*", "+", "1.", "1)")
    )
