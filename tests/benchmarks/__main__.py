"""Prints how fast tutor is: ``python -m tests.benchmarks [--quick] [--list] [NAME ...]``.

Each row is a ratio taken in one run, or a size, beside what it must reach and what is aimed at. Rows are independent:
one that fails says so and the others go on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks import programs, screens
from tests.benchmarks.measure import Row


class Target(NamedTuple):
    """What a row measures, and what it should come to."""

    title: str
    now: float
    """What it must reach."""
    goal: float


TARGETS = {
    "recording": Target("recording a training loop, against the plain run", 8, 5),
    "bytes": Target("saved recording of that loop, for each step", 120, 60),
    "state": Target("state at a random step of a long recording", 5, 2),
    "memory": Target("memory for that recording", 150, 60),
    "first-frame": Target("first frame of tutor, against one label", 1.5, 1.2),
    "key-to-frame": Target("key to frame in the stepper, against one label", 2, 1.3),
    "lesson-to-step": Target("lesson chosen to first step, recorder warm", 150, 50),
    "help": Target("tutor --help, against import click", 2, 1.5),
}

MEASURES: dict[str, Callable[[bool], Row]] = programs.ROWS | screens.ROWS


def main() -> int:
    """Measure the rows that were asked for; 1 when one could not be measured, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Print how fast tutor is.")
    parser.add_argument("names", metavar="NAME", nargs="*", help="rows to measure; all if none is given")
    parser.add_argument("--quick", action="store_true", help="less work, rougher figures")
    parser.add_argument("--list", action="store_true", help="print the names of the rows and stop")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in TARGETS]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}; --list names them")
    if options.list:
        for name, target in TARGETS.items():
            print(f"{name:16} {target.title}")
        return 0
    names = options.names or list(TARGETS)
    print(f"{'':50} {'measured':>14} {'must':>7} {'goal':>7}")
    return max([_row(name, options.quick) for name in names])


def _row(name: str, quick: bool) -> int:
    target = TARGETS[name]
    begin = time.perf_counter()
    try:
        row = MEASURES[name](quick)
    except Exception as error:  # the other rows are still worth having
        print(f"{target.title:50} failed: {type(error).__name__}: {error}", flush=True)
        return 1
    mark = "✓" if row.value <= target.goal else "·" if row.value <= target.now else "✗"
    value = f"{row.value:.2f} {row.unit}"
    note = f"{row.note + ', ' if row.note else ''}taken in {time.perf_counter() - begin:.0f} s"
    print(f"{target.title:50} {value:>14} {target.now:>7g} {target.goal:>7g} {mark} {note}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
