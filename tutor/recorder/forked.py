"""A recording made in a fork of a warm process: there at once, where a fresh process would import torch for seconds."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tutor.recorder.evaluate import Evaluator, Outcome, Work
from tutor.recorder.process import Request
from tutor.recording.log import DamagedError, LogReader
from tutor.recording.model import End
from tutor.recording.recording import Recording


class ForkedRun:
    """A program that was recorded to its end. It is read like a run that is still going on.

    Args:
        log: Descriptor of the log; this object closes it.
        outcome: How the program ended.
    """

    running = False
    """Nothing more can come."""

    def __init__(self, log: int, outcome: Outcome) -> None:
        self._log = log
        self.recording = Recording(LogReader(log), writer_gone=True)
        try:
            self.recording.read_more()
        except DamagedError as error:
            self.recording.close(End("stopped", f"its recording cannot be read: {error}"))
        if self.recording.end is None:
            self.recording.close(End("stopped", outcome.reason or "its process ended early"))

    def pump(self, seconds: float | None = None) -> bool:
        """Nothing is waiting."""
        return False

    def stop(self, reason: str = "stopped") -> None:
        """Nothing is running."""

    def close(self) -> None:
        """Give the log back. The recording cannot be read after this."""
        if self._log >= 0:
            os.close(self._log)
            self._log = -1


def record(evaluator: Evaluator, request: Request, timeout: float) -> ForkedRun:
    """Record a program to its end.

    Args:
        evaluator: Runs it.
        request: What to run.
        timeout: Seconds until it is stopped, 0 for no limit.

    Raises:
        EvaluatorError: the process that runs the programs is gone.
    """
    log, path = tempfile.mkstemp(prefix="tutor-", suffix=".log")
    try:
        evaluator.send(Work(request, timeout, log=path))
        return ForkedRun(log, evaluator.receive())
    except BaseException:
        os.close(log)
        raise
    finally:
        Path(path).unlink(missing_ok=True)
