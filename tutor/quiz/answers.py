"""What runs of a program gave, as this room takes it in: it runs nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tutor.lesson.check.seen import Raised
from tutor.lesson.value import Value


class Answers(Protocol):
    """The values at the stops of a program, as it is and under each misreading."""

    @property
    def right(self) -> Mapping[str, Value]:
        """By the key of the stop; those that were not reached are missing."""
        ...

    @property
    def raised(self) -> Sequence[Raised]:
        """The errors that the program itself raised and did not catch."""
        ...

    @property
    def wrong(self) -> Mapping[str, Mapping[str, Value]]:
        """By the key of the stop, then by the name of the reading."""
        ...

    @property
    def wrong_raised(self) -> Mapping[str, Sequence[Raised]]:
        """By the name of the reading."""
        ...
