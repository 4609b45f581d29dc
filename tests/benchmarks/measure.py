"""What the benchmarks share: a row of the table, and timing of commands."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


class Row(NamedTuple):
    """One measured figure."""

    value: float
    unit: str
    """``x`` for a ratio."""
    note: str = ""
    """What it was made of."""


def ratio_of_commands(ours: Sequence[str], theirs: Sequence[str], count: int) -> Row:
    """How many times as long one command takes as another; taken in turn, so that a busy moment meets both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(count):
        for command, seconds in zip((ours, theirs), times, strict=True):
            begin = time.perf_counter()
            run(command)
            seconds.append(time.perf_counter() - begin)
    mine, other = median(times[0]), median(times[1])
    return Row(mine / other, "x", f"{mine:.3f} s against {other:.3f} s")


def run(command: Sequence[str]) -> str:
    """Run a command in the checkout; what it printed.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
