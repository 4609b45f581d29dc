"""Recordings made in forks of one warm child: there are many programs here, and each is short."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from tutor.lesson.program import Program
from tutor.recorder.evaluate import Evaluator, Work
from tutor.recorder.process import Request
from tutor.recording.log import LogReader
from tutor.recording.model import End
from tutor.recording.recording import Recording


class Recorded:
    """Records programs to their end. Use it as a context manager."""

    def __init__(self) -> None:
        self._evaluator = Evaluator()
        self._folder = tempfile.TemporaryDirectory(prefix="tutor-tests-")
        self._logs: list[int] = []

    def __enter__(self) -> Recorded:
        return self

    def __exit__(self, *_: object) -> None:
        self._evaluator.close()
        for descriptor in self._logs:
            os.close(descriptor)
        self._folder.cleanup()

    def source(self, text: str) -> Recording:
        """The recording of a program."""
        cells = [[1, text.count("\n") + 1, 1]]
        return self._record(Request(path=f"{self._folder.name}/program.py", source=text, cells=cells))

    def program(self, program: Program) -> Recording:
        """The recording of a lesson or script, in the place of its file."""
        return self._record(Request.of(program))

    def _record(self, request: Request) -> Recording:
        number = len(self._logs)
        log, directory = Path(self._folder.name) / f"{number}.log", Path(self._folder.name) / str(number)
        log.touch()
        directory.mkdir()
        request = msgspec.structs.replace(request, directory=str(directory))
        self._evaluator.send(Work(request, timeout=60, log=str(log)))
        outcome = self._evaluator.receive()
        self._logs.append(os.open(log, os.O_RDONLY))
        recording = Recording(LogReader(self._logs[-1]), writer_gone=True)
        recording.read_more()
        if recording.end is None:
            recording.close(End("stopped", outcome.reason))
        return recording
