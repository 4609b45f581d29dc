"""The child's side of a check: has torch, and forks for each program that it is given.

The program ends with its fork. What it found out comes back through a pipe, so nothing that it prints is mixed in.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import sys
import time
from multiprocessing.connection import wait
from typing import NoReturn

import msgspec
import numpy as np
import torch

from tutor.recorder.evaluate import Outcome, Work
from tutor.recorder.evaluate_plain import PlainRun
from tutor.recorder.execution import Execution
from tutor.recorder.nudge_run import NudgeRun

IDLE = 3.0
"""Seconds without a program after which this process gets more ready than it must be."""

GLANCE = 0.05
"""Seconds between two looks whether a program has ended that left something running which holds its pipe."""

SHORT_GLANCE = 0.001
"""Seconds between two looks at a program that has closed its pipe and is about to end."""

LIMIT = 64 << 20
"""Most bytes that are taken from one program."""


def main() -> None:
    """Run programs until nobody asks for more."""
    root, lifeline, answers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.set_inheritable(lifeline, False)
    os.set_inheritable(answers, False)
    if root in sys.path:
        sys.path.remove(root)
    sys.path.insert(0, "")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    np.random.seed(0)
    gc.freeze()
    while True:
        if not wait([0], IDLE):
            _get_ready_for_optimizers()
        work = msgspec.msgpack.decode(_read(int.from_bytes(_read(4), "little")), type=Work)
        if "optim" in work.request.source:
            _get_ready_for_optimizers()
        answer = msgspec.msgpack.encode(_run(work, lifeline, answers))
        _write(answers, len(answer).to_bytes(4, "little") + answer)


def _get_ready_for_optimizers() -> None:
    """Import what every program with an optimiser imports; better once than in each fork."""
    if "torch._dynamo" not in sys.modules:
        importlib.import_module("torch._dynamo")
        # What lives now is not looked at again by the collector of a fork, which would copy all of it.
        gc.freeze()


def _read(count: int) -> bytes:
    """Exactly that many bytes of standard input; the process ends when it does."""
    data = b""
    while len(data) < count:
        piece = os.read(0, count - len(data))
        if not piece:
            os._exit(0)
        data += piece
    return data


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _run(work: Work, lifeline: int, answers: int) -> Outcome:
    """Run a program in a fork and take what it sends until it ends or its time is over."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.setpgid(0, 0)
        for descriptor in (reading, lifeline, answers):
            os.close(descriptor)
        _carry_out(work, writing)
    with contextlib.suppress(OSError):
        os.setpgid(process, process)
    os.close(writing)
    deadline = time.monotonic() + work.timeout if work.timeout else float("inf")
    messages = bytearray()
    status: int | None = None
    is_open = True
    while status is None and (left := deadline - time.monotonic()) > 0 and len(messages) < LIMIT:
        sources = [reading, lifeline] if is_open else [lifeline]
        ready = wait(sources, min(left, GLANCE if is_open else SHORT_GLANCE))
        if lifeline in ready:
            _kill(process)
            os._exit(0)
        if reading in ready:
            piece = os.read(reading, 1 << 16)
            messages += piece
            is_open = bool(piece)
        ended, code = os.waitpid(process, os.WNOHANG)
        if ended:
            status = os.waitstatus_to_exitcode(code)
            messages += _rest(reading)
    _kill(process)
    if status is None:
        os.waitpid(process, 0)
    os.close(reading)
    return Outcome(status, bytes(messages))


def _rest(reading: int) -> bytes:
    """What is left in a pipe whose writer has ended."""
    rest = b""
    while wait([reading], 0):
        piece = os.read(reading, 1 << 16)
        if not piece:
            break
        rest += piece
    return rest


def _kill(process: int) -> None:
    """End a program and everything that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


def _carry_out(work: Work, writing: int) -> NoReturn:
    """In the fork: run the program and end."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    status = 1
    try:
        if work.log:
            Execution(work.request, os.open(work.log, os.O_RDWR)).run()
        elif work.nudge is not None:
            NudgeRun(work, lambda message: _write(writing, message)).run()
        else:
            for each in (work, *work.then):
                PlainRun(each, lambda message: _write(writing, message)).run()
        status = 0
    finally:
        os._exit(status)
