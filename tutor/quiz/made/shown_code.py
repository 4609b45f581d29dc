"""The part of a program that a question is about, without the marks that give answers away."""

from __future__ import annotations

import io
import re
import tokenize
from functools import lru_cache

from tutor.quiz.made.statements import statements_of
from tutor.recording.recording import Recording

_MARK = re.compile(r"#[?>!](?:\s|$)")
_ROWS = 40
"""Lines that are shown, at most: those before the line that is asked about."""


def shown_code(recording: Recording, line: int) -> tuple[str, int]:
    """The cell of a line from its beginning to the end of the statement of the top level around the line, and the
    first line of that; of a long one the end."""
    statements = statements_of(recording)
    statement = statements.at(line)
    cell = next((cell for cell in statements.cells if cell[0] <= line <= cell[1]), (1, len(statements.lines)))
    last = statement.outer_last if statement is not None else min(line, cell[1])
    text = without_marks("\n".join(statements.lines[cell[0] - 1 : cell[1]]))
    rows = text.split("\n")[: last - cell[0] + 1]
    first = 0
    if len(rows) > _ROWS:
        # The line itself is what has to be seen.
        first = max(min(line - cell[0] - _ROWS // 2, len(rows) - _ROWS), 0)
        rows = rows[first : first + _ROWS]
    while rows and not rows[0].strip():
        rows, first = rows[1:], first + 1
    return "\n".join(rows).rstrip(), cell[0] + first


@lru_cache(64)
def without_marks(text: str) -> str:
    """Code with blanks for its ``#?``, ``#>`` and ``#!`` marks; every line stays where it is."""
    lines = text.split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and _MARK.match(token.string):
                line, column = token.start
                lines[line - 1] = lines[line - 1][:column].rstrip()
    except (tokenize.TokenError, SyntaxError):
        return text
    return "\n".join(lines)
