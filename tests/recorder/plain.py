"""The plain run of a program: what a recorded run is compared with."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

SERVER = Path(__file__).with_name("plain_server.py")

SEEDS = """
import random, numpy, torch
torch.set_num_threads(1)
torch.manual_seed(0)
numpy.random.seed(0)
random.seed(0)
"""
"""What the recorder does before a program, as a ``sitecustomize`` module."""

_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
_WARNING = re.compile(r"^(.+?):(\d+): (\w*Warning): (.*)$", re.MULTILINE)


class Ending(msgspec.Struct):
    """The exception that ended a program."""

    type: str
    message: str
    line: int | None
    """Of the program, innermost; None where the exception passed none of its lines."""
    trace: str = ""
    """The whole traceback as text."""
    code: str | None = None
    """``repr`` of the status that ``sys.exit`` got."""


class Plain(msgspec.Struct):
    """What a program did without being recorded."""

    status: int
    """Exit status; negative when a signal ended the process."""
    stdout: str
    stderr: str
    ending: Ending | None
    """The exception that ended it."""

    def warnings(self, path: Path) -> list[tuple[str, int | None]]:
        """Category and first line of the text of each warning printed, with the line where it is the program's."""
        return [
            (f"{category}: {text}", int(line) if file == str(path) else None)
            for file, line, category, text in _WARNING.findall(self.stderr)
        ]


class PlainRuns:
    """Runs programs plainly, one after the other, in forks of one process that has torch imported."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-u", str(SERVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_ENVIRONMENT,
            start_new_session=True,
        )

    def __enter__(self) -> PlainRuns:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait()

    def start(self, path: Path, source: str, folder: Path, arguments: list[str]) -> None:
        """Start a program; ``finish`` must follow.

        Args:
            path: Its file.
            source: Its text, which may be another than that of the file.
            folder: An empty folder for output; the program runs in ``here`` in it.
            arguments: What follows the path in ``sys.argv``.
        """
        (folder / "here").mkdir()
        (folder / "source").write_text(source, encoding="utf-8")
        request: dict[str, Any] = {"path": str(path), "arguments": arguments, "folder": str(folder)}
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request).encode() + b"\n")
        self._server.stdin.flush()

    def finish(self, folder: Path) -> Plain:
        """Wait for the program that was started and say what it did."""
        assert self._server.stdout is not None
        answered, status = "", 0
        while answered != str(folder):
            answered, status = json.loads(self._server.stdout.readline())
        status = os.waitstatus_to_exitcode(status)
        ending = folder / "ending"
        return Plain(
            status,
            _text(folder / "stdout"),
            _text(folder / "stderr"),
            msgspec.json.decode(ending.read_bytes(), type=Ending) if ending.exists() else None,
        )


def run_python(path: Path, folder: Path, arguments: list[str]) -> Plain:
    """Run ``python PATH`` in a process of its own, seeded before the program begins."""
    (folder / "here").mkdir()
    (folder / "sitecustomize.py").write_text(SEEDS, encoding="utf-8")
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
        done = subprocess.run(
            [sys.executable, "-u", str(path), *arguments],
            cwd=folder / "here",
            env=_ENVIRONMENT | {"PYTHONPATH": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            timeout=120,
            check=False,
        )
    return Plain(done.returncode, _text(folder / "stdout"), _text(folder / "stderr"), None)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "backslashreplace")
