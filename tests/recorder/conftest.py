"""The children that all these tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.recorder.programs import Programs
from tests.recorder.record import Children, Record
from tutor.recording.recording import Recording


@pytest.fixture(scope="session")
def children_in_turn() -> Iterator[Children]:
    """Processes that record programs."""
    # What a script runs in the background ignores Ctrl+C, and so would the programs that these tests start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    pool = Children()
    yield pool
    pool.close()
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def record(children_in_turn: Children) -> Iterator[Record]:
    """Records a program to its end; what was recorded can be read by all tests of the file."""
    with ExitStack() as runs:

        def record(source: str, **options: Any) -> Recording:
            run = children_in_turn.run(source, **options)
            runs.callback(run.close)
            return run.recording

        yield record


@pytest.fixture(scope="session")
def programs(children_in_turn: Children) -> Iterator[Programs]:
    """The programs of ``tests/programs``, recorded when they are first asked for."""
    programs = Programs(children_in_turn)
    yield programs
    programs.close()
