"""The ledger of a tensor's ``.grad`` as it is read bit by bit, so that no key waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Final

from tutor.explain.ledger import Ledger, ledger_of
from tutor.plain.ledger import Entry
from tutor.recording.log import DamagedError
from tutor.tui.tensors.subject import Subject

ENTRIES: Final = 1000
"""Entries shown at most, the newest."""


class LedgerReading:
    """The entries that were read so far.

    Args:
        ledger: What is read.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._coming: Iterator[Entry] | None = iter(ledger)
        self._problem = False
        self.entries: list[Entry] = []
        """In order."""

    @staticmethod
    def of(subject: Subject, until: int | None = None) -> LedgerReading | None:
        """That of a name or a result up to a step; None where there can be no ``.grad``."""
        recording, followed = subject.moment.recording, subject.followed
        asked = ledger_of(recording, followed, subject.record) if followed is not None else None
        return None if asked is None else LedgerReading(Ledger(recording, asked, until, limit=ENTRIES))

    @property
    def complete(self) -> bool:
        """Whether nothing more comes."""
        return self._coming is None

    def read(self, seconds: float) -> None:
        """Read on for about so long."""
        deadline = perf_counter() + seconds
        while self._coming is not None and perf_counter() < deadline:
            try:
                entry = next(self._coming, None)
            except DamagedError:
                entry, self._problem = None, True
            if entry is None:
                self._coming = None
            else:
                self.entries.append(entry)

    @property
    def note(self) -> str:
        """How many entries there are."""
        count, total = len(self.entries), self._ledger.total
        if self._problem:
            return "the rest cannot be read"
        if not self.complete:
            return f"{count:,} …"
        if total > ENTRIES:
            return f"the newest {count:,} of {total:,}"
        return "1 entry" if count == 1 else f"{count:,} entries"
