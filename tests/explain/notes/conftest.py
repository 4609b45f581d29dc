"""The child that these tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.explain.notes.recorded import Recorded


@pytest.fixture(scope="session")
def recorded() -> Iterator[Recorded]:
    """Records programs."""
    with Recorded() as recorded:
        yield recorded
