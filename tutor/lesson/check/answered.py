"""What counts as the answer to a question, of all that a run gave."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.lesson.check.seen import Raised
from tutor.lesson.value import Value


def answered(type: str, cell: int, value: Value | None, raised: Sequence[Raised]) -> Value | None:
    """What a question asks for; where it asks for an error, the error of the cell above, if there is one.

    Args:
        type: Type of the question.
        cell: Number of the code cell after which it stands.
        value: What its expression gave, None if the run did not come there.
        raised: The errors that the run raised and did not catch.
    """
    if type == "error":
        above = next((error for error in raised if error.cell == cell), None)
        if above is not None:
            return Value("error", error=above.text)
    return value


def is_meant(expression: str, value: Value) -> bool:
    """Whether an error is meant as the answer (``RuntimeError``), and did not come instead of it."""
    return expression.strip().partition("(")[0] == value.error.partition(":")[0]
