"""A recording that another screen goes on using after the comparison."""

from __future__ import annotations

from tutor.recording.recording import Recording
from tutor.tui.source import Source


class Lent:
    """A source that somebody else closes.

    Args:
        source: The source itself.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.recording: Recording = source.recording
        """The recording, which may still grow."""

    @property
    def running(self) -> bool:
        """Whether more can come."""
        return self._source.running

    def pump(self, seconds: float | None = None) -> bool:
        """Take in what there is, for about this long; whether more is waiting.

        Raises:
            DamagedError: it is no recording.
        """
        return self._source.pump(seconds)

    def stop(self, reason: str = "stopped") -> None:
        """Let no more come."""
        self._source.stop(reason)

    def close(self) -> None:
        """Keep it open: it is needed after this."""
