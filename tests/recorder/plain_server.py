"""Runs programs plainly, each in a process forked from this one, which has imported torch and numpy and run nothing.

Started as a script. It reads requests as JSON lines and answers each with the folder of its output and the wait status
of the process that ran the program. That process is an ordinary interpreter at the end of whose main script the program
runs: it ends as interpreters end, with exit functions, excepthook, finalisers and exit status of its own.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import sys
import traceback
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path

import numpy as np
import torch

UNDER = 2
"""Frames that lie under the program here and do not in a process of its own."""


def next_request() -> dict[str, object] | None:
    """Serve until there is a program to be run in this process; None when there are no more requests."""
    for line in iter(sys.stdin.readline, ""):
        process = os.fork()
        if process == 0:
            request: dict[str, object] = json.loads(line)
            return request
        _, status = os.waitpid(process, 0)
        os.write(1, json.dumps([json.loads(line)["folder"], status]).encode() + b"\n")
    return None


def become(path: str, arguments: list[str], folder: str) -> types.ModuleType:
    """Make this process look like ``python PATH ARGUMENTS``, with its output in files of a folder."""
    replace(0, os.devnull, os.O_RDONLY)
    replace(1, f"{folder}/stdout", os.O_WRONLY | os.O_CREAT)
    replace(2, f"{folder}/stderr", os.O_WRONLY | os.O_CREAT)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.argv = [path, *arguments]
    sys.path[0] = str(Path(path).parent)
    os.chdir(f"{folder}/here")
    get, set_ = sys.getrecursionlimit, sys.setrecursionlimit
    set_(get() + UNDER)
    sys.getrecursionlimit = lambda: get() - UNDER
    sys.setrecursionlimit = lambda limit: set_(limit + UNDER)
    module = types.ModuleType("__main__")
    module.__dict__.update(
        __annotations__={},
        __builtins__=sys.modules["builtins"],
        __cached__=None,
        __file__=path,
        __loader__=SourceFileLoader("__main__", path),
        __package__=None,
    )
    sys.modules["__main__"] = module
    torch.set_num_threads(1)
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    return module


def replace(descriptor: int, path: str, flags: int) -> None:
    """Let a descriptor be that of a file."""
    opened = os.open(path, flags)
    os.dup2(opened, descriptor)
    os.close(opened)


def note(error: BaseException, folder: str, path: str) -> None:
    """Write down how the program ended, in ``ending``."""
    trace = error.__traceback__.tb_next if error.__traceback__ is not None else None
    lines = [frame.lineno for frame in traceback.extract_tb(trace) if frame.filename == path]
    ending = {
        "type": type(error).__name__,
        "message": str(error),
        "line": lines[-1] if lines else None,
        "code": repr(error.code) if isinstance(error, SystemExit) else None,
        "trace": "".join(traceback.format_exception(type(error), error, trace)),
    }
    Path(folder, "ending").write_text(json.dumps(ending), encoding="utf-8")


def run(path: str, arguments: list[str], folder: str) -> None:
    """Run a program in this process, which ends afterwards."""
    module = become(path, arguments, folder)
    source = Path(folder, "source").read_text(encoding="utf-8")
    try:
        exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        note(error, folder, path)
        raise


if __name__ == "__main__":
    # What every program with an optimiser imports: better once than in each fork.
    importlib.import_module("torch._dynamo")
    # What lives now is not looked at again by the collector of a fork, which would copy all of it.
    gc.freeze()
    asked = next_request()
    if asked is not None:
        run(**asked)  # type: ignore[arg-type]
