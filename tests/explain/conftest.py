"""What these tests share: real children that record programs."""

from __future__ import annotations

from tests.recorder.conftest import children_in_turn, programs, record

__all__ = ["children_in_turn", "programs", "record"]
