"""The tutor command in a process of its own, as a person would start it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, so that the command is the one under test wherever it is started."""

ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"}


def nobody(folder: Path) -> dict[str, str]:
    """The environment of somebody who has set and done nothing."""
    return {"TUTOR_DATA": str(folder / "nobody"), "TUTOR_CONFIG": str(folder / "nobody.toml")}


def tutor(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "tutor", *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT | nobody(cwd) | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def start(*arguments: str | Path, cwd: Path, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
    """Start a command that the test will stop. Ctrl+C reaches it even where the tests themselves ignore it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tutor", *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT | nobody(cwd),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        encoding="utf-8",
        errors="replace",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def assert_one_line(result: subprocess.CompletedProcess[str], *parts: str) -> None:
    """Bad input: exit code 2, nothing on stdout, one line on stderr that says these things."""
    assert result.returncode == 2, result
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("tutor: ")
    for part in parts:
        assert part in result.stderr
