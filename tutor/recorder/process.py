"""The parent's side: a warm child waiting, a run in another, and what to say when one of them dies."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from tutor.lesson.program import Program
from tutor.recording.log import LogReader
from tutor.recording.model import End
from tutor.recording.recording import Recording

TIMEOUT = 60.0
"""Seconds that a program may run, if nobody says otherwise."""

START_TIMEOUT = 120.0
"""Seconds that the child may take to get ready."""

MAX_STEPS = 1_000_000
"""Steps that are recorded, if nobody says otherwise."""

_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from tutor.recorder.child import main; main()"


class Request(msgspec.Struct):
    """What the child is told to run."""

    path: str
    source: str
    cells: list[list[int]]
    """First line, last line and number of each code cell."""
    announces: list[list[Any]] = []
    """Cell number and text of each announced error."""
    title: str = ""
    notebook: bool = False
    directory: str = "."
    """Working directory of the run."""
    arguments: list[str] = []
    seed: int | None = 0
    max_steps: int = MAX_STEPS
    belief: str = ""
    """Misreading of the machine under which it runs (``tutor.lesson.beliefs.MACHINE``), empty for none."""

    @staticmethod
    def of(program: Program, **options: Any) -> Request:
        """The request to run a program; options are the fields from ``arguments`` on, which stand for its own."""
        return Request(
            path=program.path,
            source=program.source,
            cells=[[cell.first_line, cell.last_line, cell.number] for cell in program.cells if cell.kind == "code"],
            announces=[[announce.cell, announce.text] for announce in program.announces],
            title=program.title,
            directory=program.directory or str(Path.cwd()),
            notebook=program.notebook,
            **{"arguments": program.arguments} | options,
        )


class Child(subprocess.Popen[bytes]):
    """A child process. It ends when ``lifeline`` is closed, which happens at the latest when this process ends."""

    lifeline: int = -1
    """The writing end of a pipe on which nothing is ever written."""


class Run:
    """A program being recorded, and its recording.

    Args:
        process: The child, already told what to run.
        log: Descriptor of the log that it writes; this object closes it.
        path: Where that log is; this object removes it.
        timeout: Seconds until it is stopped, 0 for no limit.
    """

    def __init__(self, process: Child, log: int, path: str, timeout: float) -> None:
        self.recording = Recording(LogReader(log), writer_gone=False)
        self._process = process
        self._log = log
        self._path = Path(path)
        self._timeout = timeout
        self._deadline = time.monotonic() + START_TIMEOUT
        self._started = False
        self._stopped: str | None = None

    @property
    def running(self) -> bool:
        """Whether more can come."""
        return self.recording.end is None

    def pump(self, seconds: float | None = None) -> bool:
        """Take in what was recorded since the last call, and notice the end of the child.

        Args:
            seconds: Return after about this long even if more is waiting.

        Returns:
            Whether more is waiting already.

        Raises:
            DamagedError: the child wrote something that is no recording.
        """
        recording = self.recording
        if recording.end is not None:
            return False
        if not recording.writer_gone:
            self._keep_time()
            recording.writer_gone = self._process.poll() is not None
        if recording.read_more(seconds):
            return True
        if recording.writer_gone and recording.end is None:
            recording.close(self._death())
        if recording.end is not None:
            self.stop("")
        return False

    def _keep_time(self) -> None:
        """Stop the program when its time is over; the time begins when the child has made itself ready."""
        now = time.monotonic()
        if not self._started and self.recording.header is not None:
            self._started = True
            self._deadline = now + self._timeout if self._timeout else float("inf")
        if now > self._deadline:
            limit = f"after {self._timeout:g} seconds (--timeout)"
            self.stop(f"stopped {limit if self._started else 'because it could not be started'}")

    def wait(self) -> Recording:
        """Pump until the end.

        Raises:
            DamagedError: as ``pump``.
        """
        pause = 0.0005
        while self.running:
            before = self.recording.count
            if not self.pump() and self.running:
                pause = 0.0005 if self.recording.count > before else min(pause * 2, 0.02)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(pause)
        return self.recording

    def stop(self, reason: str = "stopped") -> None:
        """End the child and everything it started, at once. The recording ends as stopped for that reason."""
        if self._stopped is None:
            self._stopped = reason
        kill(self._process)
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop and give the log back. The recording cannot be read after this."""
        self.stop()
        if self._log >= 0:
            os.close(self._log)
            self._log = -1

    def _death(self) -> End:
        """In words, why there is no end frame."""
        if self._stopped:
            return End("stopped", self._stopped)
        status = self._process.wait()
        if status >= 0:
            return End("raised", f"the program ended its process with exit status {status}, without raising anything")
        name = signal.Signals(-status).name
        reason = f"the process was killed by {name}"
        if name == "SIGKILL":
            reason += "; the program did that itself, or memory ran out"
        elif name == "SIGSEGV":
            reason += " (a crash in native code)"
        return End("raised", reason)


class Recorder:
    """Starts runs, each in a child of its own, and keeps one warm child waiting for the next.

    Use it as a context manager, or call ``close``; nothing is left running after that.
    """

    def __init__(self) -> None:
        self._spare: Child | None = None
        self._runs: list[Run] = []
        atexit.register(self.close)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def warm(self) -> None:
        """See to it that a child is waiting or on its way. Returns at once."""
        if self._spare is not None and self._spare.poll() is None:
            return
        reading, lifeline = os.pipe()
        self._spare = Child(
            [sys.executable, "-c", _CHILD, _PACKAGE_ROOT, str(os.getpid()), str(reading)],
            pass_fds=(reading,),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reading)
        self._spare.lifeline = lifeline

    def start(self, request: Request, *, timeout: float = TIMEOUT) -> Run:
        """Run a program. Returns at once; the caller pumps the run.

        Args:
            request: What to run.
            timeout: Seconds until it is stopped, 0 for no limit.
        """
        self.warm()
        process, self._spare = self._spare, None
        assert process is not None
        assert process.stdin is not None
        log, path = tempfile.mkstemp(prefix="tutor-", suffix=".log")
        message = msgspec.msgpack.encode([path, request])
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(len(message).to_bytes(8, "little") + message)
            process.stdin.flush()
        run = Run(process, log, path, timeout)
        self._runs = [other for other in self._runs if other.running] + [run]
        return run

    def close(self) -> None:
        """End every child."""
        if self._spare is not None:
            kill(self._spare)
            self._spare = None
        for run in self._runs:
            run.stop()
        self._runs = []
        atexit.unregister(self.close)


def kill(process: Child) -> None:
    """End a child together with its process group, and reap it."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.lifeline >= 0:
        os.close(process.lifeline)
        process.lifeline = -1
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
