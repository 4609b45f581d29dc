"""Processes of their own that use the store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    """Run code in which ``store`` is open; its stdin and stdout are pipes."""
    opening = f"from pathlib import Path\nfrom tutor.progress.store import Store\nfolder = Path({str(folder)!r})\n"
    return subprocess.Popen(
        [sys.executable, "-c", opening + code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str], text: str) -> None:
    """Give a process a line to read."""
    assert process.stdin is not None
    process.stdin.write(text + "\n")
    process.stdin.flush()


def finish(process: subprocess.Popen[str]) -> str:
    """Wait until a process ended well; what it printed."""
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return output.strip()
