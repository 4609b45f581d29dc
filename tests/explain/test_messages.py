"""Errors and warnings with their explanation below, as text that a person reads."""

from __future__ import annotations

import pytest

from tests.plain.handmade import Saved
from tests.recorder.record import Record
from tutor.explain import explain
from tutor.plain.follow import Why, follow
from tutor.plain.text import Text
from tutor.recording.moment import Moment
from tutor.recording.recording import Recording


def written(recording: Recording) -> str:
    """The text of a recording, with what explains each step."""
    parts: list[str] = []

    why: Why = lambda step, before, after, touched: explain(  # noqa: E731
        Moment(recording, step.number, step, before, after, frozenset(touched))
    )
    follow(Saved(recording), Text(parts.append, why=why))
    return "".join(parts)


@pytest.mark.parametrize(
    ("source", "category", "message"),
    [
        ("F.mse_loss(torch.ones(3, 1), torch.ones(3))", "UserWarning", "Using a target size"),
        ("(x * 2).grad", "UserWarning", "is not a leaf Tensor is being accessed"),
        ("warnings.warn('careful', DeprecationWarning)", "DeprecationWarning", "careful"),
        ("torch.ones(2).backward()", "RuntimeError", "does not require grad"),
    ],
)
def test_what_was_raised_is_named_once(record: Record, source: str, category: str, message: str) -> None:
    start = "import torch\nimport torch.nn.functional as F\nimport warnings\nx = torch.ones(1, requires_grad=True)\n"
    lines = written(record(f"{start}{source}\n")).splitlines()
    raised = [line for line in lines if category in line and source not in line and "raised after" not in line]
    assert len(raised) == 1, raised
    assert f"{category}: " in raised[0]
    assert message in raised[0]
