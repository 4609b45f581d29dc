"""The child process: imports torch, waits for one program, records it, and is gone.

It is told what to run by one message on its standard input, and ends when its parent does.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import signal
import sys
from multiprocessing.connection import wait

import msgspec

from tutor.recorder.execution import Execution
from tutor.recorder.process import Request

IDLE = 3.0
"""Seconds without a request after which the child gets more ready than it must be."""


def main() -> None:
    """Wait for a request (8 bytes of length, then [path of the log, request]) and carry it out."""
    root, parent, lifeline = sys.argv[1:4]
    _die_with(int(parent), int(lifeline))
    if not wait([0], IDLE):
        # The first optimiser of a program imports this; better while nobody waits.
        importlib.import_module("torch._dynamo")
    message = _read(8)
    message = _read(int.from_bytes(message, "little")) if message else b""
    if not message:
        os._exit(0)
    path, request = msgspec.msgpack.decode(message, type=tuple[str, Request])
    _close_input()
    log = os.open(path, os.O_RDWR)
    os.unlink(path)  # noqa: PTH108
    if root in sys.path:
        sys.path.remove(root)
    sys.path.insert(0, "")
    execution = Execution(request, log)
    execution.run()
    os._exit(0)


def _read(count: int) -> bytes:
    """Exactly that many bytes of standard input, or none when it ends first."""
    data = b""
    while len(data) < count:
        piece = os.read(0, count - len(data))
        if not piece:
            return b""
        data += piece
    return data


def _close_input() -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _die_with(parent: int, lifeline: int) -> None:
    """End this process when its parent ends, however that happens and whatever this process is doing then.

    Args:
        parent: Process id of the parent.
        lifeline: The reading end of a pipe whose other end only the parent holds, and on which nothing is written.
            The kernel sends a signal when that end is closed; no thread of this process is needed to notice.
    """
    os.set_inheritable(lifeline, False)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    if hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if os.getppid() != parent:
        os._exit(0)
