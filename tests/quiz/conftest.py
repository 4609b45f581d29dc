"""What these tests share: programs that are recorded, and run again plainly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.quiz.made.recorded import Recorder
from tests.recorder.record import Children


@pytest.fixture(scope="session")
def recorder(children_in_turn: Children, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """Records programs, each once."""
    recorder = Recorder(children_in_turn, tmp_path_factory.mktemp("made"))
    yield recorder
    recorder.close()
