"""The parent's side of a check: a process that has torch and runs one program after the other, each in a fork.

A fork costs milliseconds where a fresh process has to import torch again. Each program still starts clean, is stopped
when its time is over, and can neither see nor harm what comes after it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType

import msgspec

from tutor.lesson.check.seen import Raised, Stop
from tutor.lesson.value import Value
from tutor.recorder.process import START_TIMEOUT, TIMEOUT, Child, Request, kill

GRACE = 5.0
"""Seconds beyond the time limit of a program after which its process is given up."""

_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from tutor.recorder.evaluate_child import main; main()"


class Nudge(msgspec.Struct):
    """A leaf to change a little in a plain run, which ends at a backward call."""

    line: int
    """The line before whose statement it is changed."""
    calls: int
    """How many backward calls come before that."""
    paths: list[str]
    """Names of the leaf there."""
    shape: list[int]
    values: list[float]
    """What it holds there, row by row; nothing if that does not matter."""
    element: int | None
    """The element to change, None for none."""
    by: float
    call: int
    """The backward call where the run ends, from 1."""
    double: bool = False
    """Whether it computes in float64 from there on, with the float32 numbers that it has."""


class Work(msgspec.Struct):
    """A program to run."""

    request: Request
    timeout: float = TIMEOUT
    """Seconds, 0 for no limit."""
    log: str = ""
    """File for the recording; without it the program is run plainly and its stops are evaluated."""
    texts: list[tuple[int, int, str]] = []
    """Number, first line and text of each code cell, for a plain run."""
    stops: list[Stop] = []
    believed_from: int = 0
    """Number of the first cell that runs under the belief of the request, for a plain run."""
    nudge: Nudge | None = None
    """For a plain run that ends at a backward call."""
    then: list[Work] = []
    """Programs to run after it in the same process and the same time, each as if it were the first."""


class Sent(msgspec.Struct):
    """A message of a program that is run plainly: a value under its key, or an error."""

    key: str = ""
    value: Value | None = None
    passes: int = 0
    """How often the program came past the place of the value, if that is a line."""
    raised: Raised | None = None
    ended: bool = False
    """Whether the program has run, and its next one begins."""


class Outcome(msgspec.Struct):
    """How a program ended."""

    status: int | None
    """Exit status, negative for a signal, None if it was stopped when its time was over."""
    messages: bytes = b""
    """What it sent, one message after the other, each after its length."""

    @property
    def reason(self) -> str:
        """Why it did not end by itself, empty if it did."""
        if self.status is None:
            return "it did not end in its time"
        return f"its process ended with status {self.status}" if self.status else ""

    def decoded(self) -> list[Sent]:
        """The messages that came whole, up to the first that is none."""
        found: list[Sent] = []
        at = 0
        while at + 4 <= len(self.messages):
            end = at + 4 + int.from_bytes(self.messages[at : at + 4], "little")
            if end > len(self.messages):
                break
            try:
                found.append(msgspec.msgpack.decode(self.messages[at + 4 : end], type=Sent))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                # The program itself wrote to the pipe.
                break
            at = end
        return found


class EvaluatorError(Exception):
    """The process that runs the programs is gone. The text says why and what to do."""


class Evaluator:
    """A process that runs programs one after the other. Use it as a context manager, or call ``close``.

    Args:
        hash_seed: Seed of Python's hashes, on which the order of a set depends.
    """

    def __init__(self, hash_seed: int = 0) -> None:
        lifeline_end, lifeline = os.pipe()
        self._answers, answers_end = os.pipe()
        self._deadline = time.monotonic() + START_TIMEOUT
        self._process = Child(
            [sys.executable, "-c", _CHILD, _PACKAGE_ROOT, str(lifeline_end), str(answers_end)],
            pass_fds=(lifeline_end, answers_end),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
        )
        self._process.lifeline = lifeline
        os.close(lifeline_end)
        os.close(answers_end)

    def __enter__(self) -> Evaluator:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def send(self, work: Work) -> None:
        """Ask for a program to be run; ``receive`` gives back how it ended, in the same order.

        Raises:
            EvaluatorError: the process is gone.
        """
        message = msgspec.msgpack.encode(work)
        assert self._process.stdin is not None
        self._deadline = max(self._deadline, time.monotonic())
        self._deadline += work.timeout + GRACE if work.timeout else float("inf")
        try:
            self._process.stdin.write(len(message).to_bytes(4, "little") + message)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._gone() from None

    def receive(self) -> Outcome:
        """Wait for the next program to end.

        Raises:
            EvaluatorError: the process is gone or does not answer.
        """
        length = int.from_bytes(self._read(4), "little")
        return msgspec.msgpack.decode(self._read(length), type=Outcome)

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            left = self._deadline - time.monotonic()
            if not wait([self._answers], min(max(left, 0.0), 3600.0)):
                if left <= 0:
                    raise self._gone()
                continue
            piece = os.read(self._answers, count - len(data))
            if not piece:
                raise self._gone()
            data += piece
        return data

    def _gone(self) -> EvaluatorError:
        return EvaluatorError("the process that runs the lessons ended or does not answer. Try tutor doctor.")

    def stop(self) -> None:
        """End the process and what it runs at once; whoever waits in ``receive`` is told. ``close`` is still due."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the process and what it runs."""
        if self._process.lifeline >= 0:
            # It ends the program it is running, which has a process group of its own, when this is closed.
            os.close(self._process.lifeline)
            self._process.lifeline = -1
            if self._process.stdin is not None and self._process.poll() is None:
                with contextlib.suppress(BrokenPipeError):
                    self._process.stdin.close()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(2.0)
        kill(self._process)
        if self._answers >= 0:
            os.close(self._answers)
            self._answers = -1
