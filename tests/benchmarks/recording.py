"""How fast a long recording is taken in and looked at, and how much memory it takes: ``measure()``.

Run it from the top of the checkout: ``python -m tests.benchmarks.recording``.
"""

from __future__ import annotations

import random
import resource
import time
from pathlib import Path

from tests.recording.build import Builder
from tests.recording.training import STEPS_EACH_TURN, train


def measure(steps: int = 1_000_000, samples: int = 200) -> dict[str, float]:
    """Figures of a made-up training loop of that many steps: seconds, milliseconds, megabytes."""
    build = Builder()
    train(build, steps // STEPS_EACH_TURN)
    build.end()
    memory = _resident()
    begin = time.perf_counter()
    recording = build.recording()
    figures = {"steps": float(recording.count), "seconds to take in": time.perf_counter() - begin}
    generator = random.Random(0)
    numbers = [generator.randint(0, recording.count) for _ in range(samples)]
    begin = time.perf_counter()
    for number in numbers:
        recording.state(number)
    figures["ms for a state"] = 1000 * (time.perf_counter() - begin) / samples
    figures["MB of memory"] = _resident() - memory
    figures["bytes of log for a step"] = recording.log_end / recording.count
    figures["MB of memory at most"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - memory
    return figures


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / (1 << 20)


if __name__ == "__main__":
    for name, figure in measure().items():
        print(f"{figure:12.2f}  {name}")
