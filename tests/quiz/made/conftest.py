"""What these tests share: one process that records and runs programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.quiz.made.recorded import Recorder


@pytest.fixture(scope="session")
def recorder() -> Iterator[Recorder]:
    """Records programs, each once."""
    with Recorder() as recorder:
        yield recorder
