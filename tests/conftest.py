"""What the tests share: processes that record programs, and the recordings of ``tests/programs`` and the course."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.recorder.programs import Programs
from tests.recorder.record import Children, Record
from tutor.recorder.evaluate import Evaluator
from tutor.recorder.misread import Misreader
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


@pytest.fixture(scope="session")
def evaluator(children_in_turn: Children) -> Evaluator:
    """Runs programs in forks."""
    return children_in_turn.evaluator


@pytest.fixture(scope="session")
def misreader() -> Iterator[Misreader]:
    """Runs programs under beliefs."""
    with Misreader() as misreader:
        misreader.warm()
        yield misreader


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
    """The programs of ``tests/programs`` and the lessons, recorded when they are first asked for."""
    programs = Programs(children_in_turn)
    yield programs
    programs.close()
