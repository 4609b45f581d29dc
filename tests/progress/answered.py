"""Answers for the tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tutor.progress.answers import Answer

ASKED: float = datetime(2026, 3, 5, 14, 3, 9, 250_000, UTC).timestamp()
"""When everything here was asked."""


def answer(question: str = "question", outcome: Any = "wrong", **other: Any) -> Answer:
    """An answer, of which only what matters need be said."""
    facts: dict[str, Any] = {"pack": "pack", "lesson": "lesson", "asked_at": ASKED, "attempt": 1, "given": "6.0"}
    return Answer(question=question, outcome=outcome, **facts | other)
