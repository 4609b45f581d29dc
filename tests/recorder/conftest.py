"""The children that all these tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.recorder.programs import Programs
from tests.recorder.record import Children, Record


@pytest.fixture(scope="session")
def children_in_turn() -> Iterator[Children]:
    """Recorders with warm spares."""
    # What a script runs in the background ignores Ctrl+C, and so would the programs that these tests start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    pool = Children()
    pool.warm()
    yield pool
    pool.close()
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def record(children_in_turn: Children) -> Record:
    """Records a program to its end."""
    return children_in_turn.record


@pytest.fixture(scope="session")
def programs(children_in_turn: Children) -> Programs:
    """The programs of ``tests/programs``, recorded when they are first asked for."""
    return Programs(children_in_turn)
